import { encodeJpeg } from "../../../lib/jpeg/encoder.ts";
import { FrameRefusedError } from "../../../lib/media/frame_writer.ts";
import { type GifOptions, GifWriter } from "../../../lib/media/gif_writer.ts";
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { clipFrames } from "../../support/clips.ts";
import { ascii } from "../../support/split.ts";
import { testPicture } from "../jpeg/pictures.ts";
import { tinyJpeg, withFolder } from "./frames.ts";

const FRAMES = clipFrames({ frames: 6, width: 32, height: 16 });

/** What a GIF file says of itself. */
interface Gif {
  size: number[];
  /** How often it is shown again; 0 for ever. */
  repeat: number | undefined;
  /** Of each picture: how long it is shown, in hundredths of a second, and its size. */
  pictures: { delay: number; size: number[] }[];
  /** Whether it ends as it should, and nothing is behind that. */
  ended: boolean;
}

/** Reads a GIF file's blocks (GIF89a, appendix A), not its pictures. */
function readGif(bytes: Uint8Array): Gif {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const u16 = (at: number): number => view.getUint16(at, true);
  const colours = (flags: number): number => flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
  const skip = (at: number): number => {
    while (bytes[at]! > 0) at += bytes[at]! + 1;
    return at + 1;
  };
  assertEquals(new TextDecoder().decode(bytes.subarray(0, 6)), "GIF89a");
  const gif: Gif = { size: [u16(6), u16(8)], repeat: undefined, pictures: [], ended: false };
  let delay = 0;
  for (let at = 13 + colours(bytes[10]!); at < bytes.length;) {
    const block = bytes[at]!;
    if (block === 0x3b) return { ...gif, ended: at === bytes.length - 1 };
    if (block === 0x21) {
      if (bytes[at + 1] === 0xf9) delay = u16(at + 4);
      if (bytes[at + 1] === 0xff) gif.repeat = u16(at + 16);
      at = skip(at + 2);
    } else {
      assertEquals(block, 0x2c);
      gif.pictures.push({ delay, size: [u16(at + 5), u16(at + 7)] });
      at = skip(at + 10 + colours(bytes[at + 9]!) + 1);
    }
  }
  return gif;
}

async function written(
  frames: readonly [jpeg: Uint8Array, at?: number][],
  options: GifOptions = {},
): Promise<Gif> {
  let gif: Gif | undefined;
  await withFolder(async (folder) => {
    const writer = await GifWriter.create(`${folder}/out.gif`, options);
    for (const [jpeg, at] of frames) await writer.write(jpeg, at);
    assertEquals(writer.frames, frames.length);
    await writer.commit();
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    assertEquals(names, ["out.gif"]);
    gif = readGif(await Deno.readFile(`${folder}/out.gif`));
  });
  return gif!;
}

Deno.test("a GIF shows each picture as long as the stream did, over and over", async () => {
  const gif = await written([
    [FRAMES[0]!, 1000],
    [FRAMES[1]!, 1040],
    [FRAMES[2]!, 1073.4],
    [FRAMES[3]!, 1106.7],
    [FRAMES[4]!, 3106],
  ]);
  assertEquals(gif, {
    ...{ size: [32, 16], repeat: 0, ended: true },
    // The last as long as the one before it.
    pictures: [4, 3, 4, 200, 200].map((delay) => ({ delay, size: [32, 16] })),
  });
});

Deno.test("pictures without a time are shown at the course lab's rate", async () => {
  const gif = await written([[FRAMES[0]!], [FRAMES[1]!], [FRAMES[2]!]]);
  assertEquals(gif.pictures.map(({ delay }) => delay), [5, 5, 5]);
});

Deno.test("of pictures that come faster than a GIF can show them the last ones are shown", async () => {
  const gif = await written(FRAMES.map((frame, i) => [frame, i * 10]));
  assertEquals(gif.pictures.map(({ delay }) => delay), [2, 2, 2]);
});

Deno.test("large pictures are made smaller, and that is told once", async () => {
  const told: string[] = [];
  const large = [1, 2].map((seed) => encodeJpeg(testPicture(300, 100, seed)));
  const options = { side: 60, onScale: (from: string, to: string) => told.push(from, to) };
  const gif = await written([[large[0]!], [large[1]!]], options);
  assertEquals(told, ["300x100", "60x20"]);
  assertEquals(gif.pictures.map(({ size }) => size), [[60, 20], [60, 20]]);
});

Deno.test("all pictures of a GIF have the size of the first", async () => {
  const sizes: [number, number][] = [[20, 10], [40, 40], [8, 8]];
  const frames = sizes.map(([width, height]) => encodeJpeg(testPicture(width, height)));
  const gif = await written(frames.map((frame) => [frame]));
  assertEquals(gif.pictures.map(({ size }) => size), [[20, 10], [20, 10], [20, 10]]);
});

Deno.test("a GIF refuses what cannot be decoded and goes on", async () => {
  await withFolder(async (folder) => {
    const writer = await GifWriter.create(`${folder}/out.gif`);
    await assertRejects(
      () => writer.write(ascii("hello")),
      FrameRefusedError,
      "Frame 1: The bytes",
    );
    await assertRejects(() => writer.write(tinyJpeg(1)), FrameRefusedError, "Frame 1: JPEG");
    await writer.write(FRAMES[0]!, 0);
    await assertRejects(() => writer.write(tinyJpeg(2), 50), FrameRefusedError, "Frame 2: SOS");
    await writer.write(FRAMES[1]!, 100);
    await writer.commit();
    const gif = readGif(await Deno.readFile(`${folder}/out.gif`));
    assertEquals([gif.pictures.map(({ delay }) => delay), gif.ended], [[10, 10], true]);
  });
});

Deno.test("a GIF that is given up leaves nothing behind", async () => {
  await withFolder(async (folder) => {
    const writer = await GifWriter.create(`${folder}/out.gif`);
    await writer.write(FRAMES[0]!);
    await writer.abort();
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  });
});
