import { PunctualTimers } from "./punctual_timers.ts";

/** A timer that has been set; cancelling one that has fired does nothing. */
export interface Timer {
  cancel(): void;
}

/** Where time comes from. Everything that waits or measures takes one, so tests decide the time. */
export interface Clock {
  /** Milliseconds on a clock that never jumps, from an arbitrary start; has a fraction. */
  now(): number;
  /** Milliseconds since the Unix epoch on the wall clock, which may jump. */
  wallTime(): number;
  /** Whether it is the machine's, by which the system tells how long something waited. */
  readonly isMachines?: boolean;
  /** Calls `callback` once, `delay` ms from now (0 or less: as soon as possible). */
  setTimer(delay: number, callback: () => void): Timer;
  /**
   * The same, a tenth of a millisecond late at most while the program has nothing else to do. It may
   * hold up the whole program for the last two milliseconds, and timers of half a second and more for
   * up to 200.
   * @param callback returns true when all it did is done, and nothing waits for the runtime
   */
  setPunctualTimer(delay: number, callback: () => unknown): Timer;
}

/** Timers of less, in ms, are not to be late by what {@linkcode PunctualTimers} may sleep. */
const SHORT_MS = 500;
/** Such timers that are still to fire. */
let shortTimers = 0;
/** Sends that wait for the runtime, which is to have all the time until then. */
let waitingSends = 0;
const punctualTimers = new PunctualTimers({
  hurried: () => shortTimers > 0,
  sending: () => waitingSends > 0,
});

/** Something waits for the runtime to send it: until {@linkcode sendEnded} nothing sleeps beside it. */
export function sendBegan(): void {
  waitingSends++;
}

/** As often as {@linkcode sendBegan}. */
export function sendEnded(): void {
  waitingSends--;
}

/** The machine's clocks. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  isMachines: true,
  setTimer(delay, callback): Timer {
    const isShort = delay < SHORT_MS;
    if (isShort) shortTimers++;
    let isSet = true;
    /** @returns whether it was still to fire */
    const unset = (): boolean => {
      if (!isSet) return false;
      isSet = false;
      if (isShort) shortTimers--;
      return true;
    };
    // The runtime has been seen to fire what was cleared in the same turn.
    const id = setTimeout(() => {
      if (unset()) callback();
    }, Math.max(0, delay));
    return {
      cancel: () => {
        if (unset()) clearTimeout(id);
      },
    };
  },
  setPunctualTimer: (delay, callback) => punctualTimers.set(delay, callback),
};

/**
 * A timer that fires later than that, in ms, tells that the program was held up: the machine slept, or
 * somebody stopped the process. What peers did meanwhile is still to be read.
 */
export const HELD_UP_MS = 2000;

/** Resolves after `delay` ms; rejects with the signal's reason when that aborts first. */
export function sleep(clock: Clock, delay: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.setTimer(delay, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** What a wait for a peer throws when its time is up. */
export class TimeoutError extends Error {
  /** @param waitedFor what did not happen, e.g. `"a reply to SETUP"` */
  constructor(readonly waitedFor: string, readonly milliseconds: number) {
    super(`Waited ${milliseconds / 1000} s for ${waitedFor}`);
    this.name = "TimeoutError";
  }
}

/**
 * The promise's outcome, or a {@linkcode TimeoutError} after `milliseconds`. The promise itself goes
 * on; the caller cancels what it stands for.
 */
export function withTimeout<T>(
  clock: Clock,
  promise: Promise<T>,
  milliseconds: number,
  waitedFor: string,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(milliseconds, () => {
      reject(new TimeoutError(waitedFor, milliseconds));
    });
    promise.then(resolve, reject).finally(() => timer.cancel());
  });
}
