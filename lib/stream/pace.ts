/**
 * When each frame of a playing stretch leaves: tick k is due at origin + k × interval, computed from
 * the origin each time so that no rounding adds up and nothing drifts.
 */
export class Pace {
  #origin: number;
  /** Intervals since the origin. */
  #ticks = 0;
  /** Ticks before the origin, where the grid had moved; below 0 where it was there before them. */
  #earlier = 0;

  /**
   * @param origin when tick 0 is due, in ms, unless `past` says otherwise
   * @param interval ms from tick to tick, above 0
   * @param past intervals that had gone by since the origin when tick 0 was due
   */
  constructor(origin: number, readonly interval: number, past = 0) {
    if (!(interval > 0)) throw new RangeError(`A frame interval must be above 0, not ${interval}`);
    this.#origin = origin;
    this.#ticks = past;
    this.#earlier = -past;
  }

  /** When the current tick is due, in ms. */
  get dueAt(): number {
    return this.#origin + this.#ticks * this.interval;
  }

  /** The current tick, from 0; those skipped are counted too. */
  get tick(): number {
    return this.#earlier + this.#ticks;
  }

  /** Goes on to the next tick. */
  advance(): void {
    this.#ticks++;
  }

  /** Skips ticks until the current one is not before `time`; the grid stays as it is. */
  holdUntil(time: number): void {
    const missing = Math.ceil((time - this.dueAt) / this.interval);
    if (missing > 0) this.#ticks += missing;
  }

  /**
   * After a stall (the machine slept, the process was stopped) the grid moves to now: frames go on
   * at their rate where they would otherwise all leave at once.
   * @param now the current time
   * @param tolerance how late a tick may be, in ms, before the grid moves
   */
  catchUp(now: number, tolerance: number): void {
    if (now - this.dueAt <= tolerance) return;
    this.#origin = now;
    this.#earlier += this.#ticks;
    this.#ticks = 0;
  }
}
