import * as jpegModule from "imagescript/jpeg";
import * as pngModule from "imagescript/png";
import { MalformedError } from "../bytes/malformed.ts";

/** A decoded picture. */
interface Pixels {
  width: number;
  height: number;
  /** How `buffer` is laid out: see {@linkcode Layout}. */
  format: number;
  buffer: Uint8Array;
}

/** What is used of imagescript's modules, which carry no declarations. */
interface JpegCodec {
  /** Pixels as the file has them. */
  decode(jpeg: Uint8Array): Pixels;
  /** Pixels as red, green, blue, alpha. */
  load(jpeg: Uint8Array): Pixels;
}
interface PngCodec {
  encode(
    pixels: Uint8Array,
    options: { width: number; height: number; channels: number; level: number },
  ): Uint8Array;
}

const jpegLoader = (jpegModule as unknown as { default: { init(): Promise<JpegCodec> } }).default;
const png = (pngModule as unknown as { default: PngCodec }).default;

/** What the decoder's formats mean, and bytes a pixel. */
const Layout = Object.freeze({ GREY: 0, RGB: 1, CMYK: 2 });
const CHANNELS_OF_GREY = 1;
const CHANNELS_OF_RGB = 3;
const CHANNELS_OF_RGBA = 4;

/** Of zlib: more takes longer and gains little on pictures that were JPEG. */
const COMPRESSION = 2;

/**
 * A JPEG file as PNG, 8 bits a channel. Takes some hundredths of a second for a picture of 640x480.
 * @throws {MalformedError} (as a rejection) when the JPEG cannot be decoded
 */
export async function jpegToPng(jpeg: Uint8Array): Promise<Uint8Array> {
  const codec = await jpegLoader.init();
  const { pixels, channels } = decode(codec, jpeg);
  const { width, height, buffer } = pixels;
  return png.encode(buffer, { width, height, channels, level: COMPRESSION });
}

function decode(codec: JpegCodec, jpeg: Uint8Array): { pixels: Pixels; channels: number } {
  try {
    const pixels = codec.decode(jpeg);
    if (pixels.format === Layout.GREY) return { pixels, channels: CHANNELS_OF_GREY };
    if (pixels.format === Layout.RGB) return { pixels, channels: CHANNELS_OF_RGB };
    return { pixels: codec.load(jpeg), channels: CHANNELS_OF_RGBA };
  } catch (error) {
    throw new MalformedError("JPEG", 0, `Cannot be decoded: ${(error as Error).message}`);
  }
}
