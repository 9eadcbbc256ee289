import type { Clock } from "../net/clock.ts";
import { addressKey } from "./address_key.ts";

/** How much later the first wrong answer is refused, in ms: guessing takes its time, a slip little. */
const FIRST_DELAY_MS = 500;
/** How much later any of them is, at most. */
const LONGEST_DELAY_MS = 8000;
/** How many ms of refusals may wait for an address before it is not listened to at all. */
const MOST_QUEUED_MS = 16_000;
/** After how long without a wrong answer an address is forgotten, in ms. */
const FORGOTTEN_AFTER_MS = 15 * 60_000;
/** Addresses remembered at most; the one that failed longest ago is forgotten first. */
const MOST_ADDRESSES = 4096;

/** What is remembered of an address. */
interface Failures {
  count: number;
  lastAt: number;
  /** When the last of its refusals is told. */
  toldUntil: number;
}

/**
 * Slows guessing down: each wrong answer from an address is refused later than the one before, and one
 * after the other however many connections they come on; who has too many waiting is not listened to.
 */
export class Tries {
  readonly #failures = new Map<string, Failures>();

  constructor(readonly clock: Pick<Clock, "now">) {}

  /**
   * Takes note of a wrong answer.
   * @returns how long to hold the refusal back, in ms
   */
  failed(hostname: string): number {
    const now = this.clock.now();
    const key = addressKey(hostname);
    const before = this.#recall(key, now);
    const count = (before?.count ?? 0) + 1;
    const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (count - 1));
    const toldUntil = Math.max(now, before?.toldUntil ?? now) + delay;
    this.#failures.delete(key);
    this.#failures.set(key, { count, lastAt: now, toldUntil });
    if (this.#failures.size > MOST_ADDRESSES) {
      this.#failures.delete(this.#failures.keys().next().value!);
    }
    return toldUntil - now;
  }

  /** How long an address has to wait before it is listened to again, in ms; 0 when it has not. */
  blockedFor(hostname: string): number {
    const now = this.clock.now();
    const { toldUntil = now } = this.#recall(addressKey(hostname), now) ?? {};
    const queued = toldUntil - now;
    return queued > MOST_QUEUED_MS ? queued - MOST_QUEUED_MS : 0;
  }

  #recall(key: string, now: number): Failures | undefined {
    const found = this.#failures.get(key);
    if (found === undefined || now - found.lastAt < FORGOTTEN_AFTER_MS) return found;
    this.#failures.delete(key);
    return undefined;
  }
}
