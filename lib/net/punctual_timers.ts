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
/** The longest time slept in one go, in ms. */
const LONGEST_SLEEP_MS = 60;
/**
 * For how long timers may fire without a turn of the event loop between them, in ms; with a sleep
 * behind it, what other timers may be late by. A turn costs as much as the frames of several viewers.
 */
const LONGEST_STAY_MS = 140;
/** Never woken: somewhere to wait. */
const nowhere = new Int32Array(new SharedArrayBuffer(4));

/** What a thread has to do beside its punctual timers. */
export interface OtherWork {
  /** Whether somebody waits for less than would be slept. */
  hurried(): boolean;
  /** Whether the runtime has something to send. */
  sending(): boolean;
}

/** A timer that is still to fire. */
interface Waiting {
  /** ms on the runtime's clock */
  at: number;
  callback: () => unknown;
}

/**
 * Turns of the event loop before it sleeps. What is begun in one turn the runtime looks at behind it,
 * and what it has not looked at yet would not be done while the thread sleeps.
 */
const TURNS = 2;
/**
 * How long turns may follow right behind each other, in ms: between such turns the runtime looks at
 * its sockets only now and then.
 */
const LONGEST_ROW_MS = 10;
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
  readonly #waiting: Waiting[] = [];
  /** The one that the next turn is for. */
  #next: Waiting | undefined;
  /** What calls off the one turn that is waited for. */
  #callOff: (() => void) | undefined;
  /** Until when the event loop last had nothing left to do, or time for all of it. */
  #hadTimeAt = 0;
  /** Sleeps that were broken off since a timer fired. */
  #brokenOff = 0;
  #firing = false;

  /**
   * @param others what there is to do beside these timers
   * @param loop that of this thread, where it can be watched
   */
  constructor(
    readonly others: OtherWork,
    readonly loop: () => Pick<EventLoop, "sleep" | "goRound"> | undefined = () => EventLoop.current,
  ) {}

  /**
   * Calls `callback` once, `delay` ms from now.
   * @param callback returns true when all it did is done, and nothing waits for the event loop
   */
  set(delay: number, callback: () => unknown): Timer {
    const now = performance.now();
    if (!this.#firing && this.#waiting.length === 0) this.#hadTimeAt = now;
    const waiting = { at: now + delay - OVERSLEEP_MS, callback };
    this.#waiting.push(waiting);
    this.#arm();
    return {
      cancel: () => {
        if (this.#forget(waiting)) this.#arm();
      },
    };
  }

  /** Sees to it that there is a turn for the earliest. */
  #arm(): void {
    if (this.#firing) return;
    const earliest = this.#earliest;
    if (earliest === this.#next) return;
    this.#next = earliest;
    this.#callOff?.();
    this.#callOff = undefined;
    if (earliest === undefined) return;
    const left = earliest.at - performance.now();
    // The event loop is looked for when there is time for it: the first frame does not wait.
    if (left <= LEAD_MS) this.#hurry();
    else this.#comeBack(left - (this.#maySleep ? LONGEST_SLEEP_MS : LEAD_MS));
  }

  /** @returns whether it still was to fire */
  #forget(waiting: Waiting): boolean {
    const at = this.#waiting.indexOf(waiting);
    if (at < 0) return false;
    this.#waiting[at] = this.#waiting.at(-1)!;
    this.#waiting.pop();
    return true;
  }

  get #earliest(): Waiting | undefined {
    let earliest: Waiting | undefined;
    for (const waiting of this.#waiting) {
      if (earliest === undefined || waiting.at < earliest.at) earliest = waiting;
    }
    return earliest;
  }

  get #maySleep(): boolean {
    return !this.others.hurried() && !this.others.sending() && this.loop() !== undefined;
  }

  /** Lets the event loop have a turn, and no more time than it must have. */
  #hurry(): void {
    const isLong = performance.now() - this.#hadTimeAt > LONGEST_ROW_MS;
    if (isLong && this.loop() !== undefined) this.#goRound();
    else this.#takeTurn(TURNS);
  }

  /** Lets the event loop have a turn, and all the time until then. */
  #comeBack(delay: number): void {
    if (delay <= 0) return this.#takeTurn(1);
    const turn = this.#await(0, () => clearTimeout(timer));
    const timer = setTimeout(() => {
      this.#hadTimeAt = performance.now();
      turn();
    }, delay);
  }

  /** Lets the event loop do what there is to do. */
  #goRound(): void {
    this.#hadTimeAt = performance.now();
    const turn = this.#await(0, () => {});
    // What is thrown is no failure of the promise.
    this.loop()!.goRound().then(() => queueMicrotask(turn));
  }

  /** @param turns how many there have been then, right behind each other */
  #takeTurn(turns: number): void {
    const immediate = setImmediate(this.#await(turns, () => clearImmediate(immediate)));
  }

  /**
   * Waits for one turn. What comes when another is waited for is none: the runtime has been seen to
   * fire a timer that was cleared in the same turn, and two rows of turns then went on side by side.
   * @param turns how many there have been then, right behind each other
   * @returns to be called when the turn has come
   */
  #await(turns: number, callOff: () => void): () => void {
    this.#callOff = callOff;
    return () => {
      if (this.#callOff !== callOff) return;
      this.#callOff = undefined;
      this.#turn(turns);
    };
  }

  #turn(turns: number): void {
    const begun = performance.now();
    for (;;) {
      const next = this.#next!;
      const waited = this.#waitFor(next.at, turns);
      if (waited === "not yet") return;
      // Where the thread slept to the end, the event loop had nothing left to do before.
      const mayStay = waited === "slept" && performance.now() - begun < LONGEST_STAY_MS;
      if (!this.#fire(next, mayStay)) return;
      turns = TURNS;
    }
  }

  /** @returns whether the next one is to be waited for without another turn */
  #fire(waiting: Waiting, mayStay: boolean): boolean {
    this.#forget(waiting);
    this.#next = undefined;
    this.#brokenOff = 0;
    this.#firing = true;
    let stays = false;
    try {
      stays = waiting.callback() === true && mayStay && this.#isWorthSleeping;
    } finally {
      this.#firing = false;
      if (stays) this.#next = this.#earliest;
      else this.#arm();
    }
    return stays;
  }

  get #isWorthSleeping(): boolean {
    const left = (this.#earliest?.at ?? Infinity) - performance.now();
    return left > LEAD_MS && left <= LONGEST_SLEEP_MS && this.#maySleep;
  }

  /** Waits for the time to come, or sees to it that there is another turn. */
  #waitFor(at: number, turns: number): "awake" | "slept" | "not yet" {
    const left = at - performance.now();
    if (left <= 0) return "awake";
    if (left <= LEAD_MS) return this.#waitFirmly(left);
    if (!this.#maySleep) this.#comeBack(left - LEAD_MS);
    else if (turns < TURNS) this.#takeTurn(turns + 1);
    else if (this.loop()!.sleep(Math.min(left, LONGEST_SLEEP_MS))) {
      this.#hadTimeAt = performance.now();
      if (left <= LONGEST_SLEEP_MS) return "slept";
      this.#comeBack(0);
    } else if (++this.#brokenOff < MOST_SLEEPS) {
      this.#goRound();
    } else {
      this.#comeBack(at - performance.now() - LEAD_MS);
    }
    return "not yet";
  }

  /** Waits for the last moment, in which the runtime has no time. */
  #waitFirmly(left: number): "awake" | "not yet" {
    // Where it sends each packet itself, it would never have sent them all.
    if (this.others.sending() && this.loop() === undefined) {
      this.#takeTurn(1);
      return "not yet";
    }
    Atomics.wait(nowhere, 0, 0, left);
    return "awake";
  }
}
