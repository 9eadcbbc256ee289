import { MalformedError } from "../bytes/malformed.ts";
import { type HuffmanDecoder, LOOKUP_BITS } from "./huffman_decoder.ts";
import { isRestart, Marker, MARKER_PREFIX, markerName, STUFFING } from "./markers.ts";

/** What errors call the bytes behind SOS. */
export const ENTROPY_CODED = "Entropy-coded data";

const LOOKUP_MASK = (1 << LOOKUP_BITS) - 1;
const LONGEST_CODE = 16;
/** With this many bits or fewer in the buffer another byte fits. */
const ROOM_FOR_BYTE = 24;

/**
 * Reads entropy-coded data bit by bit, most significant bit first, without the zero bytes stuffed
 * behind 0xFF (ITU-T T.81 section F.2.2.5). Where the data ends, at a marker or with the bytes,
 * zeros follow; {@linkcode BitReader.check} tells when one of those has been used.
 */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  /** Next byte not yet in the buffer; stays at a marker. */
  #position: number;
  /** Bits read ahead, right-aligned. */
  #bits = 0;
  /** How many. */
  #count = 0;
  /** How many of those, the last ones, are zeros of ours. */
  #missing = 0;

  /** @param bytes the file @param start first byte of the data @param end first byte behind it */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#position = start;
    this.#end = end;
  }

  /** The byte in the file that is being read, give or take stuffed ones. */
  get position(): number {
    const ahead = (this.#count - this.#missing) >> 3;
    return Math.max(this.#start, this.#position - Math.max(ahead, 0));
  }

  /**
   * The next symbol.
   * @throws {MalformedError} on bits that are no code of the table
   */
  symbol(table: HuffmanDecoder): number {
    if (this.#count < LONGEST_CODE) this.#fill();
    const entry = table.lookup[(this.#bits >>> (this.#count - LOOKUP_BITS)) & LOOKUP_MASK]!;
    if (entry === 0) return this.#longSymbol(table);
    this.#count -= entry >> 8;
    return entry & 0xff;
  }

  /** The next `count` bits, 0 … 16, as an unsigned number. */
  unsigned(count: number): number {
    if (this.#count < count) this.#fill();
    this.#count -= count;
    return (this.#bits >>> this.#count) & ((1 << count) - 1);
  }

  /** The next `category` bits, 1 … 15, as a value of that category (T.81 figure F.12, EXTEND). */
  value(category: number): number {
    if (this.#count < category) this.#fill();
    this.#count -= category;
    const bits = (this.#bits >>> this.#count) & ((1 << category) - 1);
    return bits < (1 << (category - 1)) ? bits - (1 << category) + 1 : bits;
  }

  /** @throws {MalformedError} when more was read than there is */
  check(): void {
    if (this.#count < this.#missing) throw this.error("It ends in the middle of an MCU");
  }

  /**
   * Goes on behind RSTn.
   * @param number n, 0 … 7
   * @throws {MalformedError} when anything else comes next
   */
  restart(number: number): void {
    this.#endOfInterval();
    while (this.#bytes[this.#position + 1] === MARKER_PREFIX) this.#position++;
    const code = this.#bytes[this.#position + 1];
    const due = markerName(Marker.RST0 + number);
    if (this.#position >= this.#end || code === undefined || !isRestart(code)) {
      throw this.error(`It ends where ${due} is due`);
    }
    if (code !== Marker.RST0 + number) {
      throw this.error(`${markerName(code)} comes where ${due} is due`);
    }
    this.#position += 2;
    this.#bits = this.#count = this.#missing = 0;
  }

  /** @throws {MalformedError} when there is more data than was read */
  finish(): void {
    this.#endOfInterval();
    // Fill bytes may stand before the next marker, which need not be there any more.
    while (this.#position < this.#end && this.#bytes[this.#position] === MARKER_PREFIX) {
      this.#position++;
    }
    if (this.#position < this.#end) throw this.error("More follows behind the last MCU");
  }

  error(problem: string): MalformedError {
    return new MalformedError(ENTROPY_CODED, this.position, problem);
  }

  #endOfInterval(): void {
    this.check();
    const left = this.#count - this.#missing;
    const atMarker = this.#position >= this.#end || this.#bytes[this.#position] === MARKER_PREFIX;
    if (left >= 8 || !atMarker || this.#atStuffedByte()) {
      throw this.error("More follows where a run of MCUs is complete");
    }
  }

  #atStuffedByte(): boolean {
    let next = this.#position + 1;
    while (next < this.#end && this.#bytes[next] === MARKER_PREFIX) next++;
    return next < this.#end && this.#bytes[next] === STUFFING;
  }

  /** Reads ahead, so that there are more than 24 bits. */
  #fill(): void {
    const bytes = this.#bytes;
    while (this.#count <= ROOM_FOR_BYTE) {
      let byte = 0;
      if (this.#position >= this.#end) {
        this.#missing += 8;
      } else {
        byte = bytes[this.#position]!;
        if (byte !== MARKER_PREFIX) {
          this.#position++;
        } else {
          byte = this.#afterPrefix();
        }
      }
      this.#bits = (this.#bits << 8) | byte;
      this.#count += 8;
    }
  }

  /** 0xFF when it is data, with fill bytes or not; else a zero of ours. */
  #afterPrefix(): number {
    if (!this.#atStuffedByte()) {
      this.#missing += 8;
      return 0;
    }
    while (this.#bytes[this.#position] === MARKER_PREFIX) this.#position++;
    this.#position++;
    return MARKER_PREFIX;
  }

  #longSymbol(table: HuffmanDecoder): number {
    for (let length = LOOKUP_BITS + 1; length <= LONGEST_CODE; length++) {
      const code = (this.#bits >>> (this.#count - length)) & ((1 << length) - 1);
      if (code < table.limits[length]!) {
        this.#count -= length;
        return table.symbols[code + table.offsets[length]!]!;
      }
    }
    this.check();
    throw this.error("Bits that are no code of the Huffman table");
  }
}
