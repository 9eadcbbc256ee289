import {
  checkFrameIndex,
  type FrameAnswer,
  type FrameFault,
  type FrameSource,
} from "../stream/frame_source.ts";
import { u16be } from "./fixed_integers.ts";
import { MAX_JPEG_BYTES } from "./jpeg_end.ts";

/**
 * How often a still is sent each second. ffmpeg looks at twenty frames before it shows the first, so
 * that it takes four seconds; a photograph of 500 kB takes 20 Mbit/s.
 */
export const STILL_FRAME_RATE = 5;

const MARKER_BYTES = 2;
/** APP2 with "MPF" and a zero (CIPA DC-007): more pictures stand behind this one. */
const APP2 = 0xe2;
const SOS = 0xda;
const MULTI_PICTURE = [0x4d, 0x50, 0x46, 0x00];
/** From the marker to what names the segment. */
const IDENTIFIER_AT = 4;

/** One picture that goes on and on: frame after frame the same object. */
export class StillSource implements FrameSource {
  readonly frameRate = STILL_FRAME_RATE;
  readonly knownFrameCount = Infinity;
  readonly #picture: FrameSource;

  /** @param picture whose first frame is shown; closed with this source */
  constructor(picture: FrameSource) {
    this.#picture = picture;
  }

  get faults(): readonly FrameFault[] {
    return this.#picture.faults;
  }

  async frameCount(): Promise<number> {
    await this.#picture.frameCount();
    return Infinity;
  }

  frame(index: number): FrameAnswer | Promise<FrameAnswer> {
    checkFrameIndex(index);
    return this.#picture.frame(0);
  }

  prefetch(): boolean {
    return this.#picture.prefetch(0);
  }

  position(): number | undefined {
    return this.#picture.position?.(0);
  }

  close(): void {
    this.#picture.close();
  }
}

/**
 * Whether a file of JPEGs is a still: has one picture and no other, but perhaps what cameras and
 * telephones put behind it, as a gain map, a preview, or notes of their own.
 * @param size length of the file in bytes; longer ones than a picture can be are not looked through
 */
export async function isStill(source: FrameSource, size: number): Promise<boolean> {
  if (size > MAX_JPEG_BYTES) return false;
  const first = await source.frame(0);
  if (first !== undefined && saysMultiPicture(first)) return true;
  return await source.frame(1) === undefined && source.faults.every((fault) => fault.recovered);
}

function saysMultiPicture(jpeg: Uint8Array): boolean {
  for (let at = MARKER_BYTES; at < jpeg.length;) {
    const code = jpeg[at + 1];
    if (code === SOS) return false;
    const named = MULTI_PICTURE.every((byte, i) => jpeg[at + IDENTIFIER_AT + i] === byte);
    if (code === APP2 && named) return true;
    at += MARKER_BYTES + Math.max(MARKER_BYTES, u16be(jpeg, at + MARKER_BYTES));
  }
  return false;
}
