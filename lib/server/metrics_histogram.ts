/**
 * How often something took how long. Counting is a few comparisons and an addition, so that it can be
 * done for every frame.
 */
export class Histogram {
  /** How many values fell into each bucket; the last is for those above every bound. */
  readonly counts: Float64Array;
  sum = 0;

  /** @param bounds upper bounds of the buckets, each included, rising */
  constructor(readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length + 1);
  }

  add(value: number): void {
    const { bounds, counts } = this;
    let at = 0;
    while (at < bounds.length && value > bounds[at]!) at++;
    counts[at]!++;
    this.sum += value;
  }
}

/** Upper bounds of how late something may be, in ms. */
const LATENESS_BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] as const;

/** How long the worst lateness is remembered, in ms. */
export const RECENT_MS = 5000;

/** How late things happened, ever and of late; all in ms. */
export class Lateness {
  readonly histogram = new Histogram(LATENESS_BOUNDS_MS);
  #worst = 0;
  #worstAt = -Infinity;

  /** @param now on the clock that says what is late */
  add(late: number, now: number): void {
    this.histogram.add(late);
    if (late < this.#worst && now - this.#worstAt <= RECENT_MS) return;
    this.#worst = late;
    this.#worstAt = now;
  }

  /** The worst of about the last {@linkcode RECENT_MS}; 0 when there was nothing. */
  recent(now: number): number {
    return now - this.#worstAt <= RECENT_MS ? this.#worst : 0;
  }
}
