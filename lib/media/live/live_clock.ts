/** A timer that has been set. */
export interface Timer {
  cancel(): void;
}

/** Where time comes from; the clocks of `lib/net` are such clocks. */
export interface Clock {
  /** Milliseconds on a clock that never jumps. */
  now(): number;
  /** Calls `callback` once, `delay` ms from now. */
  setTimer(delay: number, callback: () => void): Timer;
}

/** Resolves after `delay` ms; rejects with the signal's reason when that aborts first. */
export function sleep(clock: Clock, delay: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      timer.cancel();
      reject(signal.reason);
    };
    const timer = clock.setTimer(delay, () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** An origin said nothing for too long. */
export class SilenceError extends Error {
  /** @param waitedFor what did not come, e.g. `"an answer"` */
  constructor(readonly waitedFor: string, readonly milliseconds: number) {
    super(`waited ${milliseconds / 1000} s for ${waitedFor}`);
    this.name = "SilenceError";
  }
}
