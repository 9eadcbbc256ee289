import { MalformedError } from "../bytes/malformed.ts";
import { fourcc, u32be } from "./fixed_integers.ts";

/** The first bytes of a PNG (RFC 2083, section 3.1). */
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/**
 * IHDR, the first chunk: length and type, then (section 4.1.1)
 *
 *      16              20              24  25  26  27  28
 *     +---------------+---------------+---+---+---+---+---+
 *     |     width     |    height     |dep|col|com|fil|int|
 *     +---------------+---------------+---+---+---+---+---+
 */
const Header = Object.freeze({
  LENGTH: 8,
  TYPE: 12,
  WIDTH: 16,
  HEIGHT: 20,
  DEPTH: 24,
  COLOUR: 25,
  INTERLACE: 28,
  END: 33,
});
const HEADER_BYTES = 13;
/** Bits a sample that the decoder takes. */
const DEPTHS = new Set([8, 16]);
/** Samples a pixel by colour type: grey, colour, palette, grey and alpha, colour and alpha. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const BITS_IN_BYTE = 8;
/** A row begins with a byte for its filter (section 6). */
const FILTER_BYTES = 1;
/** No byte of deflated data stands for more: 258 bytes take two bits at least. */
const MOST_INFLATION = 1032;
/** Length and type before a chunk's data; its checksum behind them too. */
const CHUNK_BYTES = 12;
/** Bytes that a PNG's data may inflate to: those of the largest pictures, of 8 bits a sample. */
export const MAX_PNG_INFLATED: number = 256 * 1024 * 1024;
/** What a palette has room for, and how much of it can be seen through. */
const MOST_BYTES: Readonly<Record<string, number>> = { PLTE: 768, tRNS: 256 };
/** Chunks of a file, at most. */
export const MAX_PNG_CHUNKS = 100_000;

/** Whether a file begins as a PNG. */
export function isPng(head: Uint8Array): boolean {
  return SIGNATURE.every((byte, at) => head[at] === byte);
}

/**
 * Checks that a PNG is one the decoder can make pixels of, and that no length in it misleads.
 * @throws {MalformedError} naming the byte
 */
export function checkPng(png: Uint8Array): void {
  const has = (at: number): number => png[at] ?? 0;
  if (png.length < Header.END) {
    throw new MalformedError("PNG", png.length, "Ends within its header");
  }
  if (fourcc(png, Header.TYPE) !== "IHDR" || u32be(png, Header.LENGTH) !== HEADER_BYTES) {
    throw new MalformedError("PNG", Header.LENGTH, "Does not begin with IHDR");
  }
  if (SAMPLES[has(Header.COLOUR)] === undefined) {
    throw new MalformedError("PNG", Header.COLOUR, `Has no colour type ${has(Header.COLOUR)}`);
  }
  if (!DEPTHS.has(has(Header.DEPTH))) {
    const problem = `Has ${has(Header.DEPTH)} bits a sample; only 8 and 16 can be decoded`;
    throw new MalformedError("PNG", Header.DEPTH, problem);
  }
  if (has(Header.INTERLACE) !== 0) {
    throw new MalformedError("PNG", Header.INTERLACE, "Is interlaced, which cannot be decoded");
  }
  const deflated = pixelChunks(png).reduce((sum, { length }) => sum + length, 0);
  const [width, height] = [u32be(png, Header.WIDTH), u32be(png, Header.HEIGHT)];
  const inflated = inflatedBytes(png);
  if (inflated > MAX_PNG_INFLATED) {
    const problem = `${width}x${height} pixels of ${inflated} bytes exceed ${MAX_PNG_INFLATED}`;
    throw new MalformedError("PNG", Header.WIDTH, problem);
  }
  if (inflated > 0 && inflated <= MOST_INFLATION * deflated) return;
  const problem = `Says ${width}x${height} pixels, more than ${deflated} bytes of data can hold`;
  throw new MalformedError("PNG", Header.WIDTH, inflated > 0 ? problem : "Has no pixels");
}

/** Bytes that the data of a PNG which passed {@linkcode checkPng} inflate to. */
export function inflatedBytes(png: Uint8Array): number {
  const [width, height] = [u32be(png, Header.WIDTH), u32be(png, Header.HEIGHT)];
  const bits = SAMPLES[png[Header.COLOUR]!]! * png[Header.DEPTH]!;
  if (width === 0) return 0;
  return height * (FILTER_BYTES + width * bits / BITS_IN_BYTE);
}

/**
 * The data of a PNG's pixels, in order.
 * @throws {MalformedError} naming the byte, when a chunk is cut off or too long, or there is none
 */
export function pixelChunks(png: Uint8Array): Uint8Array<ArrayBuffer>[] {
  const found: Uint8Array<ArrayBuffer>[] = [];
  let at: number = Header.END;
  for (let count = 0; count < MAX_PNG_CHUNKS; count++) {
    if (at + CHUNK_BYTES > png.length) break;
    const length = u32be(png, at);
    const type = fourcc(png, at + 4);
    if (at + CHUNK_BYTES + length > png.length) {
      throw new MalformedError("PNG", at, `${type} of ${length} bytes is cut off`);
    }
    if (length > (MOST_BYTES[type] ?? length)) {
      throw new MalformedError("PNG", at, `${type} has ${length} bytes, too many`);
    }
    if (type === "IDAT") {
      found.push(png.subarray(at + 8, at + 8 + length) as Uint8Array<ArrayBuffer>);
    }
    if (type === "IEND") break;
    at += CHUNK_BYTES + length;
  }
  if (found.length === 0) throw new MalformedError("PNG", at, "Has no pixels (IDAT)");
  return found;
}
