import { AtomicFile, writeWhole } from "../../../lib/media/atomic_file.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { namesIn } from "../../support/folder.ts";
import { withFolder } from "./frames.ts";

const WINDOWS = Deno.build.os === "windows";
const BYTES = new TextEncoder().encode("whole");

Deno.test("a file has its name once it is whole, and until then the old one has it", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "old");
    const file = await AtomicFile.create(`${folder}/file`);
    await file.write(BYTES);
    assertEquals(await Deno.readTextFile(`${folder}/file`), "old");
    await file.commit();
    assertEquals(await Deno.readTextFile(`${folder}/file`), "whole");
    assertEquals(await namesIn(folder), ["file"]);
  });
});

Deno.test("what a link leads to is written, and the link stays", { ignore: WINDOWS }, async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/elsewhere`);
    await Deno.writeTextFile(`${folder}/elsewhere/file`, "old");
    await Deno.symlink("elsewhere/file", `${folder}/link`);
    await writeWhole(`${folder}/link`, BYTES);
    assertEquals(await Deno.readTextFile(`${folder}/elsewhere/file`), "whole");
    assert((await Deno.lstat(`${folder}/link`)).isSymlink);
    assertEquals(await namesIn(`${folder}/elsewhere`), ["file"]);
  });
});

Deno.test("pipes, folders, devices and links to them stay what they are", {
  ignore: WINDOWS,
}, async () => {
  await withFolder(async (folder) => {
    assert((await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output()).success);
    await Deno.mkdir(`${folder}/folder`);
    await Deno.symlink("pipe", `${folder}/link`);
    await Deno.symlink("/dev/null", `${folder}/sink`);
    for (const name of ["pipe", "folder", "link", "sink"]) {
      await assertRejects(
        () => AtomicFile.create(`${folder}/${name}`),
        Deno.errors.NotSupported,
        "a device, a pipe or a folder of that name",
      );
    }
    await Deno.symlink("nowhere", `${folder}/lost`);
    await assertRejects(() => AtomicFile.create(`${folder}/lost`), Deno.errors.NotFound);
    assertEquals(await namesIn(folder), ["folder", "link", "lost", "pipe", "sink"]);
    assert((await Deno.lstat(`${folder}/pipe`)).isFifo);
  });
});
