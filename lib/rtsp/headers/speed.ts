import { MalformedError, quote } from "../../bytes/malformed.ts";
import { trimBlanks } from "../text.ts";
import { formatDecimal, parseDecimal } from "./decimal.ts";

/**
 * A Speed value (RFC 2326 section 12.35): delivery in multiples of real time, above 0.
 * @throws {MalformedError} when it is no decimal number, or 0, which is invalid
 */
export function parseSpeed(value: string): number {
  const speed = parseDecimal(trimBlanks(value));
  if (speed !== undefined && speed > 0) return speed;
  throw new MalformedError("Speed", 0, `${quote(value)} is not a decimal number above 0`);
}

/** @throws {RangeError} when it is not above 0, not finite or too large */
export function formatSpeed(speed: number): string {
  if (!(speed > 0)) throw new RangeError(`${speed} is not above 0`);
  return formatDecimal(speed, 1);
}
