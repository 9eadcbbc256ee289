import {
  AC_CLASS,
  DC_CLASS,
  type HuffmanCodes,
  huffmanCodes,
  STANDARD_HUFFMAN,
} from "./huffman.ts";
import { Marker, MARKER_PREFIX, STUFFING } from "./markers.ts";
import { BLOCK_SIZE } from "./zigzag.ts";

/** Sixteen zero coefficients in a row. */
const ZRL = 0xf0;
/** Nothing but zero coefficients up to the end of the block. */
const EOB = 0x00;
/** Most bytes one block can take: every code 16 bits, every value 11 bits, every byte stuffed. */
const MOST_PER_BLOCK = 2 * BLOCK_SIZE * 4;

const { luminanceDc, luminanceAc, chrominanceDc, chrominanceAc } = STANDARD_HUFFMAN;

/** The codes of Annex K, by table number and class. */
const CODES: readonly (readonly HuffmanCodes[])[] = [
  codesByClass(huffmanCodes(luminanceDc), huffmanCodes(luminanceAc)),
  codesByClass(huffmanCodes(chrominanceDc), huffmanCodes(chrominanceAc)),
];

function codesByClass(dc: HuffmanCodes, ac: HuffmanCodes): HuffmanCodes[] {
  const codes: HuffmanCodes[] = [];
  codes[DC_CLASS] = dc;
  codes[AC_CLASS] = ac;
  return codes;
}

/**
 * Writes quantized blocks as entropy-coded data with the Huffman tables of Annex K
 * (ITU-T T.81 section F.1.2), into a buffer that grows.
 */
export class EntropyEncoder {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;
  /** Bits not yet written, right-aligned; fewer than 8 between calls. */
  #bits = 0;
  #count = 0;

  /** @param capacity first size of the buffer in bytes */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(Math.max(capacity, MOST_PER_BLOCK));
  }

  /** Appends `bytes` as they are; only before the first block. */
  header(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Forgets everything written, and keeps the buffer. */
  reset(): void {
    this.#length = this.#bits = this.#count = 0;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /**
   * @param block quantized coefficients in zig-zag order: AC within ±1,023, DC within ±2,047 of
   * the predictor, which is all that the tables have codes for
   * @param predictor the DC coefficient of the component's block before, 0 at the beginning
   * @param table 0 for luminance, 1 for chrominance
   * @param at where the block's 64 coefficients begin
   */
  block(block: Int16Array, predictor: number, table: number, at = 0): void {
    this.#room(MOST_PER_BLOCK);
    this.#value(CODES[table]![DC_CLASS]!, 0, block[at]! - predictor);
    const ac = CODES[table]![AC_CLASS]!;
    const end = at + BLOCK_SIZE;
    let behindLast = at + 1;
    for (let i = at + 1; i < end; i++) {
      const value = block[i]!;
      if (value === 0) continue;
      let zeros = i - behindLast;
      for (; zeros > 15; zeros -= 16) this.#put(ac.codes[ZRL]!, ac.lengths[ZRL]!);
      this.#value(ac, zeros << 4, value);
      behindLast = i + 1;
    }
    if (behindLast < end) this.#put(ac.codes[EOB]!, ac.lengths[EOB]!);
  }

  /** A block with the DC coefficient of the one before and nothing else. */
  flatBlock(table: number): void {
    this.#room(MOST_PER_BLOCK);
    const [dc, ac] = CODES[table]!;
    this.#put(dc!.codes[0]!, dc!.lengths[0]!);
    this.#put(ac!.codes[EOB]!, ac!.lengths[EOB]!);
  }

  /** Ends the current run of MCUs with RST0 … RST7. */
  restart(number: number): void {
    this.#align();
    this.#marker(Marker.RST0 + number % 8);
  }

  /** Ends the data with EOI; a copy of exactly what was written. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#align();
    this.#marker(Marker.EOI);
    return this.#bytes.slice(0, this.#length);
  }

  /** A symbol made of `high` and the value's category, then the value's own bits (figure F.1). */
  #value(table: HuffmanCodes, high: number, value: number): void {
    const category = 32 - Math.clz32(Math.abs(value));
    const symbol = high | category;
    this.#put(table.codes[symbol]!, table.lengths[symbol]!);
    if (category > 0) this.#put(value < 0 ? value + (1 << category) - 1 : value, category);
  }

  #put(bits: number, count: number): void {
    this.#bits = (this.#bits << count) | bits;
    this.#count += count;
    while (this.#count >= 8) {
      this.#count -= 8;
      const byte = (this.#bits >>> this.#count) & 0xff;
      this.#bytes[this.#length++] = byte;
      if (byte === MARKER_PREFIX) this.#bytes[this.#length++] = STUFFING;
    }
    this.#bits &= (1 << this.#count) - 1;
  }

  /** Fills the last byte with ones (T.81 section F.1.2.3). */
  #align(): void {
    const missing = (8 - this.#count) % 8;
    if (missing > 0) this.#put((1 << missing) - 1, missing);
  }

  #marker(code: number): void {
    this.#room(2);
    this.#bytes[this.#length++] = MARKER_PREFIX;
    this.#bytes[this.#length++] = code;
  }

  #room(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const grown = new Uint8Array(2 * this.#bytes.length + size);
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
