const EMPTY = new Uint8Array(0);

/**
 * A stream of bytes of which the front can be looked at as one piece. Pieces are joined only where
 * a value straddles them; views stay valid, as nothing is written twice.
 */
export class ByteWindow {
  #front: Uint8Array = EMPTY;
  #at = 0;
  #later: Uint8Array[] = [];
  #laterBytes = 0;
  #offset = 0;

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#later.push(bytes);
    this.#laterBytes += bytes.length;
  }

  /** Bytes held. */
  get length(): number {
    return this.#front.length - this.#at + this.#laterBytes;
  }

  /** Offset in the stream of the first byte held. */
  get offset(): number {
    return this.#offset;
  }

  /** A view of the first `count` bytes; undefined when fewer are held. */
  peek(count: number): Uint8Array | undefined {
    if (count > this.length) return undefined;
    if (count > this.#front.length - this.#at) this.#join();
    return this.#front.subarray(this.#at, this.#at + count);
  }

  /** Drops `count` bytes that {@linkcode peek} has shown. */
  consume(count: number): void {
    this.#at += count;
    this.#offset += count;
  }

  #join(): void {
    const rest = this.#front.subarray(this.#at);
    const pieces = this.#later;
    this.#later = [];
    this.#at = 0;
    if (rest.length === 0 && pieces.length === 1) this.#front = pieces[0]!;
    else {
      const whole = new Uint8Array(rest.length + this.#laterBytes);
      whole.set(rest);
      let at = rest.length;
      for (const piece of pieces) {
        whole.set(piece, at);
        at += piece.length;
      }
      this.#front = whole;
    }
    this.#laterBytes = 0;
  }
}
