const WORD = 0x1_0000_0000;

/** Fills a buffer of known length with little-endian integers, as RIFF files have them. */
export class LittleEndianWriter {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  #at = 0;

  /** @param length in bytes; what is not written is 0 */
  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.#view = new DataView(this.bytes.buffer);
  }

  u8(value: number): this {
    this.#view.setUint8(this.#at, value);
    this.#at += 1;
    return this;
  }

  u16(value: number): this {
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
    return this;
  }

  u32(value: number): this {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
    return this;
  }

  /** @param value exact up to 2^53 */
  u64(value: number): this {
    return this.u32(value % WORD).u32(Math.floor(value / WORD));
  }

  /** @param code of four characters */
  fourcc(code: string): this {
    for (let i = 0; i < code.length; i++) this.u8(code.charCodeAt(i));
    return this;
  }

  /** Leaves bytes as they are: 0. */
  skip(length: number): this {
    this.#at += length;
    return this;
  }
}

/** A 32-bit integer on its own, e.g. a length that is known only now. */
export function u32le(value: number): Uint8Array<ArrayBuffer> {
  return new LittleEndianWriter(4).u32(value).bytes;
}
