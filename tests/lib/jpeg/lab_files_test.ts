// Frames of real course-lab files, kept outside the project; skipped where they are absent.
import { carriage } from "../../../lib/jpeg/carriage.ts";
import { JpegDepacketizer } from "../../../lib/jpeg/depacketize.ts";
import { inspectJpeg } from "../../../lib/jpeg/inspect.ts";
import { packetizeJpeg, RTP_HEADROOM } from "../../../lib/jpeg/packetize.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { decode } from "./pictures.ts";

const LAB = new URL("../../../../shared/data/lab/", import.meta.url);

/** The bytes of a lab file; `undefined` where it is absent. */
function labFile(name: string): Uint8Array | undefined {
  try {
    return Deno.readFileSync(new URL(name, LAB));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The frames of a lab file: five digits of length before each. */
function framesOf(file: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(new TextDecoder().decode(file.subarray(at, at + 5)));
    frames.push(file.subarray(at + 5, at + 5 + length));
    at += 5 + length;
  }
  return frames;
}

/** Through packets and back. */
function roundTrip(jpeg: Uint8Array): Uint8Array {
  const { buffer, offsets, lengths, packetCount } = packetizeJpeg(jpeg, inspectJpeg(jpeg), {
    maxPayload: 1388,
  });
  const depacketizer = new JpegDepacketizer();
  const outcomes = Array.from(offsets, (offset, i) => {
    const payload = buffer.subarray(offset + RTP_HEADROOM, offset + lengths[i]!);
    return depacketizer.push({ payload, marker: i === packetCount - 1, timestamp: 0, sequence: i });
  });
  const [outcome] = outcomes.at(-1)!;
  assert(outcome?.kind === "frame");
  return outcome.jpeg;
}

const plain = labFile("frames-640x480.Mjpeg");
Deno.test({
  name: "every frame of a lab file goes through packets with its scan and pixels unchanged",
  ignore: !plain,
  fn: async () => {
    const frames = framesOf(plain!);
    assertEquals(frames.length, 240);
    for (const [number, jpeg] of frames.entries()) {
      const info = inspectJpeg(jpeg);
      assertEquals([info.width, info.height, carriage(info).ok], [640, 480, true]);
      const back = roundTrip(jpeg);
      const after = inspectJpeg(back);
      const scan = jpeg.slice(info.scanStart, info.scanEnd);
      assertEquals(back.slice(after.scanStart, after.scanEnd), scan);
      if (number % 80 === 0) assertEquals((await decode(back)).data, (await decode(jpeg)).data);
    }
  },
});

const optimised = labFile("bunny-320x240-optimised-huffman.Mjpeg");
Deno.test({
  name: "every frame of a lab file with optimised Huffman tables is refused for them",
  ignore: !optimised,
  fn: () => {
    const frames = framesOf(optimised!);
    assertEquals(frames.length, 199);
    for (const jpeg of frames) {
      const obstacle = "Huffman tables other than those of ITU-T T.81 Annex K";
      assertEquals(carriage(inspectJpeg(jpeg)), { ok: false, code: "huffman", obstacle });
    }
  },
});
