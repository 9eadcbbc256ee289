import type { UdpAddress } from "../address.ts";

const AF_INET = 2;
const AF_INET6 = 10;
const PORT_AT = 2;
const IPV4_AT = 4;
/** Behind the flow information (ipv6(7)). */
const IPV6_AT = 8;

/** Bytes of the largest address read or written here, `struct sockaddr_in6`. */
export const SOCKADDR_LENGTH = 28;

/**
 * An IPv4 address as `struct sockaddr_in` (ip(7)):
 *
 * ```text
 *  0        2        4                  8                 16
 * +--------+--------+------------------+-----------------+
 * | family |  port  |     address      |     zeros       |
 * +--------+--------+------------------+-----------------+
 * ```
 *
 * The family is in the machine's order, port and address in the network's.
 * @returns undefined for anything but a dotted quad
 */
export function sockaddrIn({ hostname, port }: UdpAddress): Uint8Array<ArrayBuffer> | undefined {
  const parts = hostname.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_INET, true);
  view.setUint16(PORT_AT, port);
  bytes.set(parts, IPV4_AT);
  return bytes;
}

/** The port of a `struct sockaddr_in` or `sockaddr_in6`; undefined for another family. */
export function portOf(sockaddr: Uint8Array): number | undefined {
  const view = new DataView(sockaddr.buffer, sockaddr.byteOffset);
  const family = view.getUint16(0, true);
  return family === AF_INET || family === AF_INET6 ? view.getUint16(PORT_AT) : undefined;
}

/** The address of a `struct sockaddr_in` or `sockaddr_in6`, IPv6 with all its groups. */
export function hostnameOf(sockaddr: Uint8Array): string {
  const view = new DataView(sockaddr.buffer, sockaddr.byteOffset);
  if (view.getUint16(0, true) === AF_INET) return udpAddress(sockaddr).hostname;
  const address = sockaddr.subarray(IPV6_AT, IPV6_AT + 16);
  // An IPv4 peer of a socket for both (RFC 4291, section 2.5.5.2).
  const isMapped = address.subarray(0, 10).every((byte) => byte === 0) &&
    address[10] === 0xff && address[11] === 0xff;
  if (isMapped) return address.subarray(12).join(".");
  return Array.from({ length: 8 }, (_, i) => view.getUint16(IPV6_AT + 2 * i).toString(16)).join(
    ":",
  );
}

/** What a `struct sockaddr_in` says. */
export function udpAddress(sockaddr: Uint8Array): UdpAddress {
  const hostname = sockaddr.subarray(IPV4_AT, IPV4_AT + 4).join(".");
  return { hostname, port: sockaddr[PORT_AT]! << 8 | sockaddr[PORT_AT + 1]! };
}
