import { clearImmediate, setImmediate } from "node:timers";
import type { Timer } from "./clock.ts";
import { EventLoop } from "./native/event_loop.ts";

/**
 * How much earlier than asked for a timer of the runtime is set, in ms: they come in whole
 * milliseconds, up to half of one early and more than one late, and one of no time at all after two.
 */
const LEAD_MS = 1.6;
/** What waiting takes longer than asked for, in ms. */
const OVERSLEEP_MS = 0.06;
/** The longest time slept in one go, in ms: what other timers may be late by. */
const LONGEST_SLEEP_MS = 60;
/** Never woken: somewhere to wait. */
const nowhere = new Int32Array(new SharedArrayBuffer(4));

/** A timer that is still to fire. */
interface Waiting {
  /** ms on the runtime's clock */
  at: number;
  callback: () => void;
}

/**
 * Turns of the event loop before it sleeps. What is begun in one turn the runtime looks at behind it,
 * and what it has not looked at yet would not be done while the thread sleeps.
 */
const TURNS = 2;
/** Sleeps that may be broken off for one timer, before all the time is left to the event loop. */
const MOST_SLEEPS = 3;

/**
 * Timers that fire within a tenth of a millisecond, and whose waking up is cheap: the thread sleeps in
 * the kernel right where it will go on, instead of coming back to it through the runtime's event loop.
 * That loop is watched meanwhile, and whatever it has to do goes first. Where it cannot be watched, a
 * timer of the runtime wakes shortly before, and only the last moment is waited for.
 */
export class PunctualTimers {
  /** Few: one for each scheduler of this thread. */
  readonly #waiting = new Set<Waiting>();
  /** The one that the next turn is for. */
  #next: Waiting | undefined;
  #endTurn: (() => void) | undefined;
  /** Sleeps that were broken off since a timer fired. */
  #brokenOff = 0;
  #firing = false;

  /**
   * @param hurried tells whether somebody else waits for less than would be slept
   * @param loop that of this thread, where it can be watched
   */
  constructor(
    readonly hurried: () => boolean,
    readonly loop: () => Pick<EventLoop, "sleep" | "goRound"> | undefined = () => EventLoop.current,
  ) {}

  /** Calls `callback` once, `delay` ms from now. */
  set(delay: number, callback: () => void): Timer {
    const waiting = { at: performance.now() + delay - OVERSLEEP_MS, callback };
    this.#waiting.add(waiting);
    this.#arm();
    return {
      cancel: () => {
        if (this.#waiting.delete(waiting)) this.#arm();
      },
    };
  }

  /** Sees to it that there is a turn for the earliest. */
  #arm(): void {
    if (this.#firing) return;
    let earliest: Waiting | undefined;
    for (const waiting of this.#waiting) {
      if (earliest === undefined || waiting.at < earliest.at) earliest = waiting;
    }
    if (earliest === this.#next) return;
    this.#next = earliest;
    this.#endTurn?.();
    this.#endTurn = undefined;
    if (earliest === undefined) return;
    const left = earliest.at - performance.now();
    // The event loop is looked for when there is time for it: the first frame does not wait.
    if (left <= LEAD_MS) this.#takeTurn(TURNS);
    else this.#comeBack(left - (this.#maySleep ? LONGEST_SLEEP_MS : LEAD_MS));
  }

  get #maySleep(): boolean {
    return !this.hurried() && this.loop() !== undefined;
  }

  /** Lets the event loop have a turn, and all the time until then. */
  #comeBack(delay: number): void {
    if (delay > 0) {
      const timer = setTimeout(() => this.#run(0), delay);
      this.#endTurn = () => clearTimeout(timer);
    } else {
      this.#takeTurn(1);
    }
  }

  /** Lets the event loop do what there is to do. */
  #goRound(): void {
    let wanted = true;
    this.#endTurn = () => wanted = false;
    this.loop()!.goRound().then(() => {
      if (wanted) this.#run(0);
    });
  }

  /** @param turns how many there have been then, right behind each other */
  #takeTurn(turns: number): void {
    const immediate = setImmediate(() => this.#run(turns));
    this.#endTurn = () => clearImmediate(immediate);
  }

  #run(turns: number): void {
    const next = this.#next!;
    if (!this.#isTime(next.at, turns)) return;
    this.#waiting.delete(next);
    this.#next = undefined;
    this.#endTurn = undefined;
    this.#brokenOff = 0;
    this.#firing = true;
    try {
      next.callback();
    } finally {
      this.#firing = false;
      this.#arm();
    }
  }

  /** Waits for the time to come, or sees to it that there is another turn. */
  #isTime(at: number, turns: number): boolean {
    const left = at - performance.now();
    if (left <= 0) return true;
    if (left <= LEAD_MS) {
      Atomics.wait(nowhere, 0, 0, left);
      return true;
    }
    if (!this.#maySleep) this.#comeBack(left - LEAD_MS);
    else if (turns < TURNS) this.#takeTurn(turns + 1);
    else if (this.loop()!.sleep(Math.min(left, LONGEST_SLEEP_MS))) {
      if (left <= LONGEST_SLEEP_MS) return true;
      this.#comeBack(0);
    } else if (++this.#brokenOff < MOST_SLEEPS) {
      this.#goRound();
    } else {
      this.#comeBack(at - performance.now() - LEAD_MS);
    }
    return false;
  }
}
