import { IPV4_LENGTH, IPV6_LENGTH } from "./ip_address.ts";

/** Protocol numbers and IPv6 next headers that are looked into. */
export const IP_PROTOCOL = {
  HOP_BY_HOP: 0,
  TCP: 6,
  UDP: 17,
  ROUTING: 43,
  FRAGMENT: 44,
  AUTHENTICATION: 51,
  DESTINATION_OPTIONS: 60,
} as const;

/** An IP packet, or a fragment of one. */
export interface IpPacket {
  /** 4 or 16 bytes; a view. */
  source: Uint8Array;
  destination: Uint8Array;
  protocol: number;
  /** What the capture kept; a view. */
  payload: Uint8Array;
  /** Bytes it had on the link. */
  payloadLength: number;
  fragment: Fragment | undefined;
}

/** Which piece of a packet a fragment is. */
export interface Fragment {
  identification: number;
  /** In bytes. */
  offset: number;
  /** Whether more follow it. */
  more: boolean;
}

const IPV4_MIN_HEADER = 20;
const IPV6_HEADER = 40;
const OFFSET_MASK = 0x1fff;
const MORE_FRAGMENTS = 0x2000;
/** Most extension headers before one payload. */
export const MAX_EXTENSIONS = 16;

/**
 * The IPv4 or IPv6 packet that begins at `at` (RFC 791 section 3.1, RFC 8200 sections 3 and 4).
 * Checksums are not looked at: the sender's own system may have left them to its network card.
 * @returns undefined when it is none, or its headers are cut
 */
export function parseIp(bytes: Uint8Array, at: number): IpPacket | undefined {
  const version = (bytes[at] ?? 0) >>> 4;
  if (version === 4) return parseIpv4(bytes, at);
  return version === 6 ? parseIpv6(bytes, at) : undefined;
}

function parseIpv4(bytes: Uint8Array, at: number): IpPacket | undefined {
  const headerLength = (bytes[at]! & 0x0f) * 4;
  if (headerLength < IPV4_MIN_HEADER || at + headerLength > bytes.length) return undefined;
  // 0 where the network card cuts large pieces itself (segmentation offload): all there is.
  const totalLength = u16(bytes, at + 2) || bytes.length - at;
  if (totalLength < headerLength) return undefined;
  const flags = u16(bytes, at + 6);
  const offset = (flags & OFFSET_MASK) * 8;
  const more = (flags & MORE_FRAGMENTS) !== 0;
  const isPiece = more || offset > 0;
  return {
    source: bytes.subarray(at + 12, at + 12 + IPV4_LENGTH),
    destination: bytes.subarray(at + 16, at + 16 + IPV4_LENGTH),
    protocol: bytes[at + 9]!,
    payload: bytes.subarray(at + headerLength, at + totalLength),
    payloadLength: totalLength - headerLength,
    fragment: isPiece ? { identification: u16(bytes, at + 4), offset, more } : undefined,
  };
}

function parseIpv6(bytes: Uint8Array, at: number): IpPacket | undefined {
  if (at + IPV6_HEADER > bytes.length) return undefined;
  const payloadLength = u16(bytes, at + 4) || bytes.length - at - IPV6_HEADER;
  const packet: IpPacket = {
    source: bytes.subarray(at + 8, at + 8 + IPV6_LENGTH),
    destination: bytes.subarray(at + 24, at + 24 + IPV6_LENGTH),
    protocol: bytes[at + 6]!,
    payload: bytes.subarray(at + IPV6_HEADER, at + IPV6_HEADER + payloadLength),
    payloadLength,
    fragment: undefined,
  };
  for (let i = 0; i < MAX_EXTENSIONS; i++) {
    const length = extensionLength(packet);
    if (length === 0) return packet;
    if (length > packet.payload.length) return undefined;
    skipExtension(packet, length);
    // What follows a piece's header is only whole once all pieces are.
    if (packet.fragment !== undefined) return packet;
  }
  return undefined;
}

/** Bytes of the extension header at the front of the payload; 0 when there is none. */
function extensionLength({ protocol, payload }: IpPacket): number {
  switch (protocol) {
    case IP_PROTOCOL.HOP_BY_HOP:
    case IP_PROTOCOL.ROUTING:
    case IP_PROTOCOL.DESTINATION_OPTIONS:
      return ((payload[1] ?? 0) + 1) * 8;
    case IP_PROTOCOL.AUTHENTICATION:
      return ((payload[1] ?? 0) + 2) * 4;
    case IP_PROTOCOL.FRAGMENT:
      return 8;
    default:
      return 0;
  }
}

function skipExtension(packet: IpPacket, length: number): void {
  const { payload, protocol } = packet;
  if (protocol === IP_PROTOCOL.FRAGMENT) {
    const word = u16(payload, 2);
    const offset = word & ~0x7;
    const more = (word & 1) !== 0;
    const identification = (u16(payload, 4) << 16 | u16(payload, 6)) >>> 0;
    if (more || offset > 0) packet.fragment = { identification, offset, more };
  }
  packet.protocol = payload[0]!;
  packet.payload = payload.subarray(length);
  packet.payloadLength -= length;
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}
