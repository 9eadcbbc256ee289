import { FolderWriter } from "../../../lib/media/folder_writer.ts";
import { highestNumber, numberedName, takenNumbers } from "../../../lib/media/numbered_names.ts";
import { assertEquals } from "../../support/assert.ts";
import { namesIn } from "../../support/folder.ts";
import { tinyJpeg, withFolder } from "./frames.ts";

/** Writes files of names, one byte each. */
async function touch(folder: string, ...names: string[]): Promise<void> {
  for (const name of names) await Deno.writeFile(`${folder}/${name}`, Uint8Array.of(1));
}

Deno.test("numbers are those of names as they are written, in order", async () => {
  await withFolder(async (folder) => {
    const names = { folder, prefix: "a-", suffix: ".avi" };
    await touch(folder, "a-000002.avi", "a-000011.avi", "a-1234567.avi", "a-000001.avi");
    await touch(folder, "a-12.avi", "a-0000003.avi", "b-000009.avi", "a-000009.mp4", "a-x.avi");
    assertEquals(await takenNumbers(names), [1, 2, 11, 1_234_567]);
    assertEquals(await highestNumber(names), 1_234_567);
    assertEquals(await highestNumber({ ...names, folder: `${folder}/none` }), 0);
    assertEquals(numberedName(names, 1_000_000), "a-1000000.avi");
  });
});

Deno.test("a folder that is resumed numbers on behind the highest frame", async () => {
  await withFolder(async (folder) => {
    await touch(folder, "frame-000001.jpg", "frame-000007.jpg", "frame-000009.png");
    const writer = await FolderWriter.create(folder, { earlier: "resume" });
    await writer.write(tinyJpeg(1));
    assertEquals([writer.frames, writer.lastName], [1, "frame-000008.jpg"]);
    assertEquals(writer.bytes, tinyJpeg(1).length);
    assertEquals(await Deno.readFile(`${folder}/frame-000008.jpg`), tinyJpeg(1));
    assertEquals((await Deno.readFile(`${folder}/frame-000007.jpg`)).length, 1);
  });
});

Deno.test("a folder that is cleared keeps everything until the first frame is there", async () => {
  await withFolder(async (folder) => {
    const before = ["frame-000001.jpg", "frame-000002.jpg", "frame-000003.png", "notes.txt"];
    await touch(folder, ...before);
    const writer = await FolderWriter.create(folder, { earlier: "clear" });
    assertEquals(await namesIn(folder), before);
    await writer.write(tinyJpeg(1));
    await writer.write(tinyJpeg(2));
    await writer.commit();
    assertEquals(await namesIn(folder), before);
    assertEquals(await Deno.readFile(`${folder}/frame-000002.jpg`), tinyJpeg(2));
    await touch(folder, "frame-000005.jpg");
    const again = await FolderWriter.create(folder, { earlier: "clear" });
    await again.write(tinyJpeg(3));
    assertEquals(await namesIn(folder), ["frame-000001.jpg", "frame-000003.png", "notes.txt"]);
  });
});

Deno.test("a folder that was made and got no frame goes again, what was there before stays", async () => {
  const parent = await Deno.makeTempDir();
  try {
    const made = `${parent}/made`;
    await (await FolderWriter.create(made)).commit();
    await (await FolderWriter.create(made)).abort();
    assertEquals(await Array.fromAsync(Deno.readDir(parent)), []);
    await Deno.mkdir(made);
    await (await FolderWriter.create(made)).abort();
    const used = `${parent}/used`;
    const writer = await FolderWriter.create(used);
    await Deno.writeTextFile(`${used}/notes.txt`, "not ours");
    await writer.commit();
    const names = (await Array.fromAsync(Deno.readDir(parent))).map(({ name }) => name).sort();
    assertEquals(names, ["made", "used"]);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
});
