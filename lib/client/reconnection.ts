import { BackOff } from "../media/live/back_off.ts";
import { type Clock, TimeoutError } from "../net/clock.ts";
import { UnreachableError } from "../net/errors.ts";
import { CertificateError } from "../net/tls_trust.ts";
import { NoMediaError, StatusError } from "./errors.ts";

/** What decides how a stream that broke off is asked for again. */
export interface ReconnectionOptions {
  clock: Clock;
  /** Gives numbers of 0 … 1. */
  random: () => number;
  /** How long it is asked for again before it is given up, in ms; 0 for never, Infinity for ever. */
  mostMs: number;
}

/** When a stream that broke off is asked for again: soon at first, then ever later. */
export class Reconnection {
  #backOff: BackOff;
  #attempt = 0;
  /** When the stream broke off, on the clock; undefined while it has not. */
  #since: number | undefined;

  constructor(readonly options: ReconnectionOptions) {
    this.#backOff = new BackOff(options.random);
  }

  /** Attempts since the stream broke off, the one to come included. */
  get attempt(): number {
    return this.#attempt;
  }

  /**
   * The stream broke off, or an attempt failed.
   * @returns how long to wait for the next attempt, in ms; undefined when it is time to give up
   */
  next(): number | undefined {
    const { clock, mostMs } = this.options;
    const now = clock.now();
    this.#since ??= now;
    const left = mostMs - (now - this.#since);
    if (left <= 0) return undefined;
    this.#attempt++;
    return Math.min(left, this.#backOff.next());
  }

  /** Media comes again. */
  reset(): void {
    this.#since = undefined;
    this.#attempt = 0;
    this.#backOff.reset();
  }
}

/**
 * Whether what a stream broke off with may be over in a while: a server that is gone or refuses now
 * can be there and willing later. Wrong credentials and certificates, and what is broken here, stay
 * so.
 */
export function mayPass(error: unknown): boolean {
  // Who is not trusted now is not in a while.
  if (error instanceof CertificateError) return false;
  return error instanceof UnreachableError || error instanceof TimeoutError ||
    error instanceof NoMediaError || error instanceof StatusError;
}
