import { encodeJpeg } from "../jpeg/encoder.ts";
import { requantizeJpeg } from "../jpeg/requantize.ts";
import { NeedsPixelsError } from "../jpeg/needs_pixels.ts";
import { pictureSize } from "./transcode/picture_size.ts";
import { decodePixels } from "./transcode/pixels.ts";
import { scaleDown, sizeWithin } from "./transcode/scale.ts";

/** What is tried, one after the other, before a picture is made smaller. */
const QUALITIES = [75, 50, 25];
/** By so much, again and again. */
const FACTOR = 0.7;

/**
 * Makes a JPEG file no longer than `maxBytes`: with coarser quantization where that does, else with
 * fewer pixels.
 * @throws {MalformedError} (as a rejection) when it is damaged
 */
export async function shrinkJpeg(
  jpeg: Uint8Array,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  try {
    return requantizeJpeg(jpeg, { maxBytes }).jpeg;
  } catch (error) {
    if (!(error instanceof NeedsPixelsError)) throw error;
  }
  const size = pictureSize(jpeg);
  const picture = await decodePixels(jpeg);
  for (let side = Math.max(size.width, size.height); side >= 1; side = Math.floor(side * FACTOR)) {
    const scaled = scaleDown(picture, sizeWithin(size, side));
    for (const quality of QUALITIES) {
      const encoded = encodeJpeg(scaled, { quality });
      if (encoded.length <= maxBytes) return encoded;
    }
  }
  return undefined;
}
