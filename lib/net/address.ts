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

/**
 * Which of this machine's addresses multicast goes out by, and comes in by, between it and a peer;
 * `0.0.0.0` is the one that the system's routes choose. Players on the server's machine that connect
 * by 127.0.0.1 join where the routes lead (ffmpeg, rtspsrc), so for them that comes first, and the
 * loopback network serves machines without any other.
 * @param localAddress this machine's end of the connection with the peer
 * @returns one or two addresses, best first
 */
export function multicastInterfaces(localAddress: string): string[] {
  if (isIpv6(localAddress)) return ["0.0.0.0", "127.0.0.1"];
  return isLoopback(localAddress) ? ["0.0.0.0", localAddress] : [localAddress];
}
