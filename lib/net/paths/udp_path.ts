import type { PacketizedFrame } from "../../jpeg/packetize.ts";
import { hostPort, isMulticastV4 } from "../address.ts";
import { FrameDestination } from "../frame_sender.ts";
import type { RtpPortPair } from "../rtp_port_pair.ts";
import type { PacketPath, Remains } from "../impairment/impaired_path.ts";
import type { Departure, FrameHeader } from "./media_path.ts";

/** The receiving ends of one viewer. */
export interface UdpDestination {
  hostname: string;
  rtpPort: number;
  rtcpPort: number;
}

/** RTP and RTCP as datagrams from a pair of ports that all viewers share (RFC 3550, section 11). */
export class UdpPath implements PacketPath {
  readonly name: string;
  readonly gap = 0;
  readonly remains: Remains;
  readonly #receiver: FrameDestination;
  readonly #controlReceiver: FrameDestination;
  #closed = false;

  /** @param failed told why the system refused a datagram */
  constructor(
    readonly ports: RtpPortPair,
    readonly destination: UdpDestination,
    readonly failed: (error: unknown) => void,
  ) {
    const { hostname, rtpPort, rtcpPort } = destination;
    // A group's ports are closed with it.
    this.remains = isMulticastV4(hostname) ? "arrive at once" : "arrive in time";
    this.name = `UDP ${hostPort(hostname, rtpPort)}`;
    this.#receiver = new FrameDestination(hostname, rtpPort, failed);
    this.#controlReceiver = new FrameDestination(hostname, rtcpPort, failed);
  }

  sendFrame(frame: PacketizedFrame, header: FrameHeader): Departure {
    if (this.#closed) return "dropped";
    return this.ports.sender.send(frame, header, this.#receiver) ? "left" : "leaving";
  }

  sendPacket(bytes: Uint8Array): boolean {
    if (this.#closed) return false;
    // Not by the sender, which cannot tell when its socket has been closed meanwhile.
    this.ports.rtp.send(bytes, this.#receiver).catch(this.failed);
    return true;
  }

  sendControl(bytes: Uint8Array<ArrayBuffer>): boolean {
    return this.#closed || this.ports.controlSender.sendDatagram(bytes, this.#controlReceiver);
  }

  close(): void {
    if (!this.#closed) this.ports.release(this.#receiver, this.#controlReceiver);
    this.#closed = true;
  }
}
