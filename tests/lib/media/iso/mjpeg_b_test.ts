import { MalformedError } from "../../../../lib/bytes/malformed.ts";
import { decodeCoefficients } from "../../../../lib/jpeg/decode_coefficients.ts";
import { encodeJpeg } from "../../../../lib/jpeg/encoder.ts";
import { inspectJpeg } from "../../../../lib/jpeg/inspect.ts";
import { MemoryBytes } from "../../../../lib/media/byte_source.ts";
import { openIsoFile } from "../../../../lib/media/iso/iso_file.ts";
import { fieldToJpeg } from "../../../../lib/media/iso/mjpeg_b.ts";
import { FrameDamagedError } from "../../../../lib/stream/frame_source.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../../../support/assert.ts";
import { u32be } from "../../../support/file_bytes.ts";
import { isoFile } from "../../../support/iso_bytes.ts";
import { formatB } from "../../../support/mjpeg_b.ts";
import { testPicture } from "../../jpeg/pictures.ts";
import { allFrames } from "../frames.ts";

const JPEGS = [1, 2, 3].map((seed) => encodeJpeg(testPicture(48, 32, seed), { quality: 95 }));

function coefficients(jpeg: Uint8Array): Int16Array[] {
  return decodeCoefficients(jpeg).planes.map((plane) => plane.coefficients.slice());
}

Deno.test("a field of format B becomes a JPEG with every coefficient", () => {
  for (const jpeg of JPEGS) {
    assert(jpeg.includes(0xff, 700), "something to stuff");
    const shapes = [{}, { withoutTables: true }, { second: formatB(JPEGS[0]!) }];
    for (const shape of shapes) {
      const frame = formatB(jpeg, shape);
      const before = frame.slice();
      const made = fieldToJpeg(frame);
      assertEquals(frame, before);
      assertEquals(coefficients(made), coefficients(jpeg));
      const { hasEoi, trailing, width, height } = inspectJpeg(made);
      assertEquals([hasEoi, trailing, width, height], [true, 0, 48, 32]);
    }
  }
});

Deno.test("a MOV file of format B gives JPEGs", async () => {
  const file = isoFile(JPEGS.map((jpeg) => formatB(jpeg)), { codec: "mjpb" });
  const source = openIsoFile(new MemoryBytes(file));
  assertEquals((await allFrames(source)).map(coefficients), JPEGS.map(coefficients));
  assertEquals([source.frameRate, source.faults], [25, []]);
});

Deno.test("damage in format B is told with its frame and byte", async () => {
  const frames = JPEGS.map((jpeg) => formatB(jpeg));
  frames[1]!.set(u32be(0xffff), 28);
  const source = openIsoFile(new MemoryBytes(isoFile(frames, { codec: "mjpb" })));
  const error = await assertRejects(async () => await source.frame(1), FrameDamagedError);
  assertEquals(error.frame, 2);
  await source.frame(2);
  assertEquals(error.position, source.position!(1)! + 28);
});

Deno.test("every prefix, and places outside of the field, are malformed or a JPEG", () => {
  const frame = formatB(JPEGS[0]!);
  for (let length = 0; length < frame.length; length += 3) {
    try {
      assertEquals(
        fieldToJpeg(frame.subarray(0, length)).subarray(0, 2),
        Uint8Array.of(0xff, 0xd8),
      );
    } catch (error) {
      assert(error instanceof MalformedError && error.position <= frame.length);
    }
  }
  for (const at of [4, 20, 24, 28, 32, 36]) {
    for (const value of [1, 39, frame.length - 1, frame.length + 1, 0xffff_ffff]) {
      const hurt = frame.slice();
      hurt.set(u32be(value), at);
      if (at === 36 && value === frame.length - 1) continue;
      const error = assertThrows(() => fieldToJpeg(hurt), MalformedError);
      assertEquals(error.position, at === 4 ? 0 : at);
    }
  }
});
