/** How long to wait from one attempt to the next. */
export const BACK_OFF = Object.freeze({
  /** After the first failure, in ms. */
  firstMs: 500,
  /** At most, in ms. */
  mostMs: 30_000,
  /** From one failure to the next. */
  factor: 2,
});

/**
 * Waits that grow with every failure in a row. Each is somewhere between half and all of what it
 * could be, so that many who lost the same origin do not come back all at once.
 */
export class BackOff {
  #next: number = BACK_OFF.firstMs;

  /** @param random gives numbers of 0 … 1 */
  constructor(readonly random: () => number) {}

  /** How long to wait now, in ms. */
  next(): number {
    const wait = this.#next * (0.5 + this.random() / 2);
    this.#next = Math.min(BACK_OFF.mostMs, this.#next * BACK_OFF.factor);
    return wait;
  }

  /** Something went well. */
  reset(): void {
    this.#next = BACK_OFF.firstMs;
  }
}
