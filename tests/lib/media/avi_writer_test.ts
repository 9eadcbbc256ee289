import fc from "fast-check";
import { openAviFile } from "../../../lib/media/avi/avi_file.ts";
import { AviWriter } from "../../../lib/media/avi_writer.ts";
import { MemoryBytes } from "../../../lib/media/byte_source.ts";
import { FrameRefusedError } from "../../../lib/media/frame_writer.ts";
import { encodeJpeg } from "../../../lib/jpeg/encoder.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { clipFrames } from "../../support/clips.ts";
import { SMALL_DISKS, withSmallDisk } from "../../support/small_disk.ts";
import { ascii } from "../../support/split.ts";
import { testPicture } from "../jpeg/pictures.ts";
import { allFrames, join, tinyJpeg, withFolder } from "./frames.ts";

const FRAMES = clipFrames({ frames: 60, width: 32, height: 16 });

interface ReadBack {
  frames: Uint8Array[];
  frameRate: number | undefined;
  faults: readonly unknown[];
}

async function readBack(path: string): Promise<ReadBack> {
  const source = openAviFile(new MemoryBytes(await Deno.readFile(path)));
  const frames = await allFrames(source);
  return { frames, frameRate: source.frameRate, faults: source.faults };
}

/** The only file in a folder, whatever it is called. */
async function onlyFile(folder: string): Promise<string> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  assertEquals(names.length, 1);
  return `${folder}/${names[0]}`;
}

Deno.test("frames written to an AVI file are read back, at their rate", async () => {
  await withFolder(async (folder) => {
    const sizes = fc.array(fc.nat({ max: 200 }), { minLength: 1, maxLength: 60 });
    const riffs = fc.integer({ min: 2000, max: 100_000 });
    await fc.assert(
      fc.asyncProperty(sizes, riffs, async (sizes, riffBytes) => {
        // Odd lengths too: a chunk is padded, its frame is not.
        const frames = sizes.map((more, i) => join(FRAMES[i]!, new Uint8Array(more)));
        const path = `${folder}/out.avi`;
        const writer = await AviWriter.create(path, { frameRate: 12.5, riffBytes });
        for (const frame of frames) await writer.write(frame);
        assertEquals(writer.frames, frames.length);
        await writer.commit();
        assertEquals(await readBack(path), { frames, frameRate: 12.5, faults: [] });
      }),
      { numRuns: 30 },
    );
  });
});

Deno.test("the rate of an AVI file is that of its frames' times; a hole is filled", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/out.avi`;
    const writer = await AviWriter.create(path);
    for (const [i, frame] of FRAMES.entries()) {
      await writer.write(frame, 777 + i * 40 + (i >= 40 ? 120 : 0));
    }
    await writer.commit();
    const { frames, frameRate } = await readBack(path);
    assertEquals(frameRate, 25);
    const repeated = [FRAMES[39]!, FRAMES[39]!, FRAMES[39]!];
    assertEquals(frames, [...FRAMES.slice(0, 40), ...repeated, ...FRAMES.slice(40)]);
  });
});

Deno.test("fewer frames than it takes to measure a rate are written all the same", async () => {
  await withFolder(async (folder) => {
    for (const count of [1, 2, 24, 25, 26]) {
      const path = `${folder}/out.avi`;
      const writer = await AviWriter.create(path);
      for (const [i, frame] of FRAMES.slice(0, count).entries()) await writer.write(frame, i * 100);
      assertEquals(writer.frames, count);
      await writer.commit();
      const { frames, frameRate } = await readBack(path);
      assertEquals([frames, frameRate], [FRAMES.slice(0, count), count === 1 ? 20 : 10]);
    }
  });
});

Deno.test("a frame that is held until the rate is known may be written over by its owner", async () => {
  await withFolder(async (folder) => {
    const writer = await AviWriter.create(`${folder}/out.avi`);
    const frame = FRAMES[0]!.slice();
    await writer.write(frame, 0);
    frame.fill(0);
    await writer.commit();
    assertEquals((await readBack(`${folder}/out.avi`)).frames, [FRAMES[0]!]);
  });
});

Deno.test("pictures of other sizes than the first are kept as they are", async () => {
  await withFolder(async (folder) => {
    const frames = [16, 48, 8].map((side) => encodeJpeg(testPicture(side, side)));
    const writer = await AviWriter.create(`${folder}/out.avi`, { frameRate: 5 });
    for (const frame of frames) await writer.write(frame);
    await writer.commit();
    assertEquals((await readBack(`${folder}/out.avi`)).frames, frames);
  });
});

for (const riffBytes of [2 ** 30, 20_000]) {
  Deno.test(`an AVI file in RIFFs of ${riffBytes} bytes plays at any moment, killed or not`, async () => {
    await withFolder(async (folder) => {
      let now = 0;
      const writer = await AviWriter.create(`${folder}/out.avi`, {
        ...{ frameRate: 25, riffBytes, now: () => now },
      });
      for (const [i, frame] of FRAMES.entries()) {
        // Headers are brought up to date twice a second; in between, files only get longer.
        now += 99;
        await writer.write(frame);
        const { frames, frameRate, faults } = await readBack(await onlyFile(folder));
        assertEquals([frames, frameRate], [FRAMES.slice(0, i + 1), 25]);
        assert(faults.length <= 1, "that it is not closed may be noted");
      }
      await writer.abort();
    });
  });
}

Deno.test("an AVI file refuses what is no JPEG and goes on", async () => {
  await withFolder(async (folder) => {
    const writer = await AviWriter.create(`${folder}/out.avi`, { frameRate: 25 });
    await assertRejects(
      () => writer.write(ascii("hello")),
      FrameRefusedError,
      "Frame 1: The bytes",
    );
    await assertRejects(() => writer.write(tinyJpeg(1)), FrameRefusedError, "Frame 1: JPEG");
    await writer.write(FRAMES[0]!);
    await writer.commit();
    assertEquals((await readBack(`${folder}/out.avi`)).frames, [FRAMES[0]!]);
  });
});

Deno.test({
  name: "an AVI file on a full disk is closed with index and all, a few frames shorter",
  ignore: !SMALL_DISKS,
  fn: () =>
    withSmallDisk(256 * 1024, async (folder) => {
      const path = `${folder}/out.avi`;
      const writer = await AviWriter.create(path, { frameRate: 25 });
      let accepted = 0;
      const fill = async (): Promise<void> => {
        for (;; accepted++) await writer.write(FRAMES[accepted % FRAMES.length]!);
      };
      await assertRejects(fill, Error, "No space left");
      assertEquals(writer.frames, accepted);
      await writer.commit();
      assertEquals(await onlyFile(folder), path);
      const { frames, faults } = await readBack(path);
      assertEquals(faults, []);
      assertEquals(frames.length, writer.frames);
      assert(accepted - frames.length < accepted / 4, `${frames.length} of ${accepted} are left`);
      for (const [i, frame] of frames.entries()) assertEquals(frame, FRAMES[i % FRAMES.length]!);
      const bytes = await Deno.readFile(path);
      assert(new TextDecoder("latin1").decode(bytes.subarray(-100_000)).includes("idx1"));
    }),
});
