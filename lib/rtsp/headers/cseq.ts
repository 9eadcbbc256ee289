import { MalformedError, quote } from "../../bytes/malformed.ts";
import { VALUE_LIMITS } from "../limits.ts";
import { parseDigits, trimBlanks } from "../text.ts";

/**
 * A CSeq value (RFC 2326 section 12.17) as a number of 0 … 2^32 - 1. First numbers differ: 1 with
 * most, 2 with live555, 0 with SAT>IP clients. Blanks at the ends are no part of a value (RFC 2068
 * section 4.2); Longse cameras send some.
 * @throws {MalformedError} when it is no such number
 */
export function parseCSeq(value: string): number {
  const number = parseDigits(trimBlanks(value), VALUE_LIMITS.cseq);
  if (number !== undefined) return number;
  throw new MalformedError("CSeq", 0, `${quote(value)} is not a number of 0 to 2^32 - 1`);
}

/** @throws {RangeError} when it is not a whole number of 0 … 2^32 - 1 */
export function formatCSeq(number: number): string {
  if (!Number.isInteger(number) || number < 0 || number > VALUE_LIMITS.cseq) {
    throw new RangeError(`${number} is not a whole number of 0 to 2^32 - 1`);
  }
  return String(number);
}
