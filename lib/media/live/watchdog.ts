import { type Clock, SilenceError } from "./live_clock.ts";

/** How long a camera may say nothing, in ms, before it is taken for dead. */
export const HTTP_SILENCE_MS = 10_000;

/** Ends what it watches over when nothing was heard for {@linkcode HTTP_SILENCE_MS}. */
export class Watchdog {
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #onAbort = (): void => this.#controller.abort(this.#outer.reason);
  #heardAt: number;
  #timer: { cancel(): void };

  constructor(clock: Clock, outer: AbortSignal) {
    this.#clock = clock;
    this.#outer = outer;
    this.#heardAt = clock.now();
    this.#timer = this.#wait(HTTP_SILENCE_MS);
    outer.addEventListener("abort", this.#onAbort, { once: true });
    if (outer.aborted) this.#onAbort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why it ended what it watches over; undefined while it has not. */
  get reason(): unknown {
    return this.signal.aborted ? this.signal.reason : undefined;
  }

  heard(): void {
    this.#heardAt = this.#clock.now();
  }

  end(): void {
    this.#timer.cancel();
    this.#outer.removeEventListener("abort", this.#onAbort);
  }

  /** One timer however often something is heard. */
  #wait(delay: number): { cancel(): void } {
    return this.#clock.setTimer(delay, () => {
      const left = this.#heardAt + HTTP_SILENCE_MS - this.#clock.now();
      if (left > 0) this.#timer = this.#wait(left);
      else this.#controller.abort(new SilenceError("the camera", HTTP_SILENCE_MS));
    });
  }
}
