// Pictures and files for the tests of this folder.
import { Image } from "imagescript";
import { encodeJpeg, type EncodeOptions } from "../../../lib/jpeg/encoder.ts";
import type { RgbaPicture } from "../../../lib/jpeg/planes.ts";

/** Slopes, waves and hard edges in colour; as lively as a photograph, the same every time. */
export function testPicture(width: number, height: number, seed = 1): RgbaPicture {
  const data = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      const inside = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (height / 3) ** 2;
      const wave = 40 * Math.sin((x + seed) / 5) * Math.cos(y / 7);
      data[at] = clip(255 * x / width + (inside ? 60 : 0));
      data[at + 1] = clip(255 * y / height + wave);
      data[at + 2] = clip(128 + (inside ? -90 : 70) + wave / 2);
      data[at + 3] = 255;
    }
  }
  return { width, height, data };
}

function clip(value: number): number {
  return Math.min(Math.max(Math.round(value), 0), 255);
}

/** A JPEG of {@linkcode testPicture}. */
export function testJpeg(
  width: number,
  height: number,
  options?: EncodeOptions,
): Uint8Array<ArrayBuffer> {
  return encodeJpeg(testPicture(width, height), options);
}

/** The pixels of a JPEG, decoded by imagescript. */
export async function decode(jpeg: Uint8Array): Promise<RgbaPicture> {
  const image = await Image.decode(jpeg);
  return { width: image.width, height: image.height, data: image.bitmap };
}

/** Peak signal-to-noise ratio of the colours of two pictures of one size, in dB. */
export function psnr(a: RgbaPicture, b: RgbaPicture): number {
  let squares = 0;
  for (let at = 0; at < a.data.length; at++) {
    if (at % 4 < 3) squares += (a.data[at]! - b.data[at]!) ** 2;
  }
  return 10 * Math.log10(255 ** 2 / (squares / (a.width * a.height * 3)));
}

/** A marker segment: marker, length, parameters. */
export function segment(marker: number, ...parameters: number[]): Uint8Array {
  const length = parameters.length + 2;
  return Uint8Array.of(0xff, marker, length >> 8, length & 0xff, ...parameters);
}

/** `jpeg` with `replacement` instead of the bytes from `start` to `end`. */
export function splice(
  jpeg: Uint8Array,
  [start, end]: readonly [number, number],
  replacement: Uint8Array,
): Uint8Array {
  return concat(jpeg.subarray(0, start), replacement, jpeg.subarray(end));
}

/** The bytes of all parts, one behind the other. */
export function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
