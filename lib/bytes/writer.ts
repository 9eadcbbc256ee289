/**
 * Writes big-endian (network order) integers and bytes into a buffer that grows as needed.
 * Values are range-checked: a number that does not fit its field is a programming error.
 */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  /** @param capacity first size of the buffer in bytes; it doubles when full */
  constructor(capacity = 64) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** @throws {RangeError} when `value` is not an integer of 0 … 255 */
  u8(value: number): this {
    const at = this.#claim(1, value, 0xff);
    this.#view.setUint8(at, value);
    return this;
  }

  /** @throws {RangeError} when `value` is not an integer of 0 … 65,535 */
  u16(value: number): this {
    const at = this.#claim(2, value, 0xffff);
    this.#view.setUint16(at, value);
    return this;
  }

  /** @throws {RangeError} when `value` is not an integer of 0 … 2^24 - 1 */
  u24(value: number): this {
    const at = this.#claim(3, value, 0xffffff);
    this.#view.setUint16(at, value >>> 8);
    this.#view.setUint8(at + 2, value & 0xff);
    return this;
  }

  /** @throws {RangeError} when `value` is not an integer of 0 … 2^32 - 1 */
  u32(value: number): this {
    const at = this.#claim(4, value, 0xffffffff);
    this.#view.setUint32(at, value);
    return this;
  }

  /** @throws {RangeError} when `value` is below 0 or above 2^64 - 1 */
  u64(value: bigint): this {
    if (value < 0n || value > 0xffffffffffffffffn) {
      throw new RangeError(`${value} does not fit 64 bits`);
    }
    const at = this.#room(8);
    this.#view.setBigUint64(at, value);
    return this;
  }

  /** Appends a copy of `bytes`. */
  bytes(bytes: Uint8Array): this {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** Appends `count` bytes of value 0. */
  zeros(count: number): this {
    const at = this.#room(count);
    this.#bytes.fill(0, at, at + count);
    return this;
  }

  /** Overwrites the 16-bit field at `position`, e.g. a length that is known only now. */
  patchU16(position: number, value: number): this {
    this.#view.setUint16(position, value);
    return this;
  }

  /** A view of what has been written; later writes may move to another buffer. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  #claim(size: number, value: number, most: number): number {
    if (!Number.isInteger(value) || value < 0 || value > most) {
      throw new RangeError(`${value} does not fit ${size * 8} bits`);
    }
    return this.#room(size);
  }

  #room(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }
}
