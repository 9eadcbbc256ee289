import gifencModule from "gifenc";
import type { RgbaPicture } from "../jpeg/planes.ts";
import { decodePixels } from "./transcode/pixels.ts";
import { scaleDown } from "./transcode/scale.ts";

/** Colours, as red, green, blue. */
type Palette = number[][];

/** What is used of gifenc, which carries no declarations. */
interface Gifenc {
  quantize(rgba: Uint8Array, colours: number): Palette;
  applyPalette(rgba: Uint8Array, palette: Palette): Uint8Array;
  GIFEncoder(options: { auto: boolean }): GifEncoder;
}
interface GifEncoder {
  readonly stream: { reset(): void };
  writeHeader(): void;
  writeFrame(
    index: Uint8Array,
    width: number,
    height: number,
    options: { palette: Palette; delay: number; first: boolean; repeat: number },
  ): void;
  /** A copy of what has been written. */
  bytes(): Uint8Array<ArrayBuffer>;
}

const MOST_COLOURS = 256;
const FOREVER = 0;

/** A picture on its way into a GIF file. */
export interface GifRequest {
  readonly jpeg: Uint8Array;
  /** Pixels of the file. */
  readonly width: number;
  readonly height: number;
  /** Whether the file begins with it. */
  readonly first: boolean;
}

/** The bytes of a picture in a GIF file. */
export interface GifPicture {
  readonly gif: Uint8Array<ArrayBuffer>;
  /** Where in them stands how long it is shown: 16 bits, little-endian, in hundredths of a second. */
  readonly delayAt: number;
}

/** Signature and logical screen descriptor (GIF89a, sections 17 and 18); flags tell of a table. */
const SCREEN_BYTES = 13;
const SCREEN_FLAGS_AT = 10;
const TABLE_SIZE_BITS = 7;
/** The extension that says how often the whole is shown. */
const LOOP_BYTES = 19;
/** In a graphic control extension (section 23). */
const DELAY_AT = 4;

const gifenc = gifencModule as unknown as Gifenc;
const encoder = gifenc.GIFEncoder({ auto: false });

/**
 * The bytes of a GIF file (89a) for one picture: of the first the file's header too. It has 256
 * colours of its own.
 * @throws {MalformedError} (as a rejection) when the JPEG cannot be decoded
 */
export async function gifFrame(request: GifRequest): Promise<GifPicture> {
  const { width, height, first } = request;
  const decoded = await decodePixels(request.jpeg, request);
  const { data } = resized(decoded, request);
  const rgba = new Uint8Array(data.buffer, data.byteOffset, data.length);
  const palette = gifenc.quantize(rgba, MOST_COLOURS);
  const index = gifenc.applyPalette(rgba, palette);
  encoder.stream.reset();
  if (first) encoder.writeHeader();
  encoder.writeFrame(index, width, height, { palette, delay: 0, first, repeat: FOREVER });
  const gif = encoder.bytes();
  return { gif, delayAt: first ? behindHeader(gif) + DELAY_AT : DELAY_AT };
}

function behindHeader(gif: Uint8Array): number {
  const colours = 2 ** ((gif[SCREEN_FLAGS_AT]! & TABLE_SIZE_BITS) + 1);
  return SCREEN_BYTES + 3 * colours + LOOP_BYTES;
}

/** A later picture may be smaller than the first, whose size the file has. */
function resized(picture: RgbaPicture, size: { width: number; height: number }): RgbaPicture {
  const { width, height } = size;
  if (picture.width >= width && picture.height >= height) return scaleDown(picture, size);
  const data = new Uint8Array(4 * width * height);
  const from = new Uint32Array(picture.data.slice().buffer);
  const to = new Uint32Array(data.buffer);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y * picture.height / height) * picture.width;
    for (let x = 0; x < width; x++) {
      to[y * width + x] = from[row + Math.floor(x * picture.width / width)]!;
    }
  }
  return { width, height, data };
}
