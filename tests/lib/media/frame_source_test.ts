// What every file format promises, whatever its index is like: the same promise, the same suite.
import { MemoryBytes } from "../../../lib/media/byte_source.ts";
import {
  FrameDamagedError,
  type FrameSource,
  SourceClosedError,
} from "../../../lib/stream/frame_source.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../../support/assert.ts";
import { Seeded } from "../../support/seeded.ts";
import { mutated } from "../../fuzz/mutate.ts";
import { FILE_FORMATS, type FileFormat } from "./file_formats.ts";
import {
  allFrames,
  BYTE_SOURCES,
  CountingBytes,
  jpegWithThumbnail,
  tinyJpegs,
  WINDOWS,
} from "./frames.ts";

const PLAIN: Uint8Array[] = tinyJpegs(20);
const FRAMES: Uint8Array[] = [...PLAIN, jpegWithThumbnail(21)];
/** Of all formats together. */
const MUTATED_FILES = 10_000;

for (const format of FILE_FORMATS) {
  const file = format.make(FRAMES);

  for (const { name, open } of BYTE_SOURCES) {
    Deno.test(`${format.name}: frames come out as they went in, bytes ${name}`, async () => {
      for (const windowBytes of WINDOWS) {
        const source = format.open(open(file), windowBytes === undefined ? {} : { windowBytes });
        assertEquals(await allFrames(source), FRAMES, `windows of ${windowBytes} bytes`);
        assertEquals(await source.frameCount(), FRAMES.length);
        assertEquals(source.knownFrameCount, FRAMES.length);
        assertEquals(source.faults, []);
        assertEquals(source.frameRate, format.frameRate);
        source.close();
      }
    });
  }

  Deno.test(`${format.name}: frames can be asked for in any order, and past the end there are none`, async () => {
    const source = format.open(new MemoryBytes(file), { windowBytes: 64 });
    assertEquals(await source.frame(14), FRAMES[14]);
    assertEquals(source.frame(2), FRAMES[2], "indexed and in memory: at once");
    assertEquals(source.frame(2), FRAMES[2], "and again");
    assertEquals(await source.frame(FRAMES.length), undefined);
    assertEquals(source.frame(1e9), undefined, "the index is complete: at once");
    assertThrows(() => source.frame(-1), RangeError);
    const at = source.position?.(3);
    assert(at !== undefined);
    assertEquals(file.subarray(at, at + FRAMES[3]!.length), FRAMES[3]);
    assertEquals(source.position?.(FRAMES.length), undefined);
  });

  Deno.test(`${format.name}: many who wait for the index share the reading`, async () => {
    const reads: number[] = [];
    for (const waiting of [1, 9]) {
      const bytes = new CountingBytes(new MemoryBytes(file));
      const source = format.open(bytes, { windowBytes: 64 });
      const all = Array.from({ length: waiting }, () => source.frameCount());
      assertEquals(new Set(await Promise.all(all)), new Set([FRAMES.length]));
      reads.push(bytes.reads);
    }
    assertEquals(reads[0], reads[1]);
  });

  Deno.test(`${format.name}: a failed read is told and tried again when asked again`, async () => {
    const inner = new MemoryBytes(file);
    for (let failing = 0; failing < 6; failing++) {
      let reads = 0;
      const source = format.open({
        size: inner.size,
        read: (at, length) =>
          reads++ === failing ? Promise.reject(new Error("Bad sector")) : inner.read(at, length),
        close(): void {},
      }, { windowBytes: 64 });
      const failed = await source.frameCount().then(() => false, () => true);
      assertEquals(failed, reads > failing);
      assertEquals(await source.frameCount(), FRAMES.length);
    }
  });

  Deno.test(`${format.name}: a closed source closes its file and answers with an error`, async () => {
    const bytes = new CountingBytes(new MemoryBytes(file));
    const source = format.open(bytes, { windowBytes: 64 });
    await source.frame(0);
    const counting = source.frameCount();
    source.close();
    source.close();
    assert(bytes.closed);
    await assertRejects(async () => await source.frame(0), SourceClosedError);
    await assertRejects(() => counting, SourceClosedError);
  });

  Deno.test(`${format.name}: a frame that is gone since it was indexed is told as damaged`, async () => {
    const copy = file.slice();
    const source = format.open(new CountingBytes(new MemoryBytes(copy)));
    await source.frameCount();
    copy.fill(0);
    const error = await assertRejects(async () => await source.frame(1), FrameDamagedError);
    assertEquals(error.frame, 2);
    assertEquals(file.subarray(error.position, error.position + 3), FRAMES[1]!.subarray(0, 3));
  });

  Deno.test(`${format.name}: cut anywhere it has whole frames of its own only, or says what is wrong`, async () => {
    // None with a thumbnail: what is left of one that is cut looks like a frame.
    const file = format.make(PLAIN);
    for (let length = 0; length < file.length; length++) {
      const source = format.open(new MemoryBytes(file.subarray(0, length)));
      const frames = await allFrames(source);
      assertEquals(frames, PLAIN.slice(0, frames.length), `cut at byte ${length}`);
      if (frames.length === 0) assert(source.faults.length > 0 || length < 4, `at ${length}`);
      for (const { position } of source.faults) assert(position <= file.length);
      if (format.survivesCut) await checkAllThere(format, source, length, frames.length);
    }
  });
}

/** No frame that lies whole before the cut is missing, once the head of the file is whole. */
async function checkAllThere(
  format: FileFormat,
  source: FrameSource,
  length: number,
  count: number,
): Promise<void> {
  if (count === 0) return;
  const whole = format.open(new MemoryBytes(format.make(PLAIN)));
  await whole.frameCount();
  const left = PLAIN.filter((frame, i) => whole.position!(i)! + frame.length <= length);
  assert(count >= left.length - 1, `${count} of ${left.length} frames before byte ${length}`);
  assertEquals(await source.frameCount(), count);
}

Deno.test(`${MUTATED_FILES} damaged files of all formats are indexed to their end, within bounds`, async () => {
  const frames = tinyJpegs(5);
  const seeds = FILE_FORMATS.map(({ make }) => make(frames));
  const random = new Seeded(5);
  for (let i = 0; i < MUTATED_FILES; i++) {
    const format = FILE_FORMATS[i % FILE_FORMATS.length]!;
    const file = mutated([seeds[i % seeds.length]!, ...seeds.slice(0, 1)], random);
    const copy = file.slice();
    const bytes = new CountingBytes(new MemoryBytes(file));
    const source = format.open(bytes, { windowBytes: random.one([32, 300, 100_000]) });
    const count = await source.frameCount();
    // An index may name the same bytes more than once, but every entry takes bytes of its own, or is
    // one of those runs of equal frames that a ceiling of their number ends.
    assert(bytes.reads < 10 * file.length + 100, `${bytes.reads} reads of ${file.length} bytes`);
    for (let k = 0; k < Math.min(count, 50); k++) {
      const frame = await frameOrDamage(source, k);
      assert(frame === undefined || frame.length <= file.length);
    }
    for (const fault of source.faults) {
      assert(fault.frame > 0 && fault.position >= 0 && fault.problem !== "");
    }
    assertEquals(file, copy, "the input is as it was");
  }
});

async function frameOrDamage(source: FrameSource, index: number): Promise<Uint8Array | undefined> {
  try {
    return await source.frame(index);
  } catch (error) {
    assert(error instanceof FrameDamagedError, String(error));
    return undefined;
  }
}
