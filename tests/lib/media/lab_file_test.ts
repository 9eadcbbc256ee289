import { type ByteSource, MemoryBytes } from "../../../lib/media/byte_source.ts";
import { isLabFile, openLabFile } from "../../../lib/media/lab_file.ts";
import { FrameDamagedError, SourceClosedError } from "../../../lib/stream/frame_source.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../../support/assert.ts";
import { ascii } from "../../support/split.ts";
import {
  allFrames,
  BYTE_SOURCES,
  CountingBytes,
  join,
  jpegWithThumbnail,
  labFile,
  tinyJpeg,
  tinyJpegs,
  WINDOWS,
} from "./frames.ts";

for (const { name, open } of BYTE_SOURCES) {
  Deno.test(`frames of a lab file come out as they went in, bytes ${name}`, async () => {
    const frames = [...tinyJpegs(40), jpegWithThumbnail(41)];
    for (const windowBytes of WINDOWS) {
      const options = windowBytes === undefined ? {} : { windowBytes };
      const source = openLabFile(open(labFile(frames)), options);
      assertEquals(source.frameRate, undefined);
      assertEquals(await allFrames(source), frames, `windows of ${windowBytes} bytes`);
      assertEquals(await source.frameCount(), frames.length);
      assertEquals(source.knownFrameCount, frames.length);
      assertEquals(source.faults, []);
      source.close();
    }
  });
}

Deno.test("six-digit lengths are read (safiullah-foragy's converter)", async () => {
  const long = tinyJpeg(3, 100_000);
  const frames = [tinyJpeg(1), long, tinyJpeg(2)];
  const file = join(labFile([tinyJpeg(1)]), ascii("100000"), long, labFile([tinyJpeg(2)]));
  for (const windowBytes of [32, 4096]) {
    const source = openLabFile(new MemoryBytes(file), { windowBytes });
    assertEquals(await allFrames(source), frames);
    assertEquals(source.faults, []);
  }
});

Deno.test("a frame without an end of image counts when the next one follows it", async () => {
  const open = tinyJpeg(1).subarray(0, -2);
  const frames = [open, tinyJpeg(2), open];
  const source = openLabFile(new MemoryBytes(labFile(frames)));
  assertEquals(await allFrames(source), frames);
  assertEquals(source.faults, []);
});

Deno.test("frames can be asked for in any order, and past the end there are none", async () => {
  const frames = tinyJpegs(10);
  const source = openLabFile(new MemoryBytes(labFile(frames)), { windowBytes: 64 });
  assertEquals(await source.frame(7), frames[7]);
  assertEquals(source.frame(2), frames[2], "indexed and in memory: at once");
  assertEquals(source.knownFrameCount, undefined);
  assertEquals(await source.frame(10), undefined);
  assertEquals(source.frame(1e9), undefined, "the index is complete: at once");
  assertEquals(source.knownFrameCount, 10);
  assertThrows(() => source.frame(-1), RangeError);
});

Deno.test("many who wait for the index share the reading", async () => {
  const frames = tinyJpegs(30);
  const bytes = new CountingBytes(new MemoryBytes(labFile(frames)));
  const source = openLabFile(bytes, { windowBytes: 256 });
  const counts = await Promise.all(Array.from({ length: 9 }, () => source.frameCount()));
  assertEquals(new Set(counts), new Set([30]));
  assert(bytes.bytesRead < 2 * bytes.size, `read ${bytes.bytesRead} bytes of ${bytes.size}`);
});

/** A lab file of six-digit frames that exists only as arithmetic. */
class EndlessFrames implements ByteSource {
  static readonly FRAME = tinyJpeg(5, 900_000);
  static readonly STRIDE = 6 + EndlessFrames.FRAME.length;
  static readonly #ONE = join(ascii("900000"), EndlessFrames.FRAME);
  static readonly #TWO = join(EndlessFrames.#ONE, EndlessFrames.#ONE);
  bytesRead = 0;
  readonly size: number;

  constructor(readonly frames: number) {
    this.size = frames * EndlessFrames.STRIDE;
  }

  read(at: number, length: number): Uint8Array {
    const end = Math.min(at + length, this.size);
    this.bytesRead += end - at;
    const offset = at % EndlessFrames.STRIDE;
    return EndlessFrames.#TWO.subarray(offset, offset + end - at);
  }

  close(): void {}
}

Deno.test("an index goes past 4 GiB without reading the frames", async () => {
  const bytes = new EndlessFrames(5000);
  assert(bytes.size > 2 ** 32);
  const source = openLabFile(bytes, { windowBytes: 64 });
  assertEquals(await source.frame(0), EndlessFrames.FRAME);
  assert(bytes.bytesRead < EndlessFrames.FRAME.length + 200, "the first frame needs only itself");
  bytes.bytesRead = 0;
  assertEquals(await source.frameCount(), 5000);
  assert(bytes.bytesRead <= 5000 * 3 * 64, `read ${bytes.bytesRead} bytes`);
  assertEquals(await source.frame(4999), EndlessFrames.FRAME);
  assertEquals(source.faults, []);
});

Deno.test("a file cut while it is open loses only the frames that are gone", async () => {
  const frames = tinyJpegs(4);
  const whole = labFile(frames);
  const bytes = { size: whole.length, now: whole.subarray(), close(): void {} };
  const read = (at: number, length: number): Promise<Uint8Array> =>
    Promise.resolve(bytes.now.subarray(at, at + length));
  const source = openLabFile({ ...bytes, read });
  assertEquals(await source.frameCount(), 4);
  bytes.now = whole.subarray(0, -10);
  assertEquals(await source.frame(2), frames[2]);
  const last = frames[3]!.length;
  const gone = (async (): Promise<unknown> => await source.frame(3))();
  const error = await assertRejects(() => gone, FrameDamagedError);
  assertEquals(error.problem, `Only ${last - 10} of ${last} bytes are left in the file`);
  assertEquals([error.frame, error.position], [4, whole.length - last]);
});

Deno.test("a file overwritten while it is open is noticed", async () => {
  const whole = labFile(tinyJpegs(2));
  const bytes = new CountingBytes(new MemoryBytes(whole));
  const source = openLabFile(bytes);
  await source.frameCount();
  whole.fill(0);
  const read = async (): Promise<unknown> => await source.frame(1);
  await assertRejects(read, FrameDamagedError, "Frame 2 at byte 60: The file has changed");
});

Deno.test("a file cut while it is being indexed ends there", async () => {
  const frames = tinyJpegs(6);
  const whole = labFile(frames);
  const short = whole.subarray(0, whole.length - 30);
  const source = openLabFile({
    size: whole.length,
    read: (at, length) => Promise.resolve(short.subarray(at, at + length)),
    close(): void {},
  }, { windowBytes: 64 });
  assertEquals(await allFrames(source), frames.slice(0, 5));
  assertEquals(source.faults.length, 1);
});

Deno.test("a failed read is told and tried again when asked again", async () => {
  const frames = tinyJpegs(3);
  const inner = new MemoryBytes(labFile(frames));
  let failures = 1;
  const source = openLabFile({
    size: inner.size,
    read: (at, length) =>
      failures-- > 0 ? Promise.reject(new Error("Bad sector")) : inner.read(at, length),
    close(): void {},
  });
  await assertRejects(() => source.frameCount(), Error, "Bad sector");
  assertEquals(await source.frameCount(), 3);
});

Deno.test("a closed source closes its file and answers with an error", async () => {
  const bytes = new CountingBytes(new MemoryBytes(labFile(tinyJpegs(3))));
  const source = openLabFile(bytes);
  await source.frame(0);
  source.close();
  source.close();
  assert(bytes.closed);
  await assertRejects(async () => await source.frame(0), SourceClosedError);
});

Deno.test("closing during indexing ends it", async () => {
  const source = openLabFile(new CountingBytes(new MemoryBytes(labFile(tinyJpegs(50)))), {
    windowBytes: 64,
  });
  const counting = source.frameCount();
  source.close();
  await assertRejects(() => counting, SourceClosedError);
});

Deno.test("indexing bytes in memory gives way to other work", async () => {
  const file = join(...Array.from({ length: 100 }, () => labFile([tinyJpeg(1, 99_000)])));
  const source = openLabFile(new MemoryBytes(file), { windowBytes: 100_000 });
  let worked = false;
  const other = new Promise<void>((resolve) =>
    setTimeout(() => {
      worked = true;
      resolve();
    }, 0)
  );
  await source.frameCount();
  assert(worked, "a timer due at once fired before 10 MB were indexed");
  await other;
});

Deno.test("lab files are told by how they begin", () => {
  const jpeg = tinyJpeg(1);
  const rows: [string, Uint8Array, boolean][] = [
    ["five digits", labFile([jpeg]), true],
    ["digits before something else", ascii("00012hello"), true],
    ["a damaged first length", join(ascii("1x5 8"), jpeg), true],
    ["a digit lost", join(ascii("0060"), jpeg), true],
    ["a bare JPEG", jpeg, false],
    ["text", ascii("hello, world"), false],
    ["nothing", ascii(""), false],
  ];
  for (const [name, head, expected] of rows) assertEquals(isLabFile(head), expected, name);
});
