import { MalformedError } from "./malformed.ts";

/**
 * Reads big-endian (network order) integers and byte views from a buffer, checking every bound.
 * Views returned share memory with the input; nothing is copied.
 */
export class ByteReader {
  #view: DataView;
  #position = 0;

  /**
   * @param bytes what to read
   * @param element the name used in errors, e.g. `"RTP header"`
   */
  constructor(readonly bytes: Uint8Array, readonly element: string) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Offset of the next byte to be read. */
  get position(): number {
    return this.#position;
  }

  /** Bytes not yet read. */
  get remaining(): number {
    return this.bytes.length - this.#position;
  }

  /** @throws {MalformedError} when the input has ended */
  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  /** @throws {MalformedError} when fewer than 2 bytes are left */
  u16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  /** @throws {MalformedError} when fewer than 3 bytes are left */
  u24(): number {
    const at = this.#take(3);
    return (this.#view.getUint16(at) << 8) | this.#view.getUint8(at + 2);
  }

  /** @throws {MalformedError} when fewer than 4 bytes are left */
  u32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  /** @throws {MalformedError} when fewer than 4 bytes are left */
  i32(): number {
    return this.#view.getInt32(this.#take(4));
  }

  /** @throws {MalformedError} when fewer than 8 bytes are left */
  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8));
  }

  /**
   * A view of the next `length` bytes.
   * @throws {MalformedError} when fewer are left
   */
  take(length: number): Uint8Array {
    const at = this.#take(length);
    return this.bytes.subarray(at, at + length);
  }

  /** A view of everything not yet read. */
  rest(): Uint8Array {
    return this.take(this.remaining);
  }

  #take(length: number): number {
    const at = this.#position;
    if (length > this.bytes.length - at) {
      throw new MalformedError(
        this.element,
        at,
        `Needs ${length} more bytes, only ${this.bytes.length - at} are left`,
      );
    }
    this.#position = at + length;
    return at;
  }
}
