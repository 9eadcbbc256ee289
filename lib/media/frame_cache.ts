import type { FrameAnswer, FrameFault, FrameSource } from "../stream/frame_source.ts";
import { checkFrameIndex, isFrameIndex } from "../stream/frame_source.ts";

/** Bytes of frames kept for all open media together, unless asked otherwise: 64 MiB. */
export const DEFAULT_CACHE_BYTES = 64 * 1024 * 1024;

/** Frames from this index on are never kept, so that a source's number and an index make one key. */
const FRAMES_PER_SOURCE = 2 ** 32;

/** A frame, and whether it was asked for since it came to its place in the queue. */
interface Kept {
  readonly frame: Uint8Array;
  used: boolean;
}

/**
 * The frames read last, of any number of sources, bounded in bytes. When full, the first in the queue
 * goes, unless it was used meanwhile: then it queues once more. So to use one moves nothing about.
 */
export class FrameStore {
  /** The queue, the latest last. */
  readonly #frames = new Map<number, Kept>();
  readonly #capacity: number;
  #bytes = 0;
  #sources = 0;

  /** @param capacity in bytes */
  constructor(capacity = DEFAULT_CACHE_BYTES) {
    this.#capacity = capacity;
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A number for a source, from which its keys follow. */
  register(): number {
    return this.#sources++;
  }

  get(source: number, index: number): Uint8Array | undefined {
    const kept = this.#frames.get(keyOf(source, index));
    if (kept === undefined) return undefined;
    kept.used = true;
    return kept.frame;
  }

  /** Whether a frame is held, without counting as a use of it. */
  has(source: number, index: number): boolean {
    return this.#frames.has(keyOf(source, index));
  }

  /** Keeps a frame, unless it is longer than the whole store. */
  put(source: number, index: number, frame: Uint8Array): void {
    const key = keyOf(source, index);
    this.#remove(key);
    if (frame.length > this.#capacity) return;
    this.#frames.set(key, { frame, used: false });
    this.#bytes += frame.length;
    for (const [first, kept] of this.#frames) {
      if (this.#bytes <= this.#capacity) return;
      this.#remove(first);
      if (kept.used || first === key) this.#queueAgain(first, kept);
    }
  }

  /** Drops all frames of a source. */
  forget(source: number): void {
    for (const key of [...this.#frames.keys()]) {
      if (Math.floor(key / FRAMES_PER_SOURCE) === source) this.#remove(key);
    }
  }

  #queueAgain(key: number, kept: Kept): void {
    kept.used = false;
    this.#frames.set(key, kept);
    this.#bytes += kept.frame.length;
  }

  #remove(key: number): void {
    const kept = this.#frames.get(key);
    if (kept === undefined) return;
    this.#bytes -= kept.frame.length;
    this.#frames.delete(key);
  }
}

function keyOf(source: number, index: number): number {
  return source * FRAMES_PER_SOURCE + index;
}

/**
 * A source whose recently read frames answer at once. However many ask for a frame at the same time,
 * it is read once, and all of them get the same object.
 */
export class CachedSource implements FrameSource {
  readonly #source: FrameSource;
  readonly #store: FrameStore;
  readonly #key: number;
  readonly #reading = new Map<number, Promise<FrameAnswer>>();
  #closed = false;

  /**
   * @param source closed with this one
   * @param store shared with other sources, or one of its own
   */
  constructor(source: FrameSource, store: FrameStore = new FrameStore()) {
    this.#source = source;
    this.#store = store;
    this.#key = store.register();
  }

  get frameRate(): number | undefined {
    return this.#source.frameRate;
  }

  get knownFrameCount(): number | undefined {
    return this.#source.knownFrameCount;
  }

  get faults(): readonly FrameFault[] {
    return this.#source.faults;
  }

  frameCount(): Promise<number> {
    return this.#source.frameCount();
  }

  frame(index: number): FrameAnswer | Promise<FrameAnswer> {
    checkFrameIndex(index);
    if (index >= FRAMES_PER_SOURCE) return this.#source.frame(index);
    return this.#store.get(this.#key, index) ?? this.#reading.get(index) ?? this.#begin(index);
  }

  prefetch(index: number): boolean {
    if (!isFrameIndex(index) || index >= FRAMES_PER_SOURCE) return true;
    if (this.#store.has(this.#key, index)) return true;
    if (this.#reading.has(index)) return false;
    const answer = this.#begin(index);
    if (!(answer instanceof Promise)) return true;
    answer.catch(() => {});
    return false;
  }

  position(index: number): number | undefined {
    return this.#source.position?.(index);
  }

  close(): void {
    this.#closed = true;
    this.#source.close();
    this.#store.forget(this.#key);
  }

  #begin(index: number): FrameAnswer | Promise<FrameAnswer> {
    const answer = this.#source.frame(index);
    if (!(answer instanceof Promise)) {
      // Kept although it costs nothing to ask again: what is made of a frame for all its viewers is
      // found by the object it was made from.
      if (answer !== undefined) this.#store.put(this.#key, index, answer);
      return answer;
    }
    const reading = this.#finish(index, answer);
    this.#reading.set(index, reading);
    return reading;
  }

  async #finish(index: number, answer: Promise<FrameAnswer>): Promise<FrameAnswer> {
    try {
      const frame = await answer;
      if (frame !== undefined && !this.#closed) this.#store.put(this.#key, index, frame);
      return frame;
    } finally {
      this.#reading.delete(index);
    }
  }
}
