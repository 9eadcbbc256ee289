import { MalformedError } from "../bytes/malformed.ts";
import type { RgbaPicture } from "../jpeg/planes.ts";
import { pngChunks, PngColour, type PngHeader, pngPasses, readPngHeader } from "./png_check.ts";
import { inflatePng } from "./png_data.ts";

const FULL = 255;
const BITS_IN_BYTE = 8;
const CHANNELS = 4;
/** Red, green and blue of an entry of PLTE. */
const ENTRY_BYTES = 3;
/** Filter types (RFC 2083, section 6). */
const Filter = Object.freeze({ NONE: 0, SUB: 1, UP: 2, AVERAGE: 3, PAETH: 4 });

/** Whether imagescript's decoder has no way with it. */
export function isRarePng(png: Uint8Array): boolean {
  const { depth, interlaced } = readPngHeader(png);
  return interlaced || depth < BITS_IN_BYTE;
}

/**
 * The pixels of any PNG file (RFC 2083): those of less than 8 bits a sample and interlaced ones too.
 * One colour that shows through (tRNS without a palette) is not looked for.
 *
 * @throws {MalformedError} (as a rejection) naming the byte
 */
export async function decodePng(png: Uint8Array): Promise<RgbaPicture> {
  const header = readPngHeader(png);
  const data = await inflatePng(png);
  const { width, height } = header;
  const picture = { width, height, data: new Uint8Array(CHANNELS * width * height) };
  const paint = painter(header, png);
  const pixelBytes = Math.max(1, header.samples * header.depth / BITS_IN_BYTE);
  let at = 0;
  for (const pass of pngPasses(header)) {
    let above = new Uint8Array(pass.rowBytes);
    for (let y = 0; y < pass.height; y++) {
      const row = data.subarray(at + 1, at + 1 + pass.rowBytes);
      unfilter(data[at]!, row, above, pixelBytes);
      const first = CHANNELS * ((pass.row + y * pass.down) * width + pass.column);
      for (let x = 0; x < pass.width; x++) {
        paint(row, x, picture.data, first + CHANNELS * x * pass.across);
      }
      above = row;
      at += 1 + pass.rowBytes;
    }
  }
  return picture;
}

/** Takes the filter off a row, in place. @param above the row before, without its filter */
function unfilter(type: number, row: Uint8Array, above: Uint8Array, pixelBytes: number): void {
  if (type === Filter.NONE) return;
  for (let i = 0; i < row.length; i++) {
    const left = i < pixelBytes ? 0 : row[i - pixelBytes]!;
    const corner = i < pixelBytes ? 0 : above[i - pixelBytes]!;
    row[i] = row[i]! + predicted(type, left, above[i]!, corner);
  }
}

function predicted(type: number, left: number, up: number, corner: number): number {
  if (type === Filter.SUB) return left;
  if (type === Filter.UP) return up;
  if (type === Filter.AVERAGE) return left + up >> 1;
  if (type === Filter.PAETH) return paeth(left, up, corner);
  throw new MalformedError("PNG", 0, `Has no filter ${type}`);
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [
    Math.abs(up - corner),
    Math.abs(left - corner),
    Math.abs(left + up - 2 * corner),
  ];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** Puts the pixel of a place in a row into a picture, at a byte of it. */
type Paint = (row: Uint8Array, x: number, out: Uint8Array, at: number) => void;

function painter({ colour, depth, samples }: PngHeader, png: Uint8Array): Paint {
  const sample = sampler(depth);
  if (colour === PngColour.PALETTE) return palettePainter(png, sample);
  const most = depth < BITS_IN_BYTE ? (1 << depth) - 1 : FULL;
  const grey = colour === PngColour.GREY || colour === PngColour.GREY_ALPHA;
  const alpha = colour === PngColour.GREY_ALPHA || colour === PngColour.RGB_ALPHA;
  return (row, x, out, at) => {
    for (let c = 0; c < CHANNELS - 1; c++) {
      out[at + c] = sample(row, samples * x + (grey ? 0 : c)) * FULL / most;
    }
    out[at + CHANNELS - 1] = alpha ? sample(row, samples * x + samples - 1) : FULL;
  };
}

function palettePainter(png: Uint8Array, sample: Sampler): Paint {
  const [palette] = pngChunks(png, "PLTE");
  if (palette === undefined) throw new MalformedError("PNG", 0, "Has no palette (PLTE)");
  const [through] = pngChunks(png, "tRNS");
  return (row, x, out, at) => {
    const entry = sample(row, x);
    for (let c = 0; c < ENTRY_BYTES; c++) out[at + c] = palette[ENTRY_BYTES * entry + c] ?? 0;
    out[at + ENTRY_BYTES] = through?.[entry] ?? FULL;
  };
}

/** The sample of a number in a row; of 16 bits the higher 8. */
type Sampler = (row: Uint8Array, index: number) => number;

function sampler(depth: number): Sampler {
  if (depth === BITS_IN_BYTE) return (row, index) => row[index]!;
  if (depth > BITS_IN_BYTE) return (row, index) => row[2 * index]!;
  const mask = (1 << depth) - 1;
  const inByte = BITS_IN_BYTE / depth;
  return (row, index) => {
    const shift = BITS_IN_BYTE - depth * (1 + index % inByte);
    return row[Math.floor(index / inByte)]! >> shift & mask;
  };
}
