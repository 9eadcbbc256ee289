import { AC_CLASS, DC_CLASS, huffmanCodes, STANDARD_HUFFMAN } from "../../jpeg/huffman.ts";
import { BLOCK_SIZE } from "../../jpeg/zigzag.ts";

/** Most bits that are put in one go: 7 left over and these make less than 32. */
const MOST_BITS = 24;
/** Sixteen zero coefficients in a row, and nothing but zeros to the end (T.81 section F.1.2.2). */
const ZRL = 0xf0;
const EOB = 0x00;

const { luminanceDc, luminanceAc, chrominanceDc, chrominanceAc } = STANDARD_HUFFMAN;

/** The codes of T.81 Annex K by class, for luminance and for chrominance. */
const CODES = [
  { [DC_CLASS]: huffmanCodes(luminanceDc), [AC_CLASS]: huffmanCodes(luminanceAc) },
  { [DC_CLASS]: huffmanCodes(chrominanceDc), [AC_CLASS]: huffmanCodes(chrominanceAc) },
] as const;

/** Entropy-coded bits, in pieces of at most {@linkcode MOST_BITS}. */
export interface Bits {
  /** Right-aligned. */
  readonly pieces: readonly number[];
  readonly lengths: readonly number[];
}

/** Which tables a component is coded with: 0 for luminance, 1 for chrominance. */
export type TableNumber = 0 | 1;

/** Puts bits together. */
export class BitsBuilder implements Bits {
  readonly pieces: number[] = [];
  readonly lengths: number[] = [];

  /** @param count at most 16 */
  put(bits: number, count: number): void {
    const last = this.lengths.length - 1;
    const room = last < 0 ? 0 : MOST_BITS - this.lengths[last]!;
    if (count > room) {
      this.pieces.push(bits);
      this.lengths.push(count);
      return;
    }
    this.pieces[last] = (this.pieces[last]! << count) | bits;
    this.lengths[last]! += count;
  }

  /** The difference of a DC coefficient to the one before (T.81 section F.1.2.1). */
  dc(difference: number, table: TableNumber): void {
    this.#value(CODES[table][DC_CLASS], 0, difference);
  }

  /** The 63 AC coefficients of a block in zig-zag order (T.81 section F.1.2.2). */
  ac(block: Int16Array, table: TableNumber): void {
    const codes = CODES[table][AC_CLASS];
    let zeros = 0;
    for (let k = 1; k < BLOCK_SIZE; k++) {
      const value = block[k]!;
      if (value === 0) {
        zeros++;
        continue;
      }
      for (; zeros > 15; zeros -= 16) this.put(codes.codes[ZRL]!, codes.lengths[ZRL]!);
      this.#value(codes, zeros << 4, value);
      zeros = 0;
    }
    if (zeros > 0) this.put(codes.codes[EOB]!, codes.lengths[EOB]!);
  }

  #value(
    { codes, lengths }: { codes: Uint16Array; lengths: Uint8Array },
    high: number,
    value: number,
  ): void {
    const category = 32 - Math.clz32(Math.abs(value));
    const symbol = high | category;
    this.put(codes[symbol]!, lengths[symbol]!);
    if (category > 0) this.put(value < 0 ? value + (1 << category) - 1 : value, category);
  }
}

const differences: (Bits | undefined)[][] = [[], []];
/** Differences of DC coefficients are -2047 … 2047. */
const MOST_DIFFERENCE = 2047;

/** The bits of a DC difference, made once. */
export function differenceBits(difference: number, table: TableNumber): Bits {
  const known = differences[table]!;
  let bits = known[difference + MOST_DIFFERENCE];
  if (bits === undefined) {
    const builder = new BitsBuilder();
    builder.dc(difference, table);
    known[difference + MOST_DIFFERENCE] = bits = builder;
  }
  return bits;
}
