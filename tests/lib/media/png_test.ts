import * as pngModule from "imagescript/png";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { FrameRefusedError } from "../../../lib/media/frame_writer.ts";
import { jpegToPng } from "../../../lib/media/png.ts";
import { PngConverter } from "../../../lib/media/png_converter.ts";
import { PngFolderWriter } from "../../../lib/media/png_folder_writer.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { clipFrames } from "../../support/clips.ts";
import { testPicture } from "../jpeg/pictures.ts";
import { tinyJpeg, withFolder } from "./frames.ts";

interface Decoded {
  width: number;
  height: number;
  /** Red, green, blue, alpha. */
  pixels: Uint8Array;
}

const png = (pngModule as unknown as { default: { decode(png: Uint8Array): Decoded } }).default;
const FRAMES = clipFrames({ frames: 3, width: 48, height: 32, quality: 95 });

Deno.test("a JPEG becomes a PNG of the same picture", async () => {
  const { width, height, pixels } = png.decode(await jpegToPng(FRAMES[0]!));
  assertEquals([width, height], [48, 32]);
  const original = testPicture(48, 32, 0).data;
  let difference = 0;
  for (let i = 0; i < pixels.length; i++) difference += Math.abs(pixels[i]! - original[i]!);
  // JPEG keeps this picture to a few steps of 255 a channel; swapped channels are far from it.
  assert(difference / pixels.length < 8, `${difference / pixels.length} a channel`);
});

Deno.test("what cannot be decoded is malformed, on this thread and on the other", async () => {
  await assertRejects(() => jpegToPng(tinyJpeg(1)), MalformedError, "Cannot be decoded");
  const converter = new PngConverter();
  await assertRejects(() => converter.convert(tinyJpeg(1)), MalformedError, "Cannot be decoded");
  assertEquals(await converter.convert(FRAMES[1]!), await jpegToPng(FRAMES[1]!));
  converter.close();
});

Deno.test("a folder of PNG has every picture that could be decoded, in order", async () => {
  await withFolder(async (folder) => {
    const writer = await PngFolderWriter.create(`${folder}/new/stills`);
    const written = [
      writer.write(FRAMES[0]!),
      assertRejects(() => writer.write(tinyJpeg(1)), FrameRefusedError, "Cannot be decoded"),
      assertRejects(() => writer.write(new Uint8Array(9)), FrameRefusedError, "no JPEG"),
      writer.write(FRAMES[2]!),
    ];
    await Promise.all(written);
    await writer.commit();
    assertEquals(writer.frames, 2);
    const path = `${folder}/new/stills/frame-000002.png`;
    assertEquals(await Deno.readFile(path), await jpegToPng(FRAMES[2]!));
    const names = await Array.fromAsync(Deno.readDir(`${folder}/new/stills`), ({ name }) => name);
    assertEquals(names.sort(), ["frame-000001.png", "frame-000002.png"]);
  });
});
