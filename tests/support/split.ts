/**
 * Calls `check` once per offset with `bytes` cut there into two pieces (copies, so that a parser
 * that keeps views into a reused buffer is caught), and once with every byte on its own.
 */
export function everySplit(
  bytes: Uint8Array,
  check: (pieces: Uint8Array[], cut: string) => void,
): void {
  for (let at = 0; at <= bytes.length; at++) {
    check([bytes.slice(0, at), bytes.slice(at)], `cut at byte ${at}`);
  }
  check(Array.from(bytes, (byte) => Uint8Array.of(byte)), "single bytes");
}

/** Calls `check` with every proper prefix of `bytes`. */
export function everyPrefix(
  bytes: Uint8Array,
  check: (prefix: Uint8Array, length: number) => void,
): void {
  for (let length = 0; length < bytes.length; length++) check(bytes.slice(0, length), length);
}

/** ASCII text as bytes. */
export function ascii(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
