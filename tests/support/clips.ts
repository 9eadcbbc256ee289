// Small media for tests that need a whole server or client.
import { encodeJpeg, type EncodeOptions } from "../../lib/jpeg/encoder.ts";
import { testPicture } from "../lib/jpeg/pictures.ts";
import { labFile } from "../lib/media/frames.ts";

/** What a test clip is like. */
export interface ClipOptions extends EncodeOptions {
  frames: number;
  width?: number;
  height?: number;
}

/** JPEG files, each another picture, that RFC 2435 can carry; some two packets each. */
export function clipFrames(
  { frames, width = 64, height = 48, ...options }: ClipOptions,
): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: frames }, (_, i) => {
    return encodeJpeg(testPicture(width, height, i), options);
  });
}

/** The same as a lab file. */
export function clip(options: ClipOptions): Uint8Array<ArrayBuffer> {
  return labFile(clipFrames(options));
}

/** A frame that says it is progressive, which RFC 2435 has no place for. */
export function progressiveFrame(): Uint8Array<ArrayBuffer> {
  const jpeg = encodeJpeg(testPicture(32, 32));
  const at = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
  jpeg[at + 1] = 0xc2;
  return jpeg;
}
