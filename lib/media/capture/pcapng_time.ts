/** What one tick of an interface's times is: a fraction of a second. */
export interface Resolution {
  /** Ticks in a second. */
  perSecond: number;
  exact: bigint;
}

/** Microseconds, where `if_tsresol` does not say otherwise. */
export const DEFAULT_RESOLUTION: Resolution = Object.freeze({ perSecond: 1e6, exact: 1_000_000n });

const BINARY_BIT = 0x80;
const EXPONENT_MASK = 0x7f;
const WORD = 0x1_0000_0000;
/** Times whose upper word is below are exact as a number. */
const SAFE_UPPER = Number.MAX_SAFE_INTEGER / WORD;
const NANOSECONDS = 1_000_000_000;

/** The resolution that an `if_tsresol` byte means: 10 or, with the top bit, 2 to minus the rest. */
export function resolutionOf(value: number): Resolution {
  const exponent = value & EXPONENT_MASK;
  const base = (value & BINARY_BIT) === 0 ? 10 : 2;
  return { perSecond: base ** exponent, exact: BigInt(base) ** BigInt(exponent) };
}

/** Seconds and nanoseconds of a time in two words. */
export function splitTime(
  upper: number,
  lower: number,
  { perSecond, exact }: Resolution,
): [seconds: number, nanoseconds: number] {
  if (upper <= SAFE_UPPER - 1) {
    const ticks = upper * WORD + lower;
    const seconds = Math.floor(ticks / perSecond);
    const fraction = ticks - seconds * perSecond;
    const nanoseconds = Math.floor(fraction * NANOSECONDS / perSecond);
    if (nanoseconds >= 0 && nanoseconds < NANOSECONDS) return [seconds, nanoseconds];
  }
  const ticks = BigInt(upper) * BigInt(WORD) + BigInt(lower);
  const fraction = ticks % exact;
  return [Number(ticks / exact), Number(fraction * BigInt(NANOSECONDS) / exact)];
}
