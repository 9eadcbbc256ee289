/** RTP timestamps count modulo this (RFC 3550 section 5.1). */
export const TIMESTAMP_MODULUS = 0x1_0000_0000;

const MILLISECONDS_PER_SECOND = 1000;

/**
 * How many ticks `a` is after `b` over the wrap: -2^31 … 2^31 - 1. Half way round, where neither
 * direction is shorter, the answer is -2^31.
 */
export function timestampDelta(a: number, b: number): number {
  return (a - b) | 0;
}

/** The timestamp `ticks` (a whole number, also below 0) after `timestamp`. */
export function addToTimestamp(timestamp: number, ticks: number): number {
  return (timestamp + ticks) >>> 0;
}

/**
 * The length of `ticks` in milliseconds, not rounded.
 * @param clockRate in Hz
 * @throws {RangeError} when the clock rate is not above 0
 */
export function ticksToMilliseconds(ticks: number, clockRate: number): number {
  checkClockRate(clockRate);
  return ticks * MILLISECONDS_PER_SECOND / clockRate;
}

/**
 * Milliseconds in ticks, rounded to the nearest whole tick. To keep a steady pace convert each
 * time since the start rather than each step: rounding then never adds up.
 * @param clockRate in Hz
 * @throws {RangeError} when the clock rate is not above 0
 */
export function millisecondsToTicks(milliseconds: number, clockRate: number): number {
  checkClockRate(clockRate);
  return Math.round(milliseconds * clockRate / MILLISECONDS_PER_SECOND);
}

/**
 * Extends 32-bit timestamps to numbers that do not wrap. Each is placed by the shorter way from the
 * one before it, forward or back, so order may vary as it does with reordered packets or pictures
 * sent out of display order.
 */
export class TimestampExtender {
  #latest: number | undefined;

  /** The extended timestamp given last; undefined before any. */
  get latest(): number | undefined {
    return this.#latest;
  }

  /**
   * The extended timestamp, in ticks. The first is the number itself; one that is before the first
   * over the wrap comes out below 0.
   * @param timestamp 0 … 2^32 - 1
   */
  extend(timestamp: number): number {
    this.#latest = this.#latest === undefined
      ? timestamp
      : this.#latest + timestampDelta(timestamp, this.#latest);
    return this.#latest;
  }
}

function checkClockRate(clockRate: number): void {
  if (!(clockRate > 0)) throw new RangeError(`Clock rate ${clockRate} is not above 0 Hz`);
}
