import fc from "fast-check";
import { AtomicFile } from "../../../lib/media/atomic_file.ts";
import { MemoryBytes } from "../../../lib/media/byte_source.ts";
import { openConcatenatedFile } from "../../../lib/media/concatenated_file.ts";
import { ConcatenatedWriter } from "../../../lib/media/concatenated_writer.ts";
import { FolderWriter, frameFileName } from "../../../lib/media/folder_writer.ts";
import { FrameRefusedError, type FrameWriter } from "../../../lib/media/frame_writer.ts";
import { openLabFile } from "../../../lib/media/lab_file.ts";
import { LabWriter } from "../../../lib/media/lab_writer.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { namesIn } from "../../support/folder.ts";
import { hex } from "../../support/golden.ts";
import { ascii } from "../../support/split.ts";
import {
  allFrames,
  join,
  jpegWithThumbnail,
  labFile,
  tinyJpeg,
  tinyJpegs,
  withFolder,
} from "./frames.ts";

async function writeAll(writer: FrameWriter, frames: readonly Uint8Array[]): Promise<void> {
  for (const frame of frames) await writer.write(frame);
  await writer.commit();
}

/** The files whose frames lie in one file. */
const FILE_FORMATS: {
  name: string;
  create: (path: string) => Promise<FrameWriter>;
  open: typeof openLabFile;
}[] = [
  { name: "a lab file", create: (path) => LabWriter.create(path), open: openLabFile },
  {
    name: "a concatenated file",
    create: (path) => ConcatenatedWriter.create(path),
    open: openConcatenatedFile,
  },
];

for (const { name, create, open } of FILE_FORMATS) {
  Deno.test(`what is written to ${name} is read back`, async () => {
    await withFolder(async (folder) => {
      const sizes = fc.array(fc.integer({ min: 40, max: 3000 }), { minLength: 1, maxLength: 20 });
      await fc.assert(
        fc.asyncProperty(sizes, async (sizes) => {
          const frames = [...sizes.map((size, i) => tinyJpeg(i, size)), jpegWithThumbnail(99)];
          const path = `${folder}/out.Mjpeg`;
          const writer = await create(path);
          await writeAll(writer, frames);
          assertEquals(writer.frames, frames.length);
          const source = open(new MemoryBytes(await Deno.readFile(path)));
          assertEquals(await allFrames(source), frames);
          assertEquals(source.faults, []);
        }),
        { numRuns: 20 },
      );
    });
  });

  Deno.test(`${name} has its name only when it is whole`, async () => {
    await withFolder(async (folder) => {
      const path = `${folder}/out.Mjpeg`;
      await Deno.writeTextFile(path, "the old one");
      const writer = await create(path);
      await writer.write(tinyJpeg(1));
      assertEquals(await Deno.readTextFile(path), "the old one");
      const [hidden, ...others] = await namesIn(folder);
      assertEquals([hidden?.startsWith(".out.Mjpeg."), others], [true, ["out.Mjpeg"]]);
      await writer.commit();
      await writer.abort();
      assertEquals(await namesIn(folder), ["out.Mjpeg"]);
      assertEquals(await allFrames(open(new MemoryBytes(await Deno.readFile(path)))), [
        tinyJpeg(1),
      ]);
    });
  });

  Deno.test(`${name} that is given up leaves nothing behind`, async () => {
    await withFolder(async (folder) => {
      const writer = await create(`${folder}/out.Mjpeg`);
      await writer.write(tinyJpeg(1));
      await writer.abort();
      await writer.abort();
      assertEquals(await namesIn(folder), []);
      await assertRejects(() => writer.write(tinyJpeg(1)), Error, "The file is aborted");
      await assertRejects(() => writer.commit(), Error, "The file is aborted");
    });
  });

  Deno.test(`${name} refuses what is no JPEG and goes on`, async () => {
    await withFolder(async (folder) => {
      const writer = await create(`${folder}/out.Mjpeg`);
      await writer.write(tinyJpeg(1));
      const refused = await assertRejects(() => writer.write(ascii("hello")), FrameRefusedError);
      assertEquals(refused.message, "Frame 2: The bytes are no JPEG");
      await writeAll(writer, [tinyJpeg(2)]);
      const file = await Deno.readFile(`${folder}/out.Mjpeg`);
      assertEquals(await allFrames(open(new MemoryBytes(file))), [tinyJpeg(1), tinyJpeg(2)]);
    });
  });
}

Deno.test("a lab file holds frames of 99,999 bytes and no longer ones", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/out.Mjpeg`;
    const writer = await LabWriter.create(path);
    await writer.write(tinyJpeg(1, 99_999));
    const refused = await assertRejects(
      () => writer.write(tinyJpeg(1, 100_000)),
      FrameRefusedError,
    );
    assertEquals(
      refused.message,
      "Frame 2: It has 100000 bytes, only 99999 fit the 5 digits of a lab file",
    );
    await writeAll(writer, [tinyJpeg(2)]);
    assertEquals(await Deno.readFile(path), labFile([tinyJpeg(1, 99_999), tinyJpeg(2)]));
  });
});

Deno.test("a concatenated file leaves out what is behind a frame's end", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/out.mjpeg`;
    const writer = await ConcatenatedWriter.create(path);
    await writer.write(join(tinyJpeg(1), new Uint8Array(7)));
    const cut = (): Promise<void> => writer.write(tinyJpeg(2).subarray(0, -1));
    await assertRejects(cut, FrameRefusedError, "Frame 2: The JPEG has no end of image");
    const broken = (): Promise<void> => writer.write(hex`ff d8 ff 00`);
    await assertRejects(broken, FrameRefusedError, "Frame 2: JPEG: Has a stuffed zero");
    await writer.commit();
    assertEquals(await Deno.readFile(path), tinyJpeg(1));
  });
});

Deno.test("a folder gets a whole file for each frame", async () => {
  await withFolder(async (folder) => {
    const frames = tinyJpegs(12);
    const writer = await FolderWriter.create(`${folder}/new/frames`);
    await Promise.all(frames.map((frame) => writer.write(frame)));
    await writer.commit();
    await assertRejects(() => writer.write(ascii("hello")), FrameRefusedError, "Frame 13:");
    assertEquals(writer.frames, 12);
    const names = await namesIn(`${folder}/new/frames`);
    assertEquals(names, frames.map((_, i) => frameFileName(i + 1)));
    assertEquals(names[9], "frame-000010.jpg");
    for (const [i, name] of names.entries()) {
      assertEquals(await Deno.readFile(`${folder}/new/frames/${name}`), frames[i]!);
    }
  });
});

Deno.test("a folder that is given up keeps the frames that are whole", async () => {
  await withFolder(async (folder) => {
    const writer = await FolderWriter.create(folder);
    await writer.write(tinyJpeg(1));
    const under = writer.write(tinyJpeg(2));
    await writer.abort();
    assertEquals(await namesIn(folder), ["frame-000001.jpg", "frame-000002.jpg"]);
    await under;
  });
});

Deno.test("bytes of an atomic file come in the order of the calls", async () => {
  await withFolder(async (folder) => {
    const file = await AtomicFile.create(`${folder}/out`);
    const parts = Array.from({ length: 50 }, (_, i) => new Uint8Array(100 + i).fill(i));
    const writes = parts.map((part) => file.write(part));
    await file.commit();
    await Promise.all(writes);
    assertEquals(file.length, join(...parts).length);
    assertEquals(await Deno.readFile(`${folder}/out`), join(...parts));
  });
});

Deno.test("an atomic file whose name cannot be given leaves nothing behind", async () => {
  await withFolder(async (folder) => {
    const file = await AtomicFile.create(`${folder}/taken`);
    await file.write(hex`01 02`);
    await Deno.mkdir(`${folder}/taken/inside`, { recursive: true });
    await assertRejects(() => file.commit(), Error);
    await assertRejects(() => file.commit(), Error, "The file is aborted");
    assertEquals(await namesIn(folder), ["taken"]);
    assertEquals(await namesIn(`${folder}/taken`), ["inside"]);
  });
});

Deno.test("an atomic file cannot be begun in a folder that is not there", async () => {
  await withFolder(async (folder) => {
    await assertRejects(() => AtomicFile.create(`${folder}/no/out`), Deno.errors.NotFound);
  });
});
