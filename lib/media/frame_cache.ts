import type { FrameAnswer, FrameFault, FrameSource } from "../stream/frame_source.ts";
import { checkFrameIndex, isFrameIndex } from "../stream/frame_source.ts";
import { FrameShelf, FrameStore } from "./frame_store.ts";

/**
 * A source whose recently read frames answer at once. However many ask for a frame at the same time,
 * it is read once, and all of them get the same object.
 */
export class CachedSource implements FrameSource {
  readonly #source: FrameSource;
  readonly #shelf: FrameShelf;
  readonly #reading = new Map<number, Promise<FrameAnswer>>();
  #closed = false;

  /**
   * @param source closed with this one
   * @param store shared with other sources, or one of its own
   */
  constructor(source: FrameSource, store: FrameStore = new FrameStore()) {
    this.#source = source;
    this.#shelf = new FrameShelf(store);
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
    return this.#shelf.get(index) ?? this.#reading.get(index) ?? this.#begin(index);
  }

  prefetch(index: number): boolean {
    if (!isFrameIndex(index) || this.#shelf.has(index)) return true;
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
    this.#shelf.clear();
  }

  #begin(index: number): FrameAnswer | Promise<FrameAnswer> {
    const answer = this.#source.frame(index);
    if (!(answer instanceof Promise)) {
      // Kept although it costs nothing to ask again: what is made of a frame for all its viewers is
      // found by the object it was made from.
      if (answer !== undefined) this.#shelf.put(index, answer);
      return answer;
    }
    const reading = this.#finish(index, answer);
    this.#reading.set(index, reading);
    return reading;
  }

  async #finish(index: number, answer: Promise<FrameAnswer>): Promise<FrameAnswer> {
    try {
      const frame = await answer;
      if (frame !== undefined && !this.#closed) this.#shelf.put(index, frame);
      return frame;
    } finally {
      this.#reading.delete(index);
    }
  }
}
