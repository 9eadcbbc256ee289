import { MalformedError } from "../bytes/malformed.ts";
import { CODE_LENGTHS, type HuffmanSpec } from "./huffman.ts";

/** Codes up to this length are decoded by one look-up. */
export const LOOKUP_BITS = 9;

/** A Huffman table made ready for decoding (ITU-T T.81 sections C.2 and F.2.2.3). */
export interface HuffmanDecoder {
  /**
   * `(length << 8) | symbol` of the code that the next {@linkcode LOOKUP_BITS} bits begin with; 0
   * where it is longer or there is none.
   */
  readonly lookup: Uint16Array;
  /** `limits[length]`: a code of that length is below; 0 where there is none. */
  readonly limits: Int32Array;
  /** `offsets[length]`: code plus this is its place among the symbols. */
  readonly offsets: Int32Array;
  readonly symbols: Uint8Array;
}

/**
 * @param position byte of the file where the table stands, for errors
 * @throws {MalformedError} when there are more codes of a length than that many bits allow
 */
export function huffmanDecoder(spec: HuffmanSpec, position: number): HuffmanDecoder {
  const lookup = new Uint16Array(1 << LOOKUP_BITS);
  const limits = new Int32Array(CODE_LENGTHS + 1);
  const offsets = new Int32Array(CODE_LENGTHS + 1);
  let code = 0;
  let k = 0;
  for (let length = 1; length <= CODE_LENGTHS; length++) {
    const count = spec.counts[length - 1]!;
    if (code + count > 1 << length) {
      const problem = `${count} codes of ${length} bits, where ${(1 << length) - code} are left`;
      throw new MalformedError("DHT", position, problem);
    }
    offsets[length] = k - code;
    limits[length] = count > 0 ? code + count : 0;
    if (length <= LOOKUP_BITS) {
      const width = 1 << (LOOKUP_BITS - length);
      for (let i = 0; i < count; i++) {
        const from = (code + i) * width;
        lookup.fill((length << 8) | spec.symbols[k + i]!, from, from + width);
      }
    }
    k += count;
    code = (code + count) << 1;
  }
  return { lookup, limits, offsets, symbols: spec.symbols };
}
