/**
 * Makes the sample clip; the same bytes every time.
 *
 * ```sh
 * deno run -A scripts/make_clip.ts [FILE]   # media/movie.Mjpeg unless said otherwise
 * ```
 *
 * @module
 */
import { encodeJpeg } from "../lib/jpeg/encoder.ts";
import { drawFrame, FRAME_COUNT } from "./clip_scene.ts";

/** JPEG quality of the frames. */
const QUALITY = 60;
/** Decimal digits before each frame of a course-lab file. */
const LENGTH_DIGITS = 5;
/** The classic lab client reads 20,480 bytes a datagram, 12 of them RTP header. */
export const LARGEST_FRAME = 20_468;

/**
 * One frame as it stands in the file, without its length.
 * @param number 1 … 500
 */
export function clipFrame(number: number): Uint8Array<ArrayBuffer> {
  const { width, height, bitmap } = drawFrame(number);
  const jpeg = encodeJpeg({ width, height, data: bitmap }, { quality: QUALITY });
  if (jpeg.length > LARGEST_FRAME) {
    throw new RangeError(`Frame ${number} has ${jpeg.length} bytes, more than ${LARGEST_FRAME}`);
  }
  return jpeg;
}

/** The length that stands before a frame. */
export function lengthPrefix(length: number): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(String(length).padStart(LENGTH_DIGITS, "0"));
}

if (import.meta.main) {
  const path = Deno.args[0] ?? new URL("../media/movie.Mjpeg", import.meta.url);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let number = 1; number <= FRAME_COUNT; number++) {
    const frame = clipFrame(number);
    parts.push(lengthPrefix(frame.length), frame);
  }
  await Deno.writeFile(path, new Uint8Array(await new Blob(parts).arrayBuffer()));
}
