import type { PacketizedFrame } from "../../jpeg/packetize.ts";
import { hostPort, isMulticastV4 } from "../address.ts";
import { FrameDestination, type SendTrouble } from "../frame_sender.ts";
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
  readonly slow = "datagrams leave";
  readonly remains: Remains;
  readonly #receiver: FrameDestination;
  readonly #controlReceiver: FrameDestination;
  #closed = false;

  constructor(
    readonly ports: RtpPortPair,
    readonly destination: UdpDestination,
    trouble: SendTrouble,
  ) {
    const { hostname, rtpPort, rtcpPort } = destination;
    // A group's ports are closed with it.
    this.remains = isMulticastV4(hostname) ? "arrive at once" : "arrive in time";
    this.name = `UDP ${hostPort(hostname, rtpPort)}`;
    this.#receiver = new FrameDestination(hostname, rtpPort, trouble);
    this.#controlReceiver = new FrameDestination(hostname, rtcpPort, trouble);
  }

  sendFrame(frame: PacketizedFrame, header: FrameHeader): Departure {
    if (this.#closed) return "dropped";
    return this.ports.sender.send(frame, header, this.#receiver);
  }

  sendPacket(bytes: Uint8Array<ArrayBuffer>): boolean {
    return !this.#closed &&
      this.ports.sender.sendDatagram(bytes, this.#receiver) !== "dropped";
  }

  sendControl(bytes: Uint8Array<ArrayBuffer>): boolean {
    return this.#closed ||
      this.ports.controlSender.sendDatagram(bytes, this.#controlReceiver) !== "leaving";
  }

  close(): void {
    if (!this.#closed) this.ports.release(this.#receiver, this.#controlReceiver);
    this.#closed = true;
  }
}
