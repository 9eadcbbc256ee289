/** Where a datagram goes or comes from. */
export interface UdpAddress {
  hostname: string;
  port: number;
}

/** An IPv4 address as such, also when a dual-stack socket shows it as `::ffff:a.b.c.d`. */
export function plainAddress(hostname: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(hostname)?.[1] ?? hostname;
}

export function isIpv6(hostname: string): boolean {
  return hostname.includes(":");
}

/** `host:port` as people and URLs write it, IPv6 in brackets. */
export function hostPort(hostname: string, port: number): string {
  return isIpv6(hostname) ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/** The unspecified address of the same family: what to bind to reach or hear `hostname`. */
export function anyAddressFor(hostname: string): string {
  return isIpv6(hostname) ? "::" : "0.0.0.0";
}

/** Whether it is an IPv4 multicast address, 224.0.0.0/4 (RFC 5771). */
export function isMulticastV4(hostname: string): boolean {
  const first = Number(/^(\d{1,3})(?:\.\d{1,3}){3}$/.exec(hostname)?.[1]);
  return first >= 224 && first <= 239;
}

/** Whether it is an address by which a machine reaches itself. */
export function isLoopback(hostname: string): boolean {
  return hostname.startsWith("127.") || hostname === "::1";
}
