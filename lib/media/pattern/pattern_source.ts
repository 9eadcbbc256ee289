import {
  checkFrameIndex,
  type FrameAnswer,
  type FrameFault,
  type FrameSource,
  SourceClosedError,
} from "../../stream/frame_source.ts";
import { PatternPainter } from "./pattern_painter.ts";
import type { PatternSettings } from "./pattern_settings.ts";

/** Where the pattern's clock looks. */
export interface PatternClock {
  /** ms on a clock that never jumps. */
  now(): number;
  /** ms since the Unix epoch. */
  wallTime(): number;
}

/** Frames that are kept for whoever asks for the same one: all bars and a dot, so they are small. */
const MOST_KEPT = 64;

/** A frame that was drawn. */
interface Drawn {
  readonly jpeg: Uint8Array;
  readonly at: number;
}

/**
 * A test pattern as media: any frame can be had, number and dot follow from its index, and the clock
 * shows when it was drawn. Whoever asks for a frame that was just drawn gets the same object; with
 * the clock in it, only for as long as the clock is right to within a frame.
 */
export class PatternSource implements FrameSource {
  readonly faults: readonly FrameFault[] = [];
  readonly #painter: PatternPainter;
  readonly #drawn = new Map<number, Drawn>();
  #closed = false;

  constructor(readonly settings: PatternSettings, readonly clock: PatternClock) {
    this.#painter = new PatternPainter(settings);
  }

  get frameRate(): number {
    return this.settings.rate;
  }

  /** Infinity where it has no end. */
  get knownFrameCount(): number {
    return this.settings.frames;
  }

  frameCount(): Promise<number> {
    if (this.#closed) return Promise.reject(new SourceClosedError());
    return Promise.resolve(this.settings.frames);
  }

  frame(index: number): FrameAnswer | Promise<FrameAnswer> {
    checkFrameIndex(index);
    if (this.#closed) return Promise.reject(new SourceClosedError());
    if (index >= this.settings.frames) return undefined;
    const now = this.clock.now();
    const known = this.#drawn.get(index);
    if (known !== undefined && this.#holds(known, now)) return known.jpeg;
    const jpeg = this.#painter.paint(index, this.clock.wallTime());
    this.#drawn.delete(index);
    this.#drawn.set(index, { jpeg, at: now });
    for (const oldest of this.#drawn.keys()) {
      if (this.#drawn.size <= MOST_KEPT) break;
      this.#drawn.delete(oldest);
    }
    return jpeg;
  }

  /** Nothing: drawing takes a millisecond, and what is drawn early shows the wrong time. */
  prefetch(): boolean {
    return true;
  }

  close(): void {
    this.#closed = true;
    this.#drawn.clear();
  }

  #holds({ at }: Drawn, now: number): boolean {
    return !this.settings.clock || now - at < 1000 / this.settings.rate;
  }
}
