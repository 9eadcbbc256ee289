import { fromHex } from "../../lib/bytes/hex.ts";

/** One row of a golden table: it drives parse, format, round trip, truncation and fuzz seeds. */
export interface Golden<T> {
  /** Says what this case is, naming the peer it was seen from where there was one. */
  name: string;
  bytes: Uint8Array;
  value: T;
  /** False where formatting legitimately differs from the input (tolerances). */
  roundTrip?: boolean;
}

/** Golden bytes written as commented hexadecimal, a remark per line behind `#`. */
export function hex(strings: TemplateStringsArray): Uint8Array<ArrayBuffer> {
  return fromHex(strings.join(""));
}
