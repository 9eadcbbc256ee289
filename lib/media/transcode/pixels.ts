import * as jpegModule from "imagescript/jpeg";
import * as pngModule from "imagescript/png";
import { MalformedError } from "../../bytes/malformed.ts";
import { processName } from "../../jpeg/carriage.ts";
import { inspectJpeg } from "../../jpeg/inspect.ts";
import { Marker } from "../../jpeg/markers.ts";
import type { RgbaPicture } from "../../jpeg/planes.ts";
import { startsJpeg } from "../jpeg_end.ts";
import { checkPngData } from "../png_data.ts";
import { decodePng, isRarePng } from "../png_pixels.ts";
import { type PictureSize, pictureSize } from "./picture_size.ts";

/** What imagescript's JPEG decoder answers. */
interface DecodedJpeg extends PictureSize {
  /** How `buffer` is laid out: see {@linkcode Layout}. */
  readonly format: number;
  readonly buffer: Uint8Array;
}

/** What is used of imagescript's modules, which carry no declarations. */
interface JpegCodec {
  /** Pixels as the file has them; reduced by 2, 4 or 8 while neither side gets below the wanted. */
  decode(jpeg: Uint8Array, width?: number, height?: number): DecodedJpeg;
}
interface PngCodec {
  /** Pixels of four channels. */
  decode(png: Uint8Array): Promise<PictureSize & { readonly pixels: Uint8Array }>;
}

const jpegLoader = (jpegModule as unknown as { default: { init(): Promise<JpegCodec> } }).default;
const pngCodec = (pngModule as unknown as { default: PngCodec }).default;
let jpegCodec: Promise<JpegCodec> | undefined;

const Layout = Object.freeze({ GREY: 0, RGB: 1, CMYK: 2 });
const FULL = 255;

/**
 * The pixels of a JPEG or PNG file, whatever its colours; what a PNG shows through is laid over
 * black.
 *
 * @param least a size below which it need not be decoded: reduced by 2, 4 or 8 it is cheaper
 * @throws {MalformedError} (as a rejection) when it is neither, damaged, or larger than
 * {@linkcode MOST_PIXELS}
 */
export async function decodePixels(file: Uint8Array, least?: PictureSize): Promise<RgbaPicture> {
  pictureSize(file);
  return startsJpeg(file) ? await decodeJpeg(file, least) : await pngPixels(file);
}

async function decodeJpeg(jpeg: Uint8Array, least?: PictureSize): Promise<RgbaPicture> {
  const codec = await (jpegCodec ??= jpegLoader.init());
  try {
    const decoded = codec.decode(jpeg, least?.width ?? 0, least?.height ?? 0);
    return toRgba(decoded);
  } catch (error) {
    const { frameMarker } = inspectJpeg(jpeg);
    const why = frameMarker > Marker.SOF2 ? processName(frameMarker) : wordsOf(error);
    throw new MalformedError("JPEG", 0, `Cannot be decoded: ${why}`);
  }
}

async function pngPixels(png: Uint8Array): Promise<RgbaPicture> {
  if (isRarePng(png)) {
    const picture = await decodePng(png);
    layOverBlack(picture.data);
    return picture;
  }
  await checkPngData(png);
  try {
    const { width, height, pixels } = await pngCodec.decode(png);
    layOverBlack(pixels);
    return { width, height, data: pixels };
  } catch (error) {
    throw new MalformedError("PNG", 0, `Cannot be decoded: ${wordsOf(error)}`);
  }
}

/** The decoders throw errors, and texts too. */
function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function toRgba({ width, height, format, buffer }: DecodedJpeg): RgbaPicture {
  const data = new Uint8Array(4 * width * height);
  if (format === Layout.GREY) {
    for (let from = 0, to = 0; to < data.length; from++, to += 4) {
      data[to] = data[to + 1] = data[to + 2] = buffer[from]!;
      data[to + 3] = FULL;
    }
  } else if (format === Layout.RGB) {
    for (let from = 0, to = 0; to < data.length; from += 3, to += 4) {
      data[to] = buffer[from]!;
      data[to + 1] = buffer[from + 1]!;
      data[to + 2] = buffer[from + 2]!;
      data[to + 3] = FULL;
    }
  } else {
    for (let at = 0; at < data.length; at += 4) {
      const light = FULL - buffer[at + 3]!;
      for (let c = 0; c < 3; c++) data[at + c] = (FULL - buffer[at + c]!) * light / FULL;
      data[at + 3] = FULL;
    }
  }
  return { width, height, data };
}

function layOverBlack(pixels: RgbaPicture["data"]): void {
  for (let at = 3; at < pixels.length; at += 4) {
    const alpha = pixels[at]!;
    if (alpha === FULL) continue;
    for (let c = at - 3; c < at; c++) pixels[c] = pixels[c]! * alpha / FULL;
  }
}
