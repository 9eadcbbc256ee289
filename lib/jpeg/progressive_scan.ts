import type { BitReader } from "./bit_reader.ts";
import type { ScanHeader } from "./frame_header.ts";
import type { BlockDecoder, ScanPlane } from "./scan_walk.ts";
import { MOST_AC_CATEGORY, readDc } from "./sequential_scan.ts";

/** What reads the blocks of a progressive scan (ITU-T T.81 section G.1.2). */
export function progressiveDecoder(reader: BitReader, header: ScanHeader): BlockDecoder {
  const first = header.approximationHigh === 0;
  if (header.spectralStart > 0) {
    return first ? new AcFirst(reader, header) : new AcRefine(reader, header);
  }
  return first ? new DcFirst(reader, header) : new DcRefine(reader, header);
}

class DcFirst implements BlockDecoder {
  constructor(readonly reader: BitReader, readonly header: ScanHeader) {}

  endOfInterval(): void {}

  block(scanPlane: ScanPlane, at: number): void {
    const low = this.header.approximationLow;
    scanPlane.plane.coefficients[at] = readDc(this.reader, scanPlane, low) << low;
  }
}

class DcRefine implements BlockDecoder {
  constructor(readonly reader: BitReader, readonly header: ScanHeader) {}

  endOfInterval(): void {}

  block({ plane }: ScanPlane, at: number): void {
    if (this.reader.unsigned(1) === 1) plane.coefficients[at]! |= 1 << this.header.approximationLow;
  }
}

/** The first scan for some AC coefficients; one code may end a run of blocks, EOBRUN. */
class AcFirst implements BlockDecoder {
  readonly #reader: BitReader;
  readonly #start: number;
  readonly #end: number;
  readonly #low: number;
  /** Blocks to come that have nothing in this scan. */
  #endOfBlockRun = 0;

  constructor(reader: BitReader, header: ScanHeader) {
    this.#reader = reader;
    this.#start = header.spectralStart;
    this.#end = header.spectralEnd;
    this.#low = header.approximationLow;
  }

  endOfInterval(): void {
    if (this.#endOfBlockRun > 0) throw overrun(this.#reader);
  }

  block({ plane, ac }: ScanPlane, at: number): void {
    if (this.#endOfBlockRun > 0) {
      this.#endOfBlockRun--;
      return;
    }
    const reader = this.#reader;
    for (let k = this.#start; k <= this.#end; k++) {
      const symbol = reader.symbol(ac!);
      const category = symbol & 0x0f;
      const run = symbol >> 4;
      if (category === 0) {
        if (run < 15) {
          this.#endOfBlockRun = (1 << run) - 1 + reader.unsigned(run);
          return;
        }
        k += 15;
        continue;
      }
      k += run;
      if (k > this.#end) throw beyondBand(reader, k);
      if (category + this.#low > MOST_AC_CATEGORY) {
        throw reader.error(
          `An AC coefficient of ${category + this.#low} bits, more than ${MOST_AC_CATEGORY}`,
        );
      }
      plane.coefficients[at + k] = reader.value(category) << this.#low;
    }
  }
}

/** One more bit for some AC coefficients (T.81 section G.1.2.3). */
class AcRefine implements BlockDecoder {
  readonly #reader: BitReader;
  readonly #start: number;
  readonly #end: number;
  /** The bit. */
  readonly #one: number;
  #endOfBlockRun = 0;

  constructor(reader: BitReader, header: ScanHeader) {
    this.#reader = reader;
    this.#start = header.spectralStart;
    this.#end = header.spectralEnd;
    this.#one = 1 << header.approximationLow;
  }

  endOfInterval(): void {
    if (this.#endOfBlockRun > 0) throw overrun(this.#reader);
  }

  block({ plane, ac }: ScanPlane, at: number): void {
    const reader = this.#reader;
    const out = plane.coefficients;
    let k = this.#start;
    while (this.#endOfBlockRun === 0 && k <= this.#end) {
      const symbol = reader.symbol(ac!);
      const run = symbol >> 4;
      const category = symbol & 0x0f;
      let value = 0;
      if (category === 1) {
        value = reader.unsigned(1) === 1 ? this.#one : -this.#one;
      } else if (category > 1) {
        throw reader.error(`A new coefficient of category ${category} in a refinement, not 1`);
      } else if (run < 15) {
        this.#endOfBlockRun = (1 << run) + reader.unsigned(run);
        break;
      }
      k = this.#refine(out, at, k, run);
      if (value !== 0) {
        if (k > this.#end) throw beyondBand(reader, k);
        out[at + k] = value;
      }
      k++;
    }
    if (this.#endOfBlockRun === 0) return;
    this.#refine(out, at, k, -1);
    this.#endOfBlockRun--;
  }

  /** Refines from `k` on, up to the zero behind `zeros` zeros; to the end of the band for -1. */
  #refine(out: Int16Array, at: number, k: number, zeros: number): number {
    for (; k <= this.#end; k++) {
      const value = out[at + k]!;
      if (value === 0) {
        if (zeros === 0) return k;
        zeros--;
      } else if (this.#reader.unsigned(1) === 1) {
        out[at + k] = value > 0 ? value + this.#one : value - this.#one;
      }
    }
    return k;
  }
}

function overrun(reader: BitReader): Error {
  return reader.error("A run of empty blocks (EOBRUN) goes on behind the end of its MCUs");
}

function beyondBand(reader: BitReader, k: number): Error {
  return reader.error(`A run of zeros up to coefficient ${k}, beyond the scan's last`);
}
