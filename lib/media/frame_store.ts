/**
 * Bytes of frames kept for all open media together, unless asked otherwise: 32 MiB. Whoever cuts a frame
 * into packets keeps those for as long, once for each transport.
 */
export const DEFAULT_CACHE_BYTES = 32 * 1024 * 1024;

/** A frame, and whether it was asked for since it came to its place in the queue. */
interface Kept {
  readonly shelf: FrameShelf;
  readonly index: number;
  readonly frame: Uint8Array;
  used: boolean;
}

/**
 * The frames read last, of any number of sources, bounded in bytes. When full, the first in the queue
 * goes, unless it was used meanwhile: then it queues once more. So to use one moves nothing about.
 */
export class FrameStore {
  /** The latest last. */
  readonly #queue = new Set<Kept>();
  #bytes = 0;

  /** @param capacity in bytes */
  constructor(readonly capacity = DEFAULT_CACHE_BYTES) {}

  /** Bytes held now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Queues a frame, and has shelves give up others until all fit. */
  add(kept: Kept): void {
    this.#queue.add(kept);
    this.#bytes += kept.frame.length;
    for (const first of this.#queue) {
      if (this.#bytes <= this.capacity) return;
      if (first.used || first === kept) this.#queueAgain(first);
      else first.shelf.remove(first.index);
    }
  }

  /** Forgets a frame that a shelf gives up. */
  remove(kept: Kept): void {
    if (this.#queue.delete(kept)) this.#bytes -= kept.frame.length;
  }

  #queueAgain(kept: Kept): void {
    kept.used = false;
    this.#queue.delete(kept);
    this.#queue.add(kept);
  }
}

/** What a store holds of one source, by the place of each frame in it. */
export class FrameShelf {
  readonly #frames = new Map<number, Kept>();

  constructor(readonly store: FrameStore) {}

  get(index: number): Uint8Array | undefined {
    const kept = this.#frames.get(index);
    if (kept === undefined) return undefined;
    kept.used = true;
    return kept.frame;
  }

  /** Whether a frame is held, without counting as a use of it. */
  has(index: number): boolean {
    return this.#frames.has(index);
  }

  /** Keeps a frame, unless it is longer than the whole store. */
  put(index: number, frame: Uint8Array): void {
    this.remove(index);
    if (frame.length > this.store.capacity) return;
    const kept = { shelf: this, index, frame, used: false };
    this.#frames.set(index, kept);
    this.store.add(kept);
  }

  /** Gives a frame up; nothing happens when it is not held. */
  remove(index: number): void {
    const kept = this.#frames.get(index);
    if (kept === undefined) return;
    this.#frames.delete(index);
    this.store.remove(kept);
  }

  /** Gives all of them up. */
  clear(): void {
    for (const kept of this.#frames.values()) this.store.remove(kept);
    this.#frames.clear();
  }
}
