// Motion JPEG as people have it: what encoders write by themselves, and how each must come out.
import { Image } from "imagescript";
import { assertEquals } from "../../support/assert.ts";
import { concat } from "../../lib/jpeg/pictures.ts";
import { run } from "./child.ts";
import { inFolder, labClip, movieFrames } from "./clips.ts";

/** How frames come out. */
export interface Shown {
  /** What the server says that it did; undefined for nothing. */
  says?: RegExp;
  /**
   * What stays: every pixel, luminance alone, or neither. The last two with the least PSNR against
   * the source, in dB, that viewers get.
   */
  same: "pixels" | "luminance" | "size";
  psnr?: number;
}

/** A clip, and what viewers must see of it. */
export interface AnyClip extends Shown {
  name: string;
  /** Of the file that is served. */
  file: string;
  make: () => Promise<Uint8Array>;
  /** How ffmpeg reads what is made, default `mjpeg`; `png_pipe` is served as a folder of its PNGs. */
  pipe?: "png_pipe";
  frames: number;
  /** The size that viewers see. */
  width: number;
  height: number;
}

/** Frames of a clip that is made here. */
const FRAMES = 3;
const LAB = new URL("../../../../shared/data/lab/", import.meta.url);

export const AS_IT_IS: Shown = { same: "pixels" };
export const RECODED: Shown = { says: /Huffman tables re-coded.*, lossless$/, same: "pixels" };
const REORDERED: Shown = { says: /blocks put into the usual order, lossless$/, same: "pixels" };
const UNFOLDED: Shown = { says: /progressive.*, lossless$/, same: "pixels" };
const GREY: Shown = { says: /colourless chrominance added.*, lossless$/, same: "luminance" };
/** Sharp edges of pure colours, the hardest there is for chrominance. */
const RESAMPLED: Shown = {
  says: /chrominance resampled, luminance untouched$/,
  same: "luminance",
  psnr: 28,
};
const ANEW: Shown = { says: /^encoded anew/, same: "size", psnr: 26 };
const scaled = (from: string, to: string): Shown => {
  return { says: new RegExp(`^scaled from ${from} to ${to}, `), same: "size", psnr: 30 };
};

let numbered = 0;

function clip(name: string, size: string, shown: Shown, make: AnyClip["make"]): AnyClip {
  const [width, height] = size.split("x").map(Number);
  const file = `clip${++numbered}.mjpeg`;
  return { name, file, make, frames: FRAMES, width: width!, height: height!, ...shown };
}

/** What ffmpeg's own encoder writes. */
function encoded(
  format: string,
  huffman: string,
  size: string,
  shown: Shown,
  more: string[] = [],
  seen = size,
): AnyClip {
  const options = ["-c:v", "mjpeg", "-pix_fmt", format, "-huffman", huffman, "-q:v", "3", ...more];
  const name = ["ffmpeg", format, size, `${huffman} tables`, ...more].join(" ");
  return clip(name, seen, shown, async () => {
    const path = await Deno.makeTempFile({ suffix: ".mjpeg" });
    await drawn(size, [...options, "-f", "mjpeg", path]);
    const bytes = await Deno.readFile(path);
    await Deno.remove(path);
    return bytes;
  });
}

/** Three pictures of any size, odd ones too. */
async function drawn(size: string, output: string[]): Promise<void> {
  const input = ["-f", "lavfi", "-i", `testsrc=size=${size}:rate=25`, "-frames:v", `${FRAMES}`];
  await ok("ffmpeg", ["-nostdin", "-y", "-loglevel", "error", ...input, ...output]);
}

/** What programs of libjpeg-turbo make of pictures: cjpeg, and jpegtran behind it. */
function converted(
  size: string,
  shown: Shown,
  cjpeg: string[],
  jpegtran?: string[],
  seen = size,
): AnyClip {
  const tran = jpegtran === undefined ? [] : ["jpegtran", ...jpegtran];
  return clip(["cjpeg", ...cjpeg, ...tran, size].join(" "), seen, shown, async () => {
    const files: Uint8Array[] = [];
    await inFolder({}, async (folder) => {
      await drawn(size, [`${folder}/%d.ppm`]);
      for (let i = 1; i <= FRAMES; i++) {
        await ok("cjpeg", [...cjpeg, "-outfile", `${folder}/jpg`, `${folder}/${i}.ppm`]);
        if (jpegtran) {
          await ok("jpegtran", [...jpegtran, "-outfile", `${folder}/out`, `${folder}/jpg`]);
        }
        files.push(await Deno.readFile(`${folder}/${jpegtran ? "out" : "jpg"}`));
      }
    });
    return concat(...files);
  });
}

async function ok(tool: string, args: string[]): Promise<void> {
  const { code, stderr } = await run(tool, args);
  assertEquals(code, 0, stderr);
}

async function byImagescript(): Promise<Uint8Array> {
  const files: Uint8Array[] = [];
  for (let i = 0; i < FRAMES; i++) {
    const image = new Image(333, 217);
    image.fill((x: number, y: number) =>
      Image.rgbaToColor(x * 7 + 40 * i & 0xff, y & 0xff, x + y & 0xff, 0xff)
    );
    files.push(await image.encodeJPEG(85));
  }
  return concat(...files);
}

/** A folder of PNG pictures, here one behind the other. */
function pngs(size: string, shown: Shown): AnyClip {
  const made = clip(`a folder of PNG ${size}`, size, shown, async () => {
    const files: Uint8Array[] = [];
    await inFolder({}, async (folder) => {
      await drawn(size, [`${folder}/%d.png`]);
      for (let i = 1; i <= FRAMES; i++) files.push(await Deno.readFile(`${folder}/${i}.png`));
    });
    return concat(...files);
  });
  return { ...made, file: made.file.replace(".mjpeg", ""), pipe: "png_pipe" };
}

/** A file of the course lab, with some hundreds of frames. */
function lab(file: string, size: string, frames: number, shown: Shown): AnyClip {
  const make = (): Promise<Uint8Array> => Deno.readFile(new URL(file, LAB));
  return { ...clip(`the lab's ${file}`, size, shown, make), file, frames };
}

const movie = async (): Promise<Uint8Array> => labClip((await movieFrames()).slice(0, FRAMES));

/** Small ones, in one size that fills its last blocks and one that does not. */
export const SMALL: readonly AnyClip[] = [
  ...["332x216", "333x217"].flatMap((size) => [
    encoded("yuvj420p", "default", size, AS_IT_IS),
    encoded("yuvj420p", "optimal", size, RECODED),
    encoded("yuvj422p", "default", size, REORDERED),
    encoded("yuvj422p", "optimal", size, {
      says: /Huffman tables re-coded.*, blocks put into the usual order, lossless$/,
      same: "pixels",
    }),
    encoded("yuvj444p", "default", size, RESAMPLED),
    encoded("yuvj444p", "optimal", size, RESAMPLED),
    // It writes that as 4:4:4 without a colour.
    encoded("gray", "optimal", size, RESAMPLED),
  ]),
  encoded("yuvj420p", "default", "332x216", AS_IT_IS, ["-threads", "3", "-thread_type", "slice"]),
  clip("the sample clip", "320x240", AS_IT_IS, movie),
];

/** Made by libjpeg-turbo and imagescript. */
export const OTHERS: readonly AnyClip[] = [
  converted("333x217", RECODED, ["-optimize"]),
  converted("333x217", RECODED, ["-optimize", "-restart", "1"]),
  converted("333x217", RECODED, ["-optimize", "-restart", "3B"]),
  converted("333x217", GREY, ["-grayscale"]),
  converted("333x217", { ...GREY, says: /Huffman.*, colourless chrominance.*, lossless$/ }, [
    "-grayscale",
    "-optimize",
  ]),
  converted("333x217", RESAMPLED, ["-sample", "1x1"]),
  converted("333x217", RESAMPLED, ["-sample", "1x2"]),
  converted("333x217", RESAMPLED, ["-sample", "4x1"]),
  converted("333x217", UNFOLDED, ["-progressive"]),
  converted("333x217", UNFOLDED, [], ["-progressive"]),
  converted("333x217", { ...RESAMPLED, says: /^progressive.*chrominance resampled/ }, [
    "-sample",
    "1x1",
  ], ["-progressive"]),
  converted("333x217", ANEW, ["-rgb"]),
  clip("imagescript 333x217", "333x217", RESAMPLED, byImagescript),
  pngs("333x217", { same: "size", psnr: 26 }),
];

/** As cameras and phones make them. */
export const LARGE: readonly AnyClip[] = [
  encoded("yuvj420p", "optimal", "1920x1080", RECODED),
  encoded("yuvj444p", "optimal", "1920x1080", RESAMPLED),
  converted("1920x1080", UNFOLDED, ["-progressive"]),
  encoded("yuvj420p", "optimal", "4000x2000", scaled("4000x2000", "2000x1000"), [], "2000x1000"),
  converted(
    "4000x2000",
    scaled("4000x2000", "2000x1000"),
    [],
    ["-progressive"],
    "2000x1000",
  ),
];

/** Whether the lab's files of `shared/data` are beside the project. */
export const labFilesThere = ((): boolean => {
  try {
    return Deno.statSync(LAB).isDirectory;
  } catch {
    return false;
  }
})();

export const LAB_FILES: readonly AnyClip[] = [
  lab("bunny-320x240-optimised-huffman.Mjpeg", "320x240", 199, RECODED),
  lab("frames-640x480.Mjpeg", "640x480", 240, AS_IT_IS),
];
