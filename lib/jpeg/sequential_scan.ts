import type { BitReader } from "./bit_reader.ts";
import type { BlockDecoder, ScanPlane } from "./scan_walk.ts";
import { BLOCK_SIZE } from "./zigzag.ts";

/** Largest category of a DC difference and of an AC coefficient with samples of 8 bits. */
export const MOST_DC_CATEGORY = 11;
export const MOST_AC_CATEGORY = 10;
/** Largest magnitude of a DC coefficient: what differences of 11 bits may reach from 0. */
export const MOST_DC = (1 << MOST_DC_CATEGORY) - 1;

/**
 * Reads the difference to the DC coefficient before, adds it and returns the sum.
 * @param lowBits bits that a point transform has taken away
 * @throws {MalformedError} on what samples of 8 bits cannot give
 */
export function readDc(reader: BitReader, scanPlane: ScanPlane, lowBits: number): number {
  const category = reader.symbol(scanPlane.dc!);
  if (category === 0) return scanPlane.predictor;
  if (category > MOST_DC_CATEGORY) {
    throw reader.error(`A DC difference of category ${category}, more than ${MOST_DC_CATEGORY}`);
  }
  const dc = scanPlane.predictor + reader.value(category);
  if (Math.abs(dc) << lowBits > MOST_DC) {
    throw reader.error(`A DC coefficient of ${dc << lowBits}, beyond ${MOST_DC}`);
  }
  scanPlane.predictor = dc;
  return dc;
}

/** Reads the blocks of baseline and extended sequential scans (ITU-T T.81 section F.2.2). */
export class SequentialDecoder implements BlockDecoder {
  readonly #reader: BitReader;

  constructor(reader: BitReader) {
    this.#reader = reader;
  }

  endOfInterval(): void {}

  block(scanPlane: ScanPlane, at: number): void {
    const reader = this.#reader;
    const out = scanPlane.plane.coefficients;
    const ac = scanPlane.ac!;
    out[at] = readDc(reader, scanPlane, 0);
    for (let k = 1; k < BLOCK_SIZE; k++) {
      const symbol = reader.symbol(ac);
      const category = symbol & 0x0f;
      const run = symbol >> 4;
      if (category === 0) {
        if (run < 15) {
          if (run > 0) throw reader.error(`The AC symbol ${symbol}, which means nothing`);
          return;
        }
        k += 15;
        continue;
      }
      k += run;
      if (k >= BLOCK_SIZE || category > MOST_AC_CATEGORY) throw this.#beyond(k, category);
      out[at + k] = reader.value(category);
    }
  }

  #beyond(k: number, category: number): Error {
    return this.#reader.error(
      k >= BLOCK_SIZE
        ? `A run of zeros up to coefficient ${k}, beyond the block's last`
        : `An AC coefficient of category ${category}, more than ${MOST_AC_CATEGORY}`,
    );
  }
}
