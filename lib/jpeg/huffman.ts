import { equals } from "@std/bytes/equals";
import { fromHex } from "../bytes/hex.ts";

/** Huffman table for the difference between neighbouring DC coefficients. */
export const DC_CLASS = 0;
/** Huffman table for runs of AC coefficients. */
export const AC_CLASS = 1;
/** Code lengths in a Huffman table: 1 to 16 bits. */
export const CODE_LENGTHS = 16;

/** What a Huffman table says, in the form DHT carries it (ITU-T T.81 section B.2.4.2). */
export interface HuffmanSpec {
  /** How many codes there are of 1, 2, … 16 bits. */
  readonly counts: Uint8Array;
  /** The symbols, shortest code first. */
  readonly symbols: Uint8Array;
}

/** The four tables a three-component picture uses. */
export interface HuffmanSet {
  readonly luminanceDc: HuffmanSpec;
  readonly luminanceAc: HuffmanSpec;
  readonly chrominanceDc: HuffmanSpec;
  readonly chrominanceAc: HuffmanSpec;
}

const DC_SYMBOLS = fromHex("00 01 02 03 04 05 06 07 08 09 0a 0b");

/**
 * The tables of ITU-T T.81 Annex K.3, the only ones RFC 2435 can mean: no Huffman table travels
 * with the picture.
 */
export const STANDARD_HUFFMAN: HuffmanSet = {
  // Table K.3
  luminanceDc: {
    counts: fromHex("00 01 05 01 01 01 01 01 01 00 00 00 00 00 00 00"),
    symbols: DC_SYMBOLS,
  },
  // Table K.5
  luminanceAc: {
    counts: fromHex("00 02 01 03 03 02 04 03 05 05 04 04 00 00 01 7d"),
    symbols: fromHex(`
      01 02 03 00 04 11 05 12 21 31 41 06 13 51 61 07 22 71 14 32 81 91 a1 08 23 42 b1 c1
      15 52 d1 f0 24 33 62 72 82 09 0a 16 17 18 19 1a 25 26 27 28 29 2a 34 35 36 37 38 39
      3a 43 44 45 46 47 48 49 4a 53 54 55 56 57 58 59 5a 63 64 65 66 67 68 69 6a 73 74 75
      76 77 78 79 7a 83 84 85 86 87 88 89 8a 92 93 94 95 96 97 98 99 9a a2 a3 a4 a5 a6 a7
      a8 a9 aa b2 b3 b4 b5 b6 b7 b8 b9 ba c2 c3 c4 c5 c6 c7 c8 c9 ca d2 d3 d4 d5 d6 d7 d8
      d9 da e1 e2 e3 e4 e5 e6 e7 e8 e9 ea f1 f2 f3 f4 f5 f6 f7 f8 f9 fa`),
  },
  // Table K.4
  chrominanceDc: {
    counts: fromHex("00 03 01 01 01 01 01 01 01 01 01 00 00 00 00 00"),
    symbols: DC_SYMBOLS,
  },
  // Table K.6
  chrominanceAc: {
    counts: fromHex("00 02 01 02 04 04 03 04 07 05 04 04 00 01 02 77"),
    symbols: fromHex(`
      00 01 02 03 11 04 05 21 31 06 12 41 51 07 61 71 13 22 32 81 08 14 42 91 a1 b1 c1 09
      23 33 52 f0 15 62 72 d1 0a 16 24 34 e1 25 f1 17 18 19 1a 26 27 28 29 2a 35 36 37 38
      39 3a 43 44 45 46 47 48 49 4a 53 54 55 56 57 58 59 5a 63 64 65 66 67 68 69 6a 73 74
      75 76 77 78 79 7a 82 83 84 85 86 87 88 89 8a 92 93 94 95 96 97 98 99 9a a2 a3 a4 a5
      a6 a7 a8 a9 aa b2 b3 b4 b5 b6 b7 b8 b9 ba c2 c3 c4 c5 c6 c7 c8 c9 ca d2 d3 d4 d5 d6
      d7 d8 d9 da e2 e3 e4 e5 e6 e7 e8 e9 ea f2 f3 f4 f5 f6 f7 f8 f9 fa`),
  },
};

/** Codes by symbol: what an encoder looks up. */
export interface HuffmanCodes {
  /** `codes[symbol]` is the code, right-aligned. */
  readonly codes: Uint16Array;
  /** `lengths[symbol]` is its length in bits; 0 where the table has no code for the symbol. */
  readonly lengths: Uint8Array;
}

/**
 * Gives every symbol its code (ITU-T T.81 Annex C).
 * @param spec a table whose counts add up to its number of symbols
 */
export function huffmanCodes(spec: HuffmanSpec): HuffmanCodes {
  const codes = new Uint16Array(256);
  const lengths = new Uint8Array(256);
  let code = 0;
  let k = 0;
  for (let length = 1; length <= CODE_LENGTHS; length++) {
    for (let i = 0; i < spec.counts[length - 1]!; i++) {
      const symbol = spec.symbols[k++]!;
      codes[symbol] = code++;
      lengths[symbol] = length;
    }
    code <<= 1;
  }
  return { codes, lengths };
}

/** Whether two tables say the same. */
export function sameHuffman(a: HuffmanSpec, b: HuffmanSpec): boolean {
  return equals(a.counts, b.counts) && equals(a.symbols, b.symbols);
}
