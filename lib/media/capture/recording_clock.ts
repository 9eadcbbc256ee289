import type { ObservedBytes } from "../../stream/observation.ts";

/** A time as recordings write it. */
export interface RecordedTime {
  /** Whole seconds since the Unix epoch. */
  seconds: number;
  /** 0 … 999,999,999 */
  nanoseconds: number;
}

/**
 * Times finer than the wall clock's milliseconds: the wall clock says when a recording began, and
 * the clock that never jumps how long ago that is.
 */
export class RecordingClock {
  #start: { time: number; arrival: number } | undefined;

  at({ time, arrival }: Pick<ObservedBytes, "time" | "arrival">): RecordedTime {
    this.#start ??= { time, arrival };
    const begun = this.#start.time;
    const elapsed = arrival - this.#start.arrival;
    const wholeMs = Math.floor(elapsed);
    const milliseconds = begun + wholeMs;
    const seconds = Math.floor(milliseconds / 1000);
    const fraction = Math.floor((elapsed - wholeMs) * 1e6);
    return { seconds, nanoseconds: (milliseconds - seconds * 1000) * 1e6 + fraction };
  }

  /** ms since the first time asked for. */
  since({ arrival }: Pick<ObservedBytes, "arrival">): number {
    return this.#start === undefined ? 0 : arrival - this.#start.arrival;
  }
}
