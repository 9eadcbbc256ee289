/** Bytes as lower-case hexadecimal digits, two a byte, with `separator` between bytes. */
export function toHex(bytes: Uint8Array, separator = ""): string {
  let out = "";
  for (let i = 0; i < bytes.length; i++) {
    if (i > 0) out += separator;
    out += bytes[i]!.toString(16).padStart(2, "0");
  }
  return out;
}

/**
 * Bytes from hexadecimal text; white space and `#` remarks up to the line's end are skipped, so
 * that golden packets can be written field by field with a remark per line.
 * @throws {SyntaxError} on an odd number of digits or any other character
 */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replace(/#.*$/gm, "").replace(/\s+/g, "");
  if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits)) {
    throw new SyntaxError(`Not pairs of hexadecimal digits: ${digits.slice(0, 40)}`);
  }
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => {
    return parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  });
}

/** A classic dump: offset, 16 bytes in hexadecimal, and the printable ASCII beside them. */
export function hexView(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const text = Array.from(row, (b) => b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : ".");
    const offset = at.toString(16).padStart(4, "0");
    lines.push(`${offset}  ${toHex(row, " ").padEnd(47)}  ${text.join("")}`);
  }
  return lines.join("\n");
}
