import fc from "fast-check";
import { MemoryBytes } from "../../../lib/media/byte_source.ts";
import { isConcatenatedFile, openConcatenatedFile } from "../../../lib/media/concatenated_file.ts";
import { MAX_FAULTS_IN_A_ROW } from "../../../lib/media/frame_scanner.ts";
import type { FrameFault } from "../../../lib/stream/frame_source.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";
import { ascii } from "../../support/split.ts";
import {
  allFrames,
  BYTE_SOURCES,
  CountingBytes,
  join,
  jpegWithThumbnail,
  tinyJpeg,
  tinyJpegs,
  WINDOWS,
} from "./frames.ts";

const A = tinyJpeg(1, 60);
const B = jpegWithThumbnail(2);
const C = tinyJpeg(3, 90);

interface Row {
  name: string;
  file: Uint8Array;
  frames: Uint8Array[];
  faults: FrameFault[];
}

function fault(frame: number, position: number, problem: string, recovered = false): FrameFault {
  return { frame, position, problem, recovered };
}

const ROWS: Row[] = [
  { name: "whole frames", file: join(A, B, C), frames: [A, B, C], faults: [] },
  { name: "a single picture", file: B, frames: [B], faults: [] },
  {
    name: "frames padded with zeros",
    file: join(A, new Uint8Array(200), B, new Uint8Array(3)),
    frames: [A, B],
    faults: [],
  },
  {
    name: "text between frames",
    file: join(A, ascii("\r\n--next\r\n\r\n"), B),
    frames: [A, B],
    faults: [fault(2, 60, "12 bytes belong to no JPEG", true)],
  },
  {
    name: "text at the end",
    file: join(A, ascii("\n")),
    frames: [A],
    faults: [fault(2, 60, "1 bytes belong to no JPEG", true)],
  },
  {
    name: "the last frame cut",
    file: join(A, B.subarray(0, -1)),
    frames: [A],
    faults: [fault(2, 60, "The JPEG is cut off by the end of the file")],
  },
  {
    name: "a frame cut in its scan",
    file: join(A, B.subarray(0, -8), C),
    frames: [A, C],
    faults: [fault(2, 60, `Has another start of image inside at byte ${60 + B.length - 8}`)],
  },
  {
    name: "a segment's length damaged",
    file: join(A, hex`ff d8 ff e0 40 00 11 22 33`, C),
    frames: [A, C],
    faults: [fault(2, 60, "The JPEG is cut off by the end of the file")],
  },
  {
    name: "a marker damaged",
    file: join(A, hex`ff d8 ff e0 00 02 77 22 33`, C),
    frames: [A, C],
    faults: [fault(2, 60, "Has no marker where marker belongs at byte 66")],
  },
];

for (const { name, file, frames, faults } of ROWS) {
  for (const { name: how, open } of BYTE_SOURCES) {
    Deno.test(`frames one after another are found: ${name}, bytes ${how}`, async () => {
      for (const windowBytes of WINDOWS) {
        const options = windowBytes === undefined ? {} : { windowBytes };
        const source = openConcatenatedFile(open(file), options);
        assertEquals(await allFrames(source), frames, `windows of ${windowBytes} bytes`);
        assertEquals(source.faults, faults, `windows of ${windowBytes} bytes`);
        assertEquals(source.knownFrameCount, frames.length);
      }
    });
  }
}

Deno.test("the first frame comes without reading the rest", async () => {
  const bytes = new CountingBytes(new MemoryBytes(join(...tinyJpegs(500))));
  const source = openConcatenatedFile(bytes, { windowBytes: 100 });
  assertEquals(await source.frame(0), tinyJpegs(1)[0]);
  assert(bytes.bytesRead < 300, `read ${bytes.bytesRead} bytes`);
});

Deno.test("a file with nothing but damage is given up", async () => {
  const bait = hex`ff d8 ff 00`;
  const baits = (count: number): Uint8Array => join(...Array.from({ length: count }, () => bait));
  const rows: [number, Uint8Array[]][] = [
    [MAX_FAULTS_IN_A_ROW - 1, [A]],
    [MAX_FAULTS_IN_A_ROW, []],
  ];
  for (const [count, frames] of rows) {
    const source = openConcatenatedFile(new MemoryBytes(join(baits(count), A)));
    assertEquals(await allFrames(source), frames);
    assertEquals(source.faults.length, count);
  }
});

Deno.test("concatenated files are told by how they begin", () => {
  assertEquals(isConcatenatedFile(A), true);
  assertEquals(isConcatenatedFile(ascii("00060")), false);
  assertEquals(isConcatenatedFile(hex`ff d8`), false);
});

Deno.test("a frame that is wiped out takes no other with it", async () => {
  const chosen = fc.record({
    count: fc.integer({ min: 1, max: 10 }),
    lost: fc.nat(9),
    filler: fc.integer({ min: 0, max: 0xfe }),
    windowBytes: fc.integer({ min: 32, max: 200 }),
  });
  await fc.assert(fc.asyncProperty(chosen, async ({ count, lost, filler, windowBytes }) => {
    const frames: Uint8Array[] = tinyJpegs(count);
    const left = frames.filter((_, i) => i !== lost);
    const parts = frames.map((f, i) => i === lost ? new Uint8Array(f.length).fill(filler) : f);
    const source = openConcatenatedFile(new MemoryBytes(join(...parts)), { windowBytes });
    assertEquals(await allFrames(source), left);
    assertEquals(source.faults.length, lost < count && filler !== 0 ? 1 : 0);
  }));
});

Deno.test("any bytes behind a frame are indexed to the end, the same in any window", async () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 30 }),
    fc.constantFrom([0xff, 0xd8, 0xff], [0xff, 0xd9], [0xff, 0xda, 0, 2], [0xff, 0xe0, 0, 9])
      .map((bytes) => Uint8Array.from(bytes)),
  );
  const chosen = fc.record({
    pieces: fc.array(piece, { maxLength: 20 }),
    windowBytes: fc.integer({ min: 32, max: 120 }),
  });
  await fc.assert(fc.asyncProperty(chosen, async ({ pieces, windowBytes }) => {
    const file = join(A, ...pieces);
    const copy = file.slice();
    const small = openConcatenatedFile(new MemoryBytes(file), { windowBytes });
    const large = openConcatenatedFile(new MemoryBytes(file));
    const frames = await allFrames(small);
    assertEquals(frames, await allFrames(large));
    assertEquals(small.faults, large.faults);
    assertEquals(frames[0], A);
    assertEquals(file, copy);
  }));
});
