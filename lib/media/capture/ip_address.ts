/** Bytes of an IPv4 address, and of an IPv6 one. */
export const IPV4_LENGTH = 4;
export const IPV6_LENGTH = 16;

/**
 * The 4 or 16 bytes of an address in text; a zone behind `%` is left out.
 * @returns undefined when it is no address
 */
export function parseIpAddress(text: string): Uint8Array<ArrayBuffer> | undefined {
  return text.includes(":") ? parseIpv6(text.replace(/%.*$/, "")) : parseIpv4(text);
}

/** The text of an address of 4 or 16 bytes, IPv6 as RFC 5952 wants it. */
export function formatIpAddress(bytes: Uint8Array): string {
  if (bytes.length === IPV4_LENGTH) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!);
  const { at, length } = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(":");
  return `${hex.slice(0, at).join(":")}::${hex.slice(at + length).join(":")}`;
}

function parseIpv4(text: string): Uint8Array<ArrayBuffer> | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return parts?.every((part) => part <= 255) ? Uint8Array.from(parts) : undefined;
}

function parseIpv6(text: string): Uint8Array<ArrayBuffer> | undefined {
  const [before = "", after, ...more] = text.split("::");
  if (more.length > 0) return undefined;
  const front = groupsOf(before);
  const back = groupsOf(after ?? "");
  if (front === undefined || back === undefined) return undefined;
  const missing = IPV6_LENGTH - front.length - back.length;
  if (after === undefined ? missing !== 0 : missing < 2) return undefined;
  return Uint8Array.from([...front, ...new Array<number>(missing).fill(0), ...back]);
}

/** The bytes of groups between colons, the last of which may be an IPv4 address. */
function groupsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [i, group] of groups.entries()) {
    const ipv4 = i === groups.length - 1 ? parseIpv4(group) : undefined;
    if (ipv4 !== undefined) bytes.push(...ipv4);
    else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = parseInt(group, 16);
      bytes.push(value >>> 8, value & 0xff);
    } else return undefined;
  }
  return bytes.length > IPV6_LENGTH ? undefined : bytes;
}

function longestZeros(groups: readonly number[]): { at: number; length: number } {
  let best = { at: 0, length: 0 };
  for (let at = 0; at < groups.length; at++) {
    let length = 0;
    while (groups[at + length] === 0) length++;
    if (length > best.length) best = { at, length };
    at += length;
  }
  return best;
}
