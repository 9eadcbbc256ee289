/** Bytes that came and were not used yet, in one piece; what is used is given back at once. */
export class ByteTail {
  #buffer: Uint8Array<ArrayBuffer>;
  #from = 0;
  #to = 0;

  /** @param capacity first size in bytes */
  constructor(capacity = 64 * 1024) {
    this.#buffer = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#to - this.#from;
  }

  /** A view of them, good until the next {@linkcode push}. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(this.#from, this.#to);
  }

  push(bytes: Uint8Array): void {
    const length = this.length + bytes.length;
    if (this.#to + bytes.length > this.#buffer.length) this.#makeRoom(length);
    this.#buffer.set(bytes, this.#to);
    this.#to += bytes.length;
  }

  /** The first `count` bytes, in memory of their own, which count as used. */
  take(count: number): Uint8Array<ArrayBuffer> {
    const taken = this.#buffer.slice(this.#from, this.#from + count);
    this.skip(count);
    return taken;
  }

  /** Counts the first `count` bytes as used. */
  skip(count: number): void {
    this.#from += count;
    if (this.#from >= this.#to) this.#from = this.#to = 0;
  }

  /** Moves what is left to the front, of a larger buffer when it must be. */
  #makeRoom(length: number): void {
    const left = this.bytes;
    const target = 2 * length > this.#buffer.length ? new Uint8Array(2 * length) : this.#buffer;
    target.set(left);
    this.#buffer = target;
    this.#to -= this.#from;
    this.#from = 0;
  }
}
