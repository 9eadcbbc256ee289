import { concat } from "../../lib/jpeg/pictures.ts";
import { type DrawnClip, drawnFrames, ffmpegFrames } from "./clips.ts";

/** A clip of a kind of JPEG that RFC 2435 carries. */
export interface PictureClip {
  /** What is special about its pictures. */
  name: string;
  width: number;
  height: number;
  count: number;
  /** The JPEGs one behind the other. */
  make(): Promise<Uint8Array>;
}

/** ffmpeg's own defaults optimise the Huffman tables, for which RFC 2435 has no room. */
const STANDARD_TABLES = ["-huffman", "default"];
const COUNT = 40;

/** Every kind of picture that ffmpeg's and GStreamer's receivers are known to show unharmed. */
export const PICTURE_CLIPS: readonly PictureClip[] = [
  drawn("sides no multiple of 8", { width: 322, height: 242, frames: COUNT }),
  drawn("odd sides", { width: 321, height: 241, frames: COUNT }),
  drawn("sides of less than one block", { width: 5, height: 3, frames: COUNT }),
  drawn("4:2:2", { width: 160, height: 120, subsampling: "4:2:2", frames: COUNT }),
  drawn("4:2:2 of odd sides", { width: 161, height: 121, subsampling: "4:2:2", frames: COUNT }),
  drawn("restart markers", { width: 160, height: 120, restartInterval: 7, frames: COUNT }),
  drawn("4:2:2 with restart markers", {
    ...{ width: 160, height: 120, frames: COUNT },
    ...{ subsampling: "4:2:2", restartInterval: 1 },
  }),
  drawn("quality 100", { width: 320, height: 240, quality: 100, frames: COUNT }),
  drawn("quality 50", { width: 320, height: 240, quality: 50, frames: COUNT }),
  drawn("the largest sides of RFC 2435", { width: 2040, height: 2040, quality: 50, frames: 6 }),
  {
    ...{ name: "one quantization table for all components", width: 320, height: 240, count: COUNT },
    make: () => ffmpegFrames("320x240", COUNT, ["-pix_fmt", "yuvj420p", ...STANDARD_TABLES]),
  },
];

/** Cuts away what a receiver shows of the blocks at the edges. */
export function cropTo({ width, height }: PictureClip): string {
  return `crop=${width}:${height}:0:0:exact=1`;
}

function drawn(name: string, clip: DrawnClip): PictureClip {
  const { width, height, frames } = clip;
  const make = (): Promise<Uint8Array> => Promise.resolve(concat(...drawnFrames(clip)));
  return { name, width, height, count: frames, make };
}
