import { MediaRoot } from "../../../lib/media/media_root.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { ascii } from "../../support/split.ts";
import { withFolder } from "./frames.ts";

const NO_LINKS = Deno.build.os === "windows";

/** Finds `lab/clip.mjpeg` below a root, lets `swap` change the folder, and opens what was found. */
async function openAfter(swap: (root: string) => Promise<void>): Promise<string | undefined> {
  let content: string | undefined;
  await withFolder(async (folder) => {
    const root = `${folder}/media`;
    await Deno.mkdir(`${root}/lab`, { recursive: true });
    await Deno.mkdir(`${folder}/lab`);
    await Deno.writeTextFile(`${root}/lab/clip.mjpeg`, "clip");
    await Deno.writeTextFile(`${folder}/lab/clip.mjpeg`, "secret");
    const media = new MediaRoot(root);
    const found = await media.find(["lab", "clip.mjpeg"]);
    assert(found !== undefined);
    await swap(root);
    const opened = await media.open(found, "clip");
    if (opened === undefined) return;
    const bytes = new Uint8Array(10);
    const count = await opened.file.read(bytes);
    opened.file.close();
    content = new TextDecoder().decode(bytes.subarray(0, count ?? 0));
  });
  return content;
}

Deno.test("a file that was found is opened", async () => {
  assertEquals(await openAfter(() => Promise.resolve()), "clip");
});

Deno.test({
  name: "a file that becomes a link out, or whose folder does, is not opened",
  ignore: NO_LINKS,
  fn: async () => {
    const linkedFile = await openAfter(async (root) => {
      await Deno.remove(`${root}/lab/clip.mjpeg`);
      await Deno.symlink("../../lab/clip.mjpeg", `${root}/lab/clip.mjpeg`);
    });
    assertEquals(linkedFile, undefined);
    const linkedFolder = await openAfter(async (root) => {
      await Deno.rename(`${root}/lab`, `${root}/old`);
      await Deno.symlink("../lab", `${root}/lab`);
    });
    assertEquals(linkedFolder, undefined);
    const sameFileElsewhere = await openAfter(async (root) => {
      await Deno.rename(`${root}/lab`, `${root}/../moved`);
      await Deno.symlink("../moved", `${root}/lab`);
    });
    assertEquals(sameFileElsewhere, undefined);
  },
});

Deno.test("a file that is replaced or removed before it is opened is not opened", {
  ignore: NO_LINKS,
}, async () => {
  const replaced = await openAfter(async (root) => {
    await Deno.writeFile(`${root}/other`, ascii("another"));
    await Deno.rename(`${root}/other`, `${root}/lab/clip.mjpeg`);
  });
  assertEquals(replaced, undefined);
  assertEquals(await openAfter((root) => Deno.remove(`${root}/lab/clip.mjpeg`)), undefined);
});

Deno.test("a root given by a relative path or through a link is a root like any other", {
  ignore: NO_LINKS,
}, async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/media`);
    await Deno.writeTextFile(`${folder}/media/clip.mjpeg`, "clip");
    await Deno.symlink("media", `${folder}/link`);
    for (const root of [`${folder}/link`, `${folder}/media/`, `${folder}/./media`]) {
      const found = await new MediaRoot(root).find(["clip.mjpeg"]);
      assertEquals(found?.path, `${folder}/media/clip.mjpeg`, root);
      assertEquals((await new MediaRoot(root).list()).length, 1, root);
    }
  });
});

Deno.test("a list has what can be asked for and played, and nothing else", {
  ignore: NO_LINKS,
}, async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/back\\slash`);
    for (const name of ["a.mjpeg", "b\\.mjpeg", "c\n.mjpeg", "back\\slash/d.mjpeg", "e.mpjpeg"]) {
      await Deno.writeTextFile(`${folder}/${name}`, "clip");
    }
    await Deno.writeTextFile(`${folder}/empty.mjpeg`, "");
    const names = (await new MediaRoot(folder).list()).map(({ name }) => name);
    assertEquals(names, ["a.mjpeg", "e.mpjpeg"]);
  });
});
