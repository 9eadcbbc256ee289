/** Bytes of one piece: tens of datagrams, and little that one kept datagram keeps alive. */
const SLAB_BYTES = 64 * 1024;

/** Copies bytes to keep, many into one piece of memory: one of its own for each costs more. */
export class Slab {
  #bytes = new Uint8Array(SLAB_BYTES);
  #used = 0;

  /** A copy, which nothing else writes to. */
  keep(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    if (bytes.length > SLAB_BYTES - this.#used) {
      this.#bytes = new Uint8Array(Math.max(SLAB_BYTES, bytes.length));
      this.#used = 0;
    }
    const kept = new Uint8Array(this.#bytes.buffer, this.#used, bytes.length);
    kept.set(bytes);
    this.#used += bytes.length;
    return kept;
  }
}
