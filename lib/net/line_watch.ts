import type { Clock } from "./clock.ts";
import type { SendBuffer } from "./native/send_buffer.ts";

/** Offers from one look to the next. */
export const OFFERS_APART = 8;
/** What that becomes where nothing is held, twice as many with each look, which is three system calls. */
const MOST_OFFERS_APART = 64;
/** The least time from one look to the next, in ms. */
const APART_MS = 250;

/**
 * Finds out that a line carries less than is written into it, long before the system's buffer is full,
 * which takes many seconds: the peer reads, and what is held for it gets older all the same. A peer that
 * does not read for a while is none of those, and loses nothing for it.
 */
export class LineWatch {
  /** Offers from here to the next look. */
  offersApart = OFFERS_APART / 2;
  #lookedAt = -Infinity;
  /** Bytes, as of the last look: written to the connection, and read by the peer. */
  #written = 0;
  #acknowledged = 0;
  /** Whether the peer had read then, and something was held that was older than the look before. */
  #wasBehind = false;

  constructor(readonly clock: Clock, readonly buffer: SendBuffer) {}

  /** Whether the line carries less, as of two looks one after the other. */
  isTooNarrow(): boolean {
    const now = this.clock.now();
    if (now - this.#lookedAt < APART_MS) return false;
    const { acknowledged = 0, unacknowledged = 0, unsent = 0 } = this.buffer;
    const written = acknowledged + unacknowledged;
    const isBehind = acknowledged > this.#acknowledged && unsent > written - this.#written;
    const isTooNarrow = isBehind && this.#wasBehind;
    this.offersApart = unsent > 0
      ? OFFERS_APART
      : Math.min(2 * this.offersApart, MOST_OFFERS_APART);
    this.#lookedAt = now;
    this.#written = written;
    this.#acknowledged = acknowledged;
    this.#wasBehind = isBehind;
    return isTooNarrow;
  }
}
