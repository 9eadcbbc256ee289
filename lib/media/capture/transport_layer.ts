/** A UDP datagram (RFC 768). */
export interface UdpDatagram {
  sourcePort: number;
  destinationPort: number;
  /** What the capture kept; a view. */
  payload: Uint8Array;
  /** Bytes it had. */
  payloadLength: number;
}

/** A TCP segment (RFC 9293 section 3.1). */
export interface TcpSegment {
  sourcePort: number;
  destinationPort: number;
  sequence: number;
  acknowledgment: number;
  flags: number;
  payload: Uint8Array;
  /** Bytes it had. */
  payloadLength: number;
}

export const TCP_FLAG = { FIN: 0x01, SYN: 0x02, RST: 0x04, PSH: 0x08, ACK: 0x10 } as const;
export const UDP_HEADER_LENGTH = 8;
export const TCP_HEADER_LENGTH = 20;

/**
 * @param bytes payload of an IP packet, as much as was captured
 * @param length bytes it had
 * @returns undefined when its header is cut or contradicts the packet
 */
export function parseUdp(bytes: Uint8Array, length: number): UdpDatagram | undefined {
  if (bytes.length < UDP_HEADER_LENGTH) return undefined;
  // 0 is for jumbograms (RFC 2675), and from segmentation offload: as long as the packet.
  const announced = u16(bytes, 4) || length;
  if (announced < UDP_HEADER_LENGTH || announced > length) return undefined;
  return {
    sourcePort: u16(bytes, 0),
    destinationPort: u16(bytes, 2),
    payload: bytes.subarray(UDP_HEADER_LENGTH, announced),
    payloadLength: announced - UDP_HEADER_LENGTH,
  };
}

/** As {@linkcode parseUdp}. */
export function parseTcp(bytes: Uint8Array, length: number): TcpSegment | undefined {
  if (bytes.length < TCP_HEADER_LENGTH) return undefined;
  const headerLength = (bytes[12]! >>> 4) * 4;
  if (headerLength < TCP_HEADER_LENGTH || headerLength > length) return undefined;
  return {
    sourcePort: u16(bytes, 0),
    destinationPort: u16(bytes, 2),
    sequence: u32(bytes, 4),
    acknowledgment: u32(bytes, 8),
    flags: bytes[13]!,
    payload: bytes.subarray(headerLength, length),
    payloadLength: length - headerLength,
  };
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

function u32(bytes: Uint8Array, at: number): number {
  return (u16(bytes, at) << 16 | u16(bytes, at + 2)) >>> 0;
}
