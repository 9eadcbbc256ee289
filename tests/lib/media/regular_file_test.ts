import { openRegular } from "../../../lib/media/regular_file.ts";
import { MediaRoot } from "../../../lib/media/media_root.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { withFolder } from "./frames.ts";

const WINDOWS = Deno.build.os === "windows";

async function makeFifo(path: string): Promise<void> {
  assert((await new Deno.Command("mkfifo", { args: [path] }).output()).success);
}

Deno.test("a regular file is read from anywhere, also far behind four gigabytes", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/file`;
    await Deno.writeTextFile(path, "abcdef");
    const far = 5 * 2 ** 30;
    await Deno.truncate(path, far);
    await Deno.writeTextFile(path, "xyz", { append: true });
    const opened = await openRegular(path);
    assert(opened !== undefined);
    const { file, info } = opened;
    const { size, mtime, dev, ino, nlink } = await Deno.stat(path);
    assertEquals(info, { isFile: true, size, mtime, dev, ino, nlink });
    const read = async (length: number): Promise<string | null> => {
      const bytes = new Uint8Array(length);
      const count = await file.read(bytes);
      return count === null ? null : new TextDecoder().decode(bytes.subarray(0, count));
    };
    assertEquals([await read(2), await read(2)], ["ab", "cd"]);
    await file.seek(far, Deno.SeekMode.Start);
    assertEquals([await read(9), await read(9)], ["xyz", null]);
    await Deno.remove(path);
    assertEquals(file.statSync().nlink, 0);
    file.close();
    file.close();
  });
});

Deno.test("closing while a read is under way lets it end", async () => {
  await withFolder(async (folder) => {
    await Deno.writeFile(`${folder}/file`, new Uint8Array(1000).fill(7));
    await Deno.writeFile(`${folder}/other`, new Uint8Array(1000).fill(8));
    for (let i = 0; i < 20; i++) {
      const opened = await openRegular(`${folder}/file`);
      const bytes = new Uint8Array(1000);
      const reading = opened!.file.read(bytes);
      opened!.file.close();
      const other = await openRegular(`${folder}/other`);
      assertEquals([await reading, new Set(bytes)], [1000, new Set([7])]);
      other!.file.close();
    }
  });
});

Deno.test("what is no regular file, a link or not there is not opened, and nobody waits", {
  ignore: WINDOWS,
}, async () => {
  await withFolder(async (folder) => {
    await makeFifo(`${folder}/fifo`);
    await Deno.writeTextFile(`${folder}/file`, "clip");
    const socket = Deno.listen({ transport: "unix", path: `${folder}/socket` });
    for (const name of ["fifo", "socket", "", "none"]) {
      assertEquals(await openRegular(`${folder}/${name}`), undefined, name);
    }
    assertEquals(await openRegular("/dev/zero"), undefined);
    socket.close();
  });
});

Deno.test(
  "a file that becomes a FIFO when it is about to be opened is not there, and nobody waits",
  {
    ignore: WINDOWS,
  },
  async () => {
    await withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/clip.mjpeg`, "clip");
      const root = new MediaRoot(folder);
      const found = await root.find(["clip.mjpeg"]);
      await Deno.remove(`${folder}/clip.mjpeg`);
      await makeFifo(`${folder}/clip.mjpeg`);
      assertEquals(await root.open(found!, "clip.mjpeg"), undefined);
    });
  },
);

Deno.test("what the system refuses says its code", { ignore: WINDOWS }, async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "clip");
    const error = await assertRejects(() => openRegular(`${folder}/file/below`), Error);
    assertEquals((error as { code?: string }).code, "ENOTDIR");
  });
});
