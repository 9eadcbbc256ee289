import { LabWriter } from "../../../lib/media/lab_writer.ts";
import { MediaLibrary } from "../../../lib/media/library.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { withFolder } from "./frames.ts";

/** Lab files in circulation, beside the project where there are any. */
const FOLDER = new URL("../../../../shared/data/lab/", import.meta.url);
const FILES = [
  { name: "frames-640x480.Mjpeg", frames: 240 },
  { name: "bunny-320x240-optimised-huffman.Mjpeg", frames: 199 },
];

function exists(url: URL): boolean {
  try {
    return Deno.statSync(url).isFile;
  } catch {
    return false;
  }
}

for (const { name, frames } of FILES) {
  Deno.test({
    name: `a lab file in circulation is read and written back byte for byte: ${name}`,
    ignore: !exists(new URL(name, FOLDER)),
    fn: () =>
      withFolder(async (folder) => {
        await Deno.copyFile(new URL(name, FOLDER), `${folder}/${name}`);
        const library = new MediaLibrary({ root: folder, cacheBytes: 200_000 });
        const source = await library.open(name);
        assertEquals(await source.frameCount(), frames);
        assertEquals(source.faults, []);
        const writer = await LabWriter.create(`${folder}/copy`);
        for (let i = 0; i < frames; i++) {
          const frame = await source.frame(i);
          assert(frame !== undefined);
          await writer.write(frame);
        }
        await writer.commit();
        await library.close();
        assertEquals(
          await Deno.readFile(`${folder}/copy`),
          await Deno.readFile(`${folder}/${name}`),
        );
      }),
  });
}
