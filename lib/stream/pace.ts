/**
 * When each frame of a playing stretch leaves: tick k is due at origin + k × interval, computed from
 * the origin each time so that no rounding adds up and nothing drifts.
 */
export class Pace {
  /** Intervals since the origin. */
  #intervals: number;
  /** How far the ticks are behind the intervals: those before tick 0, and those lost to stalls. */
  #behind: number;

  /**
   * @param origin when tick 0 is due, in ms, unless `past` says otherwise
   * @param interval ms from tick to tick, above 0
   * @param past intervals that had gone by since the origin when tick 0 was due
   */
  constructor(readonly origin: number, readonly interval: number, past = 0) {
    if (!(interval > 0)) throw new RangeError(`A frame interval must be above 0, not ${interval}`);
    this.#intervals = past;
    this.#behind = past;
  }

  /** When the current tick is due, in ms. */
  get dueAt(): number {
    return this.origin + this.#intervals * this.interval;
  }

  /** The current tick, from 0; those skipped are counted too. */
  get tick(): number {
    return this.#intervals - this.#behind;
  }

  /** Goes on to the next tick. */
  advance(): void {
    this.#intervals++;
  }

  /** Skips ticks until the current one is not before `time`. */
  holdUntil(time: number): void {
    const missing = Math.ceil((time - this.dueAt) / this.interval);
    if (missing > 0) this.#intervals += missing;
  }

  /**
   * After a stall (the machine slept, the process was stopped) ticks go on from now: frames leave at
   * their rate where they would otherwise all leave at once. The grid stays as it is, as others may
   * share it: those who were late together are due together again.
   * @param now the current time
   * @param tolerance how late a tick may be, in ms, before that is done
   */
  catchUp(now: number, tolerance: number): void {
    const late = now - this.dueAt;
    if (late <= tolerance) return;
    const lost = Math.floor(late / this.interval);
    this.#intervals += lost;
    this.#behind += lost;
  }
}
