/** Bounds a rate and lets bursts through: it fills steadily, and what is done takes out of it. */
export class TokenBucket {
  #tokens: number;
  #filledAt: number;

  /**
   * @param rate tokens a second, above 0
   * @param burst tokens it holds when full
   * @param now ms
   */
  constructor(readonly rate: number, readonly burst: number, now: number) {
    this.#tokens = burst;
    this.#filledAt = now;
  }

  /**
   * Takes `count` tokens, on credit where they are not there.
   * @returns how long to wait until the debt is paid, in ms; 0 when there is none
   */
  take(count: number, now: number): number {
    this.#fill(now);
    this.#tokens -= count;
    return this.#tokens >= 0 ? 0 : Math.ceil(-this.#tokens / this.rate * 1000);
  }

  /** Takes one token, unless there is none. */
  tryTake(now: number): boolean {
    this.#fill(now);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  #fill(now: number): void {
    const seconds = Math.max(0, now - this.#filledAt) / 1000;
    this.#tokens = Math.min(this.burst, this.#tokens + seconds * this.rate);
    this.#filledAt = now;
  }
}
