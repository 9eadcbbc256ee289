import type { PacketizedFrame } from "../../jpeg/packetize.ts";
import { hostPort } from "../address.ts";
import { FrameDestination } from "../frame_sender.ts";
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
  readonly #receiver: FrameDestination;
  #closed = false;

  /** @param failed told why the system refused a datagram */
  constructor(
    readonly ports: RtpPortPair,
    readonly destination: UdpDestination,
    readonly failed: (error: unknown) => void,
  ) {
    const { hostname, rtpPort } = destination;
    this.name = `UDP ${hostPort(hostname, rtpPort)}`;
    this.#receiver = new FrameDestination(hostname, rtpPort, failed);
  }

  sendFrame(frame: PacketizedFrame, header: FrameHeader): boolean {
    if (this.#closed) return false;
    this.ports.sender.send(frame, header, this.#receiver);
    return true;
  }

  sendControl(bytes: Uint8Array): void {
    if (this.#closed) return;
    const { hostname, rtcpPort } = this.destination;
    // What waits was due before this: BYE must not overtake the last frame.
    this.ports.sender.flush();
    this.ports.rtcp.send(bytes, { hostname, port: rtcpPort }).catch(this.failed);
  }

  close(): void {
    this.#closed = true;
  }
}
