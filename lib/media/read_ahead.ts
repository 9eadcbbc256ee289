import type { ByteSource } from "./byte_source.ts";

/** Bytes read together once somebody reads on where they had stopped: a dozen usual frames. */
const WINDOW_BYTES = 256 * 1024;
/** Stretches kept, and readers told apart, for viewers at different places of one file. */
const MOST_WINDOWS = 8;
/** How far behind the end of a read the next one may begin and still go on from there. */
const GAP_BYTES = 4096;

/** A stretch of the source that is held, or on its way. */
interface Window {
  readonly at: number;
  readonly end: number;
  /** Fewer than the window is long only where the source ends. */
  bytes: Uint8Array | Promise<Uint8Array>;
}

/** How much is read ahead. */
export interface ReadAheadOptions {
  /** Bytes of one stretch, default 256 KiB. */
  windowBytes?: number;
}

/**
 * Reads wide stretches for those who read from front to back, since the round through the system
 * costs more than the bytes: a frame is then a view into a stretch, mostly at hand at once, and what
 * the indexer has looked at is not read again. Small reads at other places are made as asked for.
 */
export class ReadAhead implements ByteSource {
  readonly #source: ByteSource;
  readonly #windowBytes: number;
  /** The latest last. */
  readonly #windows: Window[] = [];
  /** Where the last reads ended, the latest last. */
  readonly #ends: number[] = [];

  /** @param source closed with this one */
  constructor(source: ByteSource, { windowBytes = WINDOW_BYTES }: ReadAheadOptions = {}) {
    this.#source = source;
    this.#windowBytes = windowBytes;
  }

  get size(): number {
    return this.#source.size;
  }

  read(at: number, length: number): Uint8Array | Promise<Uint8Array> {
    const end = Math.min(at + length, this.size);
    const held = this.#windows.findLast((window) => window.at <= at && end <= window.end);
    const goesOn = this.#noteEnd(at, end);
    if (held !== undefined) return viewOf(held, at, length);
    if (!goesOn && length < this.#windowBytes) return this.#source.read(at, length);
    return viewOf(this.#open(at, length), at, length);
  }

  close(): void {
    this.#windows.length = 0;
    this.#source.close();
  }

  /** @returns whether a read ended right before this one */
  #noteEnd(at: number, end: number): boolean {
    const before = this.#ends.findIndex((end) => at >= end && at - end <= GAP_BYTES);
    if (before >= 0) this.#ends.splice(before, 1);
    else if (this.#ends.length === MOST_WINDOWS) this.#ends.shift();
    this.#ends.push(end);
    return before >= 0;
  }

  #open(at: number, length: number): Window {
    const end = Math.min(at + Math.max(length, this.#windowBytes), this.size);
    const bytes = this.#source.read(at, end - at);
    const window: Window = { at, end, bytes };
    if (this.#windows.length === MOST_WINDOWS) this.#windows.shift();
    this.#windows.push(window);
    if (bytes instanceof Promise) {
      bytes.then((bytes) => window.bytes = bytes, () => this.#forget(window));
    }
    return window;
  }

  /** What failed is tried again by whoever asks next. */
  #forget(window: Window): void {
    const at = this.#windows.indexOf(window);
    if (at >= 0) this.#windows.splice(at, 1);
  }
}

function viewOf(
  { at: start, bytes }: Window,
  at: number,
  length: number,
): Uint8Array | Promise<Uint8Array> {
  const view = (bytes: Uint8Array): Uint8Array => bytes.subarray(at - start, at - start + length);
  return bytes instanceof Promise ? bytes.then(view) : view(bytes);
}
