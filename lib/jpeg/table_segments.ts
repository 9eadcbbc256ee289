import { MalformedError } from "../bytes/malformed.ts";
import { ByteReader } from "../bytes/reader.ts";
import { CODE_LENGTHS, type HuffmanSpec } from "./huffman.ts";
import { markerName, type Segment } from "./markers.ts";
import { BLOCK_SIZE } from "./zigzag.ts";

/** Tables of a kind that a picture can hold at once: numbers 0 … 3. */
export const TABLE_NUMBERS = 4;
/** Most symbols a Huffman table can have: every value of a byte. */
export const MOST_SYMBOLS = 256;

/** A table of DQT (ITU-T T.81 section B.2.4.1). */
export interface QuantizationTable {
  /** 0 … 3: what a component's Tq refers to. */
  readonly id: number;
  /** Bits an entry. */
  readonly bits: 8 | 16;
  /** A view of the 64 entries in zig-zag order: 64 bytes, or 128 of 16-bit big-endian entries. */
  readonly entries: Uint8Array;
}

/** A table of DHT (ITU-T T.81 section B.2.4.2). */
export interface HuffmanTable extends HuffmanSpec {
  /** 0 for DC, 1 for AC. */
  readonly tableClass: number;
  /** 0 … 3: what a scan component's Td or Ta refers to. */
  readonly id: number;
}

/**
 * A reader that stands at a segment's parameters and ends with them; its positions are those of
 * the file, so that errors name the byte there.
 */
export function parameterReader(bytes: Uint8Array, segment: Segment): ByteReader {
  const end = segment.payloadOffset + segment.payload.length;
  const reader = new ByteReader(bytes.subarray(0, end), markerName(segment.marker));
  reader.take(segment.payloadOffset);
  return reader;
}

/**
 * Reads all tables of a DQT segment into their places in `tables`.
 * @throws {MalformedError} on a precision above 1, a table number above 3, a table cut short
 */
export function readQuantizationTables(
  reader: ByteReader,
  tables: (QuantizationTable | undefined)[],
): void {
  while (reader.remaining > 0) {
    const position = reader.position;
    const [precision, id] = nibbles(reader.u8());
    if (precision > 1) throw bad(reader, position, `Precision Pq is 0 or 1, not ${precision}`);
    if (id >= TABLE_NUMBERS) throw bad(reader, position, `Table number Tq is 0 to 3, not ${id}`);
    const bits = precision === 1 ? 16 : 8;
    tables[id] = { id, bits, entries: reader.take(BLOCK_SIZE * bits / 8) };
  }
}

/**
 * Reads all tables of a DHT segment into `tables`, DC tables at 0 … 3, AC tables at 4 … 7.
 * @throws {MalformedError} on a class above 1, a table number above 3, more than 256 symbols, a
 * table cut short
 */
export function readHuffmanTables(reader: ByteReader, tables: (HuffmanTable | undefined)[]): void {
  while (reader.remaining > 0) {
    const position = reader.position;
    const [tableClass, id] = nibbles(reader.u8());
    if (tableClass > 1) throw bad(reader, position, `Table class Tc is 0 or 1, not ${tableClass}`);
    if (id >= TABLE_NUMBERS) throw bad(reader, position, `Table number Th is 0 to 3, not ${id}`);
    const counts = reader.take(CODE_LENGTHS);
    let total = 0;
    for (let i = 0; i < CODE_LENGTHS; i++) total += counts[i]!;
    if (total > MOST_SYMBOLS) {
      throw bad(reader, position + 1, `${total} codes, more than ${MOST_SYMBOLS}`);
    }
    const table = { tableClass, id, counts, symbols: reader.take(total) };
    tables[huffmanIndex(tableClass, id)] = table;
  }
}

/** Where a Huffman table stands among those of a picture. */
export function huffmanIndex(tableClass: number, id: number): number {
  return tableClass * TABLE_NUMBERS + id;
}

/** The two halves of a byte. */
export function nibbles(byte: number): [high: number, low: number] {
  return [byte >> 4, byte & 0x0f];
}

function bad(reader: ByteReader, position: number, problem: string): MalformedError {
  return new MalformedError(reader.element, position, problem);
}
