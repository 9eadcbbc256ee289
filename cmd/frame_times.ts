import { timestampDelta } from "../lib/rtp/timestamp.ts";

/** Of JPEG over RTP (RFC 2435, section 3.1.5), in ticks a millisecond. */
const TICKS_PER_MS = 90;
/** A step so small is none: lab servers leave the timestamp as it is, or count seconds with it. */
const LEAST_STEP_MS = 1;
/** Timestamps and arrivals that drift apart by more do not tell the same time. */
const MOST_APART_MS = 3000;

/**
 * When frames of a stream are shown, in ms from the first: by their RTP timestamps where these are
 * media time, else by when they came.
 */
export class FrameTimes {
  #at = 0;
  #last: { timestamp: number; arrivedAt: number } | undefined;
  /** How much later the last frame is shown than it came, both from the first. */
  #apart = 0;

  /**
   * @param frame the next one; `arrivedAt` in ms
   * @returns never less than for the one before
   */
  next(frame: { timestamp: number; arrivedAt: number }): number {
    const last = this.#last;
    this.#last = frame;
    if (last === undefined) return this.#at;
    const arrival = Math.max(0, frame.arrivedAt - last.arrivedAt);
    const step = timestampDelta(frame.timestamp, last.timestamp) / TICKS_PER_MS;
    const apart = this.#apart + step - arrival;
    const tells = step >= LEAST_STEP_MS && Math.abs(apart) <= MOST_APART_MS;
    // Where the timestamp jumps, the two go together again from here.
    this.#apart = tells ? apart : 0;
    this.#at += tells ? step : arrival;
    return this.#at;
  }
}
