import { type PacketizedFrame, RTP_HEADROOM } from "../../jpeg/packetize.ts";
import { RTP_HEADER_LENGTH, writeRtpHeader } from "../../rtp/packet.ts";
import { hostPort } from "../address.ts";
import type { BufferPool } from "../buffer_pool.ts";
import type { DatagramSocket } from "../datagram.ts";
import type { RtpPortPair } from "../rtp_port_pair.ts";
import type { FrameHeader, MediaPath } from "./media_path.ts";

/** The receiving ends of one viewer. */
export interface UdpDestination {
  hostname: string;
  rtpPort: number;
  rtcpPort: number;
}

/** RTP and RTCP as datagrams from a pair of ports that all viewers share (RFC 3550, section 11). */
export class UdpPath implements MediaPath {
  readonly name: string;
  #closed = false;

  /** @param failed told why the system refused a datagram */
  constructor(
    readonly ports: RtpPortPair,
    readonly destination: UdpDestination,
    readonly pool: BufferPool,
    readonly failed: (error: unknown) => void,
  ) {
    this.name = `UDP ${hostPort(destination.hostname, destination.rtpPort)}`;
  }

  sendFrame(frame: PacketizedFrame, header: FrameHeader): boolean {
    if (this.#closed) return false;
    // The system reads a datagram whenever it gets to it, so each viewer's headers need a buffer.
    const buffer = this.pool.take(frame.buffer.length);
    buffer.set(frame.buffer);
    this.#sendAll(buffer, frame, header);
    return true;
  }

  sendControl(bytes: Uint8Array): void {
    if (this.#closed) return;
    const { hostname, rtcpPort } = this.destination;
    this.ports.rtcp.send(bytes, { hostname, port: rtcpPort }).catch(this.failed);
  }

  close(): void {
    this.#closed = true;
  }

  #sendAll(buffer: Uint8Array<ArrayBuffer>, frame: PacketizedFrame, header: FrameHeader): void {
    const { hostname, rtpPort } = this.destination;
    const to = { hostname, port: rtpPort };
    const last = frame.packetCount - 1;
    const socket: DatagramSocket = this.ports.rtp;
    let pending = frame.packetCount;
    const settled = (): void => {
      if (--pending === 0) this.pool.give(buffer);
    };
    for (let i = 0; i <= last; i++) {
      const at = frame.offsets[i]! + RTP_HEADROOM - RTP_HEADER_LENGTH;
      writeRtpHeader(buffer, at, {
        marker: i === last,
        payloadType: header.payloadType,
        sequence: (header.sequence + i) & 0xffff,
        timestamp: header.timestamp,
        ssrc: header.ssrc,
      });
      socket.send(buffer.subarray(at, frame.offsets[i]! + frame.lengths[i]!), to).then(
        settled,
        (error) => {
          settled();
          this.failed(error);
        },
      );
    }
  }
}
