import { BLOCK_SIZE, ZIGZAG } from "./zigzag.ts";

/** Two tables of 64 entries of 8 bits each, in zig-zag order as DQT and RFC 2435 carry them. */
export interface QuantizationPair {
  readonly luminance: Uint8Array;
  readonly chrominance: Uint8Array;
}

/** ITU-T T.81 table K.1, row by row. */
// deno-fmt-ignore
const LUMINANCE = [
  16, 11, 10, 16,  24,  40,  51,  61,
  12, 12, 14, 19,  26,  58,  60,  55,
  14, 13, 16, 24,  40,  57,  69,  56,
  14, 17, 22, 29,  51,  87,  80,  62,
  18, 22, 37, 56,  68, 109, 103,  77,
  24, 35, 55, 64,  81, 104, 113,  92,
  49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103,  99,
];

/** ITU-T T.81 table K.2, row by row. */
// deno-fmt-ignore
const CHROMINANCE = [
  17, 18, 24, 47, 99, 99, 99, 99,
  18, 21, 26, 66, 99, 99, 99, 99,
  24, 26, 56, 99, 99, 99, 99, 99,
  47, 66, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99,
];

/** The quality at which the tables are those of Annex K, unscaled. */
const UNSCALED_QUALITY = 50;
const BEST_QUALITY = 100;
const MOST_8_BIT = 255;

const pairs: (QuantizationPair | undefined)[] = [];

/**
 * The tables of ITU-T T.81 Annex K scaled to a quality, by the formula of RFC 2435 section 4.2,
 * which is also libjpeg's. The pair is made once per quality and shared: treat it as read-only.
 *
 * @param quality 1 (worst) … 100; the Q of an RFC 2435 header means the same for 1 … 99
 * @throws {RangeError} when `quality` is not an integer of 1 … 100
 */
export function quantizationPair(quality: number): QuantizationPair {
  if (!Number.isInteger(quality) || quality < 1 || quality > BEST_QUALITY) {
    throw new RangeError(`JPEG quality is an integer of 1 to ${BEST_QUALITY}, not ${quality}`);
  }
  return pairs[quality] ??= {
    luminance: scaled(LUMINANCE, quality),
    chrominance: scaled(CHROMINANCE, quality),
  };
}

function scaled(table: readonly number[], quality: number): Uint8Array {
  const percent = quality < UNSCALED_QUALITY
    ? Math.floor(5000 / quality)
    : 2 * (BEST_QUALITY - quality);
  return Uint8Array.from({ length: BLOCK_SIZE }, (_, k) => {
    const value = Math.floor((table[ZIGZAG[k]!]! * percent + 50) / 100);
    return Math.min(Math.max(value, 1), MOST_8_BIT);
  });
}
