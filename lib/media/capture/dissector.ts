import { toHex } from "../../bytes/hex.ts";
import type { CapturedFrame } from "./captured_frame.ts";
import { IPV4_LENGTH } from "./ip_address.ts";
import { FragmentAssembler } from "./ip_fragments.ts";
import { IP_PROTOCOL, type IpPacket, parseIp } from "./ip_packet.ts";
import { findIp } from "./link_layer.ts";
import { parseTcp, parseUdp, type TcpSegment, type UdpDatagram } from "./transport_layer.ts";

/** What is the same for an address and a port; a number for IPv4, for speed. */
export type EndKey = number | string;

/** Takes what is found in frames. */
export interface DissectorSink {
  udp(packet: IpPacket, datagram: UdpDatagram): void;
  tcp(packet: IpPacket, segment: TcpSegment): void;
}

/** Looks for UDP datagrams and TCP segments in captured frames; everything else is passed over. */
export class Dissector {
  readonly fragments = new FragmentAssembler();

  constructor(readonly sink: DissectorSink) {}

  /** @param now ms, on any clock */
  push({ linkType, bytes }: CapturedFrame, now: number): void {
    const at = findIp(linkType, bytes);
    if (at < 0) return;
    const found = parseIp(bytes, at);
    const packet = found?.fragment === undefined ? found : this.fragments.push(found, now);
    if (packet === undefined) return;
    const { payload, payloadLength } = packet;
    if (packet.protocol === IP_PROTOCOL.UDP) {
      const datagram = parseUdp(payload, payloadLength);
      if (datagram !== undefined) this.sink.udp(packet, datagram);
    } else if (packet.protocol === IP_PROTOCOL.TCP) {
      const segment = parseTcp(payload, payloadLength);
      if (segment !== undefined) this.sink.tcp(packet, segment);
    }
  }
}

export function endKey(address: Uint8Array, port: number): EndKey {
  if (address.length !== IPV4_LENGTH) return `${toHex(address)}.${port}`;
  const high = (address[0]! << 8) | address[1]!;
  const low = (address[2]! << 8) | address[3]!;
  return (high * 0x1_0000 + low) * 0x1_0000 + port;
}
