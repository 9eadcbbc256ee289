import type { Clock, Timer } from "../../lib/net/clock.ts";

interface SetTimer {
  at: number;
  callback: () => void;
}

/** Enough turns of the microtask queue for any chain of promises a timer's callback sets off. */
const SETTLING_TURNS = 50;

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now: number;
  #timers: SetTimer[] = [];
  #waiting: (() => void)[] = [];
  /** How far somebody has set the wall clock on, or back, in ms. */
  wallJump = 0;
  /** What the callback of the punctual timer that fired last returned. */
  told: unknown;

  /**
   * @param start what `now` says first, in ms
   * @param epoch what `wallTime` says first, in ms since the Unix epoch
   */
  constructor(start = 1000, readonly epoch = 1_700_000_000_000) {
    this.#now = start;
    this.#start = start;
  }

  readonly #start: number;

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return this.epoch + this.wallJump + this.#now - this.#start;
  }

  setTimer(delay: number, callback: () => void): Timer {
    const timer = { at: this.#now + Math.max(0, delay), callback };
    this.#timers.push(timer);
    for (const resolve of this.#waiting.splice(0)) resolve();
    return { cancel: () => this.#remove(timer) };
  }

  setPunctualTimer(delay: number, callback: () => unknown): Timer {
    return this.setTimer(delay, () => {
      this.told = callback();
    });
  }

  /** Timers set and neither fired nor cancelled. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Resolves once a timer waits that is due in `least` ms or more. */
  async timerSet(least = 0): Promise<void> {
    while (!this.#timers.some((timer) => timer.at >= this.#now + least)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Moves time on by `milliseconds`, firing timers on the way in the order they are due. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await this.settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#fire(next);
      await this.settle();
    }
    this.#now = end;
    await this.settle();
  }

  /** The same without letting promises settle between timers. */
  advanceAtOnce(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) this.#fire(next);
    this.#now = end;
  }

  /** Time passes and no timer fires meanwhile, as when the machine sleeps. */
  stall(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** Lets promises that wait for nothing but each other run their course. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < SETTLING_TURNS; turn++) await Promise.resolve();
  }

  #fire(timer: SetTimer): void {
    this.#remove(timer);
    this.#now = Math.max(this.#now, timer.at);
    timer.callback();
  }

  /** The earliest timer due by `end`; of several at once the one set first. */
  #next(end: number): SetTimer | undefined {
    let earliest: SetTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= end && (earliest === undefined || timer.at < earliest.at)) earliest = timer;
    }
    return earliest;
  }

  #remove(timer: SetTimer): void {
    const at = this.#timers.indexOf(timer);
    if (at >= 0) this.#timers.splice(at, 1);
  }
}
