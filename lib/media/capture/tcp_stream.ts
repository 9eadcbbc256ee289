/** Bytes held behind a gap; past that it is given up. */
export const MAX_HELD_BYTES = 4 * 1024 * 1024;
/** Segments held behind a gap, likewise. */
export const MAX_HELD_SEGMENTS = 4096;

/** Takes what a {@linkcode TcpStream} puts in order. */
export interface TcpStreamSink {
  /** Bytes next in order; a view of the capture. */
  data(bytes: Uint8Array): void;
  /** Bytes that the receiver got, but the capture does not have. */
  gap(length: number): void;
}

interface Held {
  sequence: number;
  bytes: Uint8Array;
}

/**
 * One direction of a TCP connection from its segments as they were captured: reordered,
 * retransmitted, overlapping. A gap waits for its segment until the receiver acknowledges what is
 * behind it, or too much is held: then the capture has lost it, and the stream goes on behind.
 */
export class TcpStream {
  #next: number | undefined;
  #held: Held[] = [];
  #heldBytes = 0;

  constructor(readonly sink: TcpStreamSink) {}

  /** Whether it knows where in the stream it is. */
  get isPlaced(): boolean {
    return this.#next !== undefined;
  }

  /** The stream goes on at this sequence number. */
  place(sequence: number): void {
    this.#next = sequence >>> 0;
    this.#held = [];
    this.#heldBytes = 0;
  }

  /** Takes a segment's payload, as much as was captured. */
  push(sequence: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#next ??= sequence;
    if (this.#held.length === 0 && sequence === this.#next) return this.#deliver(bytes);
    this.#hold({ sequence, bytes });
    this.#drain();
    while (this.#heldBytes > MAX_HELD_BYTES || this.#held.length > MAX_HELD_SEGMENTS) {
      this.#skipGap();
    }
  }

  /** The receiver has everything up to here, so what is missing before was missed by the capture. */
  acknowledged(sequence: number): void {
    const [first] = this.#held;
    if (first === undefined || distance(sequence, first.sequence) <= 0) return;
    this.#skipGap();
    this.acknowledged(sequence);
  }

  /** Delivers all that waits, gaps or not, as at the end. */
  flush(): void {
    while (this.#held.length > 0) this.#skipGap();
  }

  #deliver(bytes: Uint8Array): void {
    this.#next = (this.#next! + bytes.length) >>> 0;
    this.sink.data(bytes);
  }

  #hold(segment: Held): void {
    const end = distance(segment.sequence, this.#next!) + segment.bytes.length;
    // All of it has come before.
    if (end <= 0) return;
    let at = this.#held.length;
    while (at > 0 && distance(this.#held[at - 1]!.sequence, segment.sequence) > 0) at--;
    this.#held.splice(at, 0, segment);
    this.#heldBytes += segment.bytes.length;
  }

  #drain(): void {
    let count = 0;
    for (const { sequence, bytes } of this.#held) {
      const before = distance(this.#next!, sequence);
      if (before < 0) break;
      count++;
      this.#heldBytes -= bytes.length;
      if (before < bytes.length) this.#deliver(before === 0 ? bytes : bytes.subarray(before));
    }
    if (count > 0) this.#held.splice(0, count);
  }

  #skipGap(): void {
    const missing = distance(this.#held[0]!.sequence, this.#next!);
    if (missing > 0) {
      this.#next = this.#held[0]!.sequence;
      this.sink.gap(missing);
    }
    this.#drain();
  }
}

/** How far `a` is after `b` over the wrap (RFC 9293 section 3.4): -2^31 … 2^31 - 1. */
export function distance(a: number, b: number): number {
  return (a - b) | 0;
}
