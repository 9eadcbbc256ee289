/** Buffers that are used again and again, so that sending a frame allocates nothing. */
export class BufferPool {
  #free: Uint8Array<ArrayBuffer>[] = [];
  #freeBytes = 0;

  /** @param mostBytes kept while nobody uses them */
  constructor(readonly mostBytes = 4 * 1024 * 1024) {}

  /** A buffer of at least `size` bytes, with whatever its last user left in it. */
  take(size: number): Uint8Array<ArrayBuffer> {
    const buffer = this.#free.pop();
    this.#freeBytes -= buffer?.length ?? 0;
    if (buffer !== undefined && buffer.length >= size) return buffer;
    // Sizes of a stream's frames differ little: the next power of two fits most of them.
    return new Uint8Array(2 ** Math.ceil(Math.log2(Math.max(size, 1024))));
  }

  /** Takes a buffer back; the giver must not touch it any more. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    if (this.#freeBytes + buffer.length > this.mostBytes) return;
    this.#free.push(buffer);
    this.#freeBytes += buffer.length;
  }
}
