import { MalformedError, quote } from "../../bytes/malformed.ts";
import { trimBlanks } from "../text.ts";
import { formatDecimal, parseDecimal } from "./decimal.ts";

/**
 * A Scale value (RFC 2326 section 12.34): 1 is normal viewing, 2 twice as fast, negative backward.
 * @throws {MalformedError} when it is no decimal number
 */
export function parseScale(value: string): number {
  const text = trimBlanks(value);
  const backward = text.startsWith("-");
  const size = parseDecimal(backward ? text.slice(1) : text);
  if (size === undefined) {
    throw new MalformedError("Scale", 0, `${quote(value)} is not a decimal number`);
  }
  return backward && size !== 0 ? -size : size;
}

/** @throws {RangeError} when it is not finite or too large */
export function formatScale(scale: number): string {
  const size = formatDecimal(Math.abs(scale), 1);
  return scale < 0 ? `-${size}` : size;
}
