const EMPTY = new Uint8Array(0);
const LF = 0x0a;
/** First size of a buffer that gathers text; it doubles when full. */
const TEXT_CAPACITY = 256;
/** Below this many, consumed chunks are not worth forgetting one lot at a time. */
const FORGET_AFTER = 64;

/**
 * Bytes of a stream as they were pushed, read from the front. The front is always contiguous; what
 * straddles chunks is gathered into a buffer of the queue's own, only as far as is asked for, so
 * whatever lies wholly in one chunk is handed out as a view of that chunk.
 *
 * A view stays valid as long as whoever pushed the chunk leaves it alone: bytes once handed out
 * are never written again by the queue.
 */
export class ByteQueue {
  #front: Uint8Array = EMPTY;
  #start = 0;
  #end = 0;
  /** Whether `#front` is the queue's own, so that bytes past `#end` may be written. */
  #owned = false;
  #later: Uint8Array[] = [];
  #next = 0;
  #nextOffset = 0;
  #laterBytes = 0;
  #offset = 0;
  #copied = 0;

  /** Adds a chunk behind what is held; it is not copied. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#later.push(chunk);
    this.#laterBytes += chunk.length;
    if (this.#start === this.#end) this.#advance();
  }

  /** Bytes held. */
  get length(): number {
    return this.contiguous + this.#laterBytes;
  }

  /** Bytes held that {@linkcode byte} and {@linkcode view} reach. */
  get contiguous(): number {
    return this.#end - this.#start;
  }

  /** Stream offset of the first byte held. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes copied so far to join chunks; stays below a small multiple of the bytes pushed. */
  get copied(): number {
    return this.#copied;
  }

  /** The contiguous byte at `index`; undefined past them. */
  byte(index: number): number | undefined {
    const at = this.#start + index;
    return at < this.#end ? this.#front[at] : undefined;
  }

  /** A view of contiguous bytes, `to` exclusive. */
  view(from: number, to: number): Uint8Array {
    return this.#front.subarray(this.#start + from, this.#start + to);
  }

  /** Makes `count` bytes contiguous; false when fewer are held (those are contiguous then). */
  gather(count: number): boolean {
    const missing = count - this.contiguous;
    if (missing <= 0) return true;
    if (this.#laterBytes > 0) this.#pull(Math.min(missing, this.#laterBytes), count);
    return this.contiguous >= count;
  }

  /**
   * Makes more bytes contiguous: up to the next LF or the next chunk's end, at most `most`.
   * False when nothing more is held.
   */
  gatherLine(most: number): boolean {
    if (this.#laterBytes === 0) return false;
    const chunk = this.#later[this.#next]!;
    const lineEnd = chunk.indexOf(LF, this.#nextOffset);
    const until = lineEnd < 0 ? chunk.length : lineEnd + 1;
    const count = Math.min(until - this.#nextOffset, Math.max(1, most));
    this.#pull(count, Math.max(TEXT_CAPACITY, 2 * (this.contiguous + count)));
    return true;
  }

  /** Makes everything held contiguous. */
  gatherAll(): void {
    if (this.#laterBytes === 0) return;
    this.#pull(this.#laterBytes, Math.max(TEXT_CAPACITY, 2 * this.length));
  }

  /** Drops `count` contiguous bytes from the front. */
  consume(count: number): void {
    this.#start += count;
    this.#offset += count;
    if (this.#start === this.#end && this.#laterBytes > 0) this.#advance();
  }

  /** The next chunk becomes the front, as it is. Only when the front is used up. */
  #advance(): void {
    const chunk = this.#later[this.#next]!;
    this.#front = chunk;
    this.#start = this.#nextOffset;
    this.#end = chunk.length;
    this.#owned = false;
    this.#laterBytes -= chunk.length - this.#nextOffset;
    this.#dropNext();
  }

  #pull(count: number, capacity: number): void {
    if (!this.#owned || this.#end + count > this.#front.length) this.#own(capacity);
    this.#laterBytes -= count;
    this.#copied += count;
    while (count > 0) {
      const chunk = this.#later[this.#next]!;
      const part = chunk.subarray(this.#nextOffset, this.#nextOffset + count);
      this.#front.set(part, this.#end);
      this.#end += part.length;
      this.#nextOffset += part.length;
      count -= part.length;
      if (this.#nextOffset === chunk.length) this.#dropNext();
    }
  }

  #own(capacity: number): void {
    const held = this.#front.subarray(this.#start, this.#end);
    const buffer = new Uint8Array(capacity);
    buffer.set(held);
    this.#copied += held.length;
    this.#front = buffer;
    this.#start = 0;
    this.#end = held.length;
    this.#owned = true;
  }

  #dropNext(): void {
    this.#nextOffset = 0;
    this.#next++;
    const all = this.#later.length;
    if (this.#next === all || (this.#next >= FORGET_AFTER && 2 * this.#next >= all)) {
      this.#later.splice(0, this.#next);
      this.#next = 0;
    }
  }
}
