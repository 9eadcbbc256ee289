import { AppendFile } from "../../../lib/media/append_file.ts";
import { AtomicFile } from "../../../lib/media/atomic_file.ts";
import { LabWriter } from "../../../lib/media/lab_writer.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";
import { SMALL_DISKS, withSmallDisk } from "../../support/small_disk.ts";
import { labFile, tinyJpeg, withFolder } from "./frames.ts";

/** An open file on a disk that is full after so many bytes, as the system shows it. */
class FullingFile {
  bytes: number[] = [];
  closed = false;
  #at = 0;

  constructor(readonly room: number) {}

  write(bytes: Uint8Array): Promise<number> {
    const count = Math.min(bytes.length, this.room - this.#at);
    if (count === 0) return Promise.reject(new Error("No space left on device"));
    for (let i = 0; i < count; i++) this.bytes[this.#at++] = bytes[i]!;
    return Promise.resolve(count);
  }

  truncate(length: number): Promise<void> {
    this.bytes.length = length;
    return Promise.resolve();
  }

  seek(position: number): Promise<number> {
    this.#at = position;
    return Promise.resolve(position);
  }

  close(): void {
    this.closed = true;
  }
}

function appendFile(room: number): { file: AppendFile; disk: FullingFile } {
  const disk = new FullingFile(room);
  return { disk, file: new AppendFile(disk as unknown as Deno.FsFile) };
}

Deno.test("a unit that the disk has no room for is cut off, and a shorter one goes in", async () => {
  const { file, disk } = appendFile(10);
  await file.append(hex`01 02 03`, hex`04`);
  const full = await assertRejects(() => file.append(hex`05 06`, hex`07 08 09 0a 0b`), Error);
  assertEquals(full.message, "No space left on device");
  assertEquals([disk.bytes, file.length], [[1, 2, 3, 4], 4]);
  await file.append(hex`05`);
  assertEquals([disk.bytes, file.length], [[1, 2, 3, 4, 5], 5]);
  await assertRejects(() => file.done(), Error, "No space left on device");
  await file.close();
  assertEquals(disk.closed, true);
});

Deno.test("what is patched stays where it is, and appending goes on at the end", async () => {
  const { file, disk } = appendFile(10);
  const calls = [file.append(hex`01 02 03 04`), file.patch(1, hex`aa bb`), file.append(hex`05`)];
  await Promise.all(calls);
  await file.done();
  assertEquals(disk.bytes, [1, 0xaa, 0xbb, 4, 5]);
});

Deno.test("a file that is cut off grows from there", async () => {
  const { file, disk } = appendFile(10);
  await file.append(hex`01 02 03 04`);
  await file.truncate(2);
  assertEquals(file.length, 2);
  await file.append(hex`09`);
  assertEquals(disk.bytes, [1, 2, 9]);
});

Deno.test({
  name: "on a full disk a file that must be whole is not there, one valid after each write is",
  ignore: !SMALL_DISKS,
  fn: () =>
    withSmallDisk(64 * 1024, async (folder) => {
      const whole = await AtomicFile.create(`${folder}/whole`);
      await whole.write(new Uint8Array(10_000));
      await assertRejects(() => whole.write(new Uint8Array(100_000)), Error, "No space left");
      await assertRejects(() => whole.commit(), Error, "No space left");
      const lab = await LabWriter.create(`${folder}/lab.Mjpeg`);
      await lab.write(tinyJpeg(1, 20_000));
      await assertRejects(() => lab.write(tinyJpeg(2, 60_000)), Error, "No space left");
      assertEquals(lab.frames, 1);
      await lab.commit();
      assertEquals(await Deno.readFile(`${folder}/lab.Mjpeg`), labFile([tinyJpeg(1, 20_000)]));
      const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
      assertEquals(names, ["lab.Mjpeg"]);
    }),
});

Deno.test("a file whose write failed is kept without it when every length is valid", async () => {
  await withFolder(async (folder) => {
    const file = await AtomicFile.create(`${folder}/out`);
    await file.write(hex`01 02`);
    await file.commitWhole();
    assertEquals(await Deno.readFile(`${folder}/out`), hex`01 02`);
    await assertRejects(() => file.write(hex`03`), Error, "The file is committed");
  });
});
