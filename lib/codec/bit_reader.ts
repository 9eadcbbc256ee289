import { MalformedError } from "../bytes/malformed.ts";

const BITS_PER_BYTE = 8;
/** Leading zeros of the longest Exp-Golomb code whose value fits 32 bits. */
const MAX_LEADING_ZEROS = 31;

/** Reads bits, most significant first, checking every bound. */
export class BitReader {
  #bit = 0;

  /**
   * @param bytes what to read
   * @param element the name used in errors, e.g. `"SPS"`
   */
  constructor(readonly bytes: Uint8Array, readonly element: string) {}

  /** Offset of the next bit. */
  get position(): number {
    return this.#bit;
  }

  get remaining(): number {
    return this.bytes.length * BITS_PER_BYTE - this.#bit;
  }

  /** @throws {MalformedError} when the input has ended */
  flag(): boolean {
    return this.u(1) === 1;
  }

  /**
   * An unsigned number of `width` bits.
   * @param width 0 … 32
   * @throws {MalformedError} when fewer bits are left
   */
  u(width: number): number {
    this.#need(width);
    let value = 0;
    for (let left = width; left > 0;) {
      const inByte = this.#bit % BITS_PER_BYTE;
      const count = Math.min(left, BITS_PER_BYTE - inByte);
      const byte = this.bytes[(this.#bit - inByte) / BITS_PER_BYTE]!;
      const bits = (byte >> (BITS_PER_BYTE - inByte - count)) & ((1 << count) - 1);
      value = value * 2 ** count + bits;
      this.#bit += count;
      left -= count;
    }
    return value;
  }

  /** As {@linkcode BitReader.u}, and stays where it is. */
  peek(width: number): number {
    const at = this.#bit;
    const value = this.u(width);
    this.#bit = at;
    return value;
  }

  /** @throws {MalformedError} when fewer bits are left */
  skip(width: number): void {
    this.#need(width);
    this.#bit += width;
  }

  /**
   * `ue(v)`: an unsigned Exp-Golomb code (ITU-T H.264 section 9.1).
   * @param most the highest value allowed
   * @throws {MalformedError} when the input ends or the value is above `most`
   */
  ue(most = 0xffff_fffe): number {
    const at = this.#bit;
    let zeros = 0;
    while (!this.flag()) {
      if (++zeros > MAX_LEADING_ZEROS) throw this.malformed("Exp-Golomb code above 32 bits", at);
    }
    const value = 2 ** zeros - 1 + this.u(zeros);
    if (value > most) throw this.malformed(`Value ${value}, at most ${most} is allowed`, at);
    return value;
  }

  /** `se(v)`: a signed Exp-Golomb code (section 9.1.1). @throws {MalformedError} as `ue` does */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }

  /**
   * A copy of the next `length` bytes, also where they begin within a byte; a view where not.
   * @throws {MalformedError} when fewer are left
   */
  take(length: number): Uint8Array {
    this.#need(length * BITS_PER_BYTE);
    if (this.#bit % BITS_PER_BYTE === 0) {
      const at = this.#bit / BITS_PER_BYTE;
      this.#bit += length * BITS_PER_BYTE;
      return this.bytes.subarray(at, at + length);
    }
    return Uint8Array.from({ length }, () => this.u(BITS_PER_BYTE));
  }

  /** Moves to the next whole byte. */
  align(): void {
    this.#bit = Math.ceil(this.#bit / BITS_PER_BYTE) * BITS_PER_BYTE;
  }

  malformed(problem: string, atBit = this.#bit): MalformedError {
    return new MalformedError(this.element, Math.floor(atBit / BITS_PER_BYTE), problem);
  }

  #need(width: number): void {
    if (width <= this.remaining) return;
    throw this.malformed(`Needs ${width} more bits, only ${this.remaining} are left`);
  }
}
