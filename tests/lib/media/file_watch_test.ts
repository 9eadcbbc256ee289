import { FileWatch, HEAD_BYTES } from "../../../lib/media/file_watch.ts";
import { MediaLibrary } from "../../../lib/media/library.ts";
import { MediaChangedError } from "../../../lib/stream/frame_source.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { labFile, tinyJpeg, withFolder } from "./frames.ts";

/** A file of which the test says what became of it. */
class ToldFile {
  readonly changes: string[] = [];
  info = { size: 10_000, nlink: 1, mtime: new Date(1000) } as Deno.FileInfo;
  readonly watch = new FileWatch({ statSync: () => this.info }, this.info, (change) => {
    this.changes.push(change);
  });

  becomes(change: Partial<Deno.FileInfo>): void {
    this.info = { ...this.info, ...change };
  }
}

const BYTES = Uint8Array.from({ length: 5000 }, (_, i) => i * 7);

Deno.test("a file that stays as it is may be read on and on", () => {
  const { watch, changes } = new ToldFile();
  for (const at of [0, 5000, 0]) assertEquals(watch.check(at, BYTES), false);
  assertEquals([watch.head, changes], [BYTES.slice(0, HEAD_BYTES), []]);
});

Deno.test("a file that is deleted or replaced is kept by who has it open, and that is told once", () => {
  const file = new ToldFile();
  file.becomes({ nlink: 0 });
  for (const at of [0, 5000]) assertEquals(file.watch.check(at, BYTES), false);
  assertEquals(file.changes.length, 1);
  assert(file.changes[0]!.startsWith("The file was deleted or replaced"));
});

Deno.test("a file that is cut cannot be read on, whatever becomes of it then", () => {
  const file = new ToldFile();
  file.watch.check(0, BYTES);
  file.becomes({ size: 9999 });
  const says = "The file was cut from 10000 to 9999 bytes while it was served";
  assertThrows(() => file.watch.check(0, BYTES), MediaChangedError, says);
  file.becomes({ size: 10_000 });
  assertThrows(() => file.watch.check(0, BYTES), MediaChangedError, says);
  assertEquals(file.changes, [says]);
});

Deno.test("a file that grows is the same one, a file that begins otherwise is not", () => {
  const file = new ToldFile();
  file.watch.check(0, BYTES);
  file.becomes({ size: 12_000, mtime: new Date(2000) });
  assertEquals(file.watch.check(5000, BYTES), true);
  file.watch.compareHead(BYTES.slice(0, HEAD_BYTES));
  assertEquals(file.watch.check(5000, BYTES), false, "it was looked at");
  file.becomes({ mtime: new Date(3000) });
  assertEquals(file.watch.check(5000, BYTES), true);
  const other = BYTES.slice(0, HEAD_BYTES);
  other[HEAD_BYTES - 1]! ^= 1;
  assertThrows(() => file.watch.compareHead(other), MediaChangedError, "was written over");
  assertThrows(() => file.watch.check(0, BYTES), MediaChangedError, "was written over");
});

/** Frames long enough that a file of them is not held in memory whole. */
const FRAMES = Array.from({ length: 40 }, (_, i) => tinyJpeg(i, 40_000));

/** Opens the file, looks at some frames, lets `change` happen to it, and looks at the others. */
async function watchWhile(
  change: (path: string) => Promise<void>,
): Promise<{ frames: Uint8Array[]; error: unknown; told: string[] }> {
  const told: string[] = [];
  const frames: Uint8Array[] = [];
  let error: unknown;
  await withFolder(async (root) => {
    const onChange = (name: string, change: string): number => told.push(`${name}: ${change}`);
    const library = new MediaLibrary({ root, onChange, cacheBytes: 100_000 });
    await Deno.writeFile(`${root}/clip.mjpeg`, labFile(FRAMES));
    const source = await library.open("clip.mjpeg");
    try {
      for (let i = 0; i < FRAMES.length; i++) {
        if (i === 3) await change(`${root}/clip.mjpeg`);
        frames.push((await source.frame(i))!);
      }
    } catch (thrown) {
      error = thrown;
    } finally {
      source.close();
      await library.close();
    }
  });
  return { frames, error, told };
}

const windows = Deno.build.os === "windows";

for (
  const [what, change] of [
    ["deleted", (path: string) => Deno.remove(path)],
    ["replaced", async (path: string): Promise<void> => {
      await Deno.writeFile(`${path}.new`, labFile([tinyJpeg(99, 100)]));
      await Deno.rename(`${path}.new`, path);
    }],
  ] as const
) {
  Deno.test({
    name: `who watches a file that is ${what} sees all of it, and that is told`,
    ignore: windows,
    fn: async () => {
      const { frames, error, told } = await watchWhile(change);
      assertEquals([frames.length, error], [FRAMES.length, undefined]);
      assertEquals(frames, FRAMES);
      assertEquals(told.length, 1);
      assert(told[0]!.startsWith("clip.mjpeg: The file was deleted or replaced"));
    },
  });
}

const SPOILT: [what: string, says: string, change: (path: string) => Promise<void>][] = [
  ["cut", "The file was cut from", (path) => Deno.truncate(path, 100_000)],
  ["emptied", "to 0 bytes", (path) => Deno.truncate(path, 0)],
  ["written over", "The file was written over", async (path) => {
    const others = FRAMES.map((frame, i) => tinyJpeg(100 + i, frame.length - 1));
    await Deno.writeFile(path, labFile([...others, ...FRAMES]));
    await Deno.utime(path, 1, 1);
  }],
];

for (const [what, says, change] of SPOILT) {
  Deno.test(`who watches a file that is ${what} sees whole frames, then an end with its reason`, async () => {
    const { frames, error, told } = await watchWhile(change);
    assert(frames.length >= 3 && frames.length < FRAMES.length, `${frames.length}`);
    assertEquals(frames, FRAMES.slice(0, frames.length));
    assert(error instanceof MediaChangedError, String(error));
    assert(error.message.includes(says), error.message);
    assertEquals(told, [`clip.mjpeg: ${error.change}`]);
  });
}

Deno.test("who watches a file that grows sees what there was", async () => {
  const { frames, error, told } = await watchWhile(async (path) => {
    await Deno.writeFile(path, labFile(FRAMES), { append: true });
    await Deno.utime(path, 1, 1);
  });
  assertEquals([frames.length, error, told], [FRAMES.length, undefined, []]);
});
