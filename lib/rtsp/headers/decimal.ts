import { VALUE_LIMITS } from "../limits.ts";

const DECIMAL = /^([0-9]+)(?:\.([0-9]*))?$/;
/** Digits behind the point that count: microseconds, where the number is of seconds. */
const FRACTION_DIGITS = 6;

/**
 * `1*DIGIT ["." *DIGIT]` as a number rounded to millionths, so that what is written for it reads
 * the same; undefined for anything else or too many digits.
 */
export function parseDecimal(text: string): number | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, whole = "", fraction = ""] = match;
  if (Math.max(whole.length, fraction.length) > VALUE_LIMITS.digits) return undefined;
  return Number(Number(text).toFixed(FRACTION_DIGITS));
}

/**
 * A number of 0 or more as digits, without an exponent, rounded to millionths.
 * @param places fewest digits behind the point; with 0 there is no point where none is needed
 * @throws {RangeError} when it is negative, not finite or too large to be read back
 */
export function formatDecimal(value: number, places = 0): string {
  if (!(value >= 0 && value < 10 ** VALUE_LIMITS.digits)) {
    throw new RangeError(`${value} is not a number of 0 to 10^${VALUE_LIMITS.digits}`);
  }
  const [whole = "", fraction = ""] = value.toFixed(FRACTION_DIGITS).split(".");
  const needed = fraction.replace(/0+$/, "").padEnd(places, "0");
  return needed === "" ? whole : `${whole}.${needed}`;
}
