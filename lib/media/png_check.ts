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
  DEPTH: 24,
  COLOUR: 25,
  INTERLACE: 28,
  END: 33,
});
const HEADER_BYTES = 13;
/** Bits a sample that the decoder takes. */
const DEPTHS = new Set([8, 16]);
/** Grey, colour, palette, grey and alpha, colour and alpha. */
const COLOURS = new Set([0, 2, 3, 4, 6]);
/** Length and type before a chunk's data; its checksum behind them too. */
const CHUNK_BYTES = 12;
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
  if (!COLOURS.has(has(Header.COLOUR))) {
    throw new MalformedError("PNG", Header.COLOUR, `Has no colour type ${has(Header.COLOUR)}`);
  }
  if (!DEPTHS.has(has(Header.DEPTH))) {
    const problem = `Has ${has(Header.DEPTH)} bits a sample; only 8 and 16 can be decoded`;
    throw new MalformedError("PNG", Header.DEPTH, problem);
  }
  if (has(Header.INTERLACE) !== 0) {
    throw new MalformedError("PNG", Header.INTERLACE, "Is interlaced, which cannot be decoded");
  }
  checkChunks(png);
}

function checkChunks(png: Uint8Array): void {
  let at = Header.END;
  let pixels = false;
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
    pixels ||= type === "IDAT";
    if (type === "IEND") break;
    at += CHUNK_BYTES + length;
  }
  if (!pixels) throw new MalformedError("PNG", at, "Has no pixels (IDAT)");
}
