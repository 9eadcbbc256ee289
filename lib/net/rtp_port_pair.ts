import type { UdpAddress } from "./address.ts";
import { DatagramSocket } from "./datagram.ts";
import { BindError } from "./errors.ts";
import type { FrameDestination, FrameSender, Segmentation } from "./frame_sender.ts";
import { chooseSender } from "./native/choose_sender.ts";

/** Ports to choose from, both ends included. */
export interface PortRange {
  first: number;
  last: number;
}

/** Tries on ports the system chooses before giving up: half of them are even, most pairs free. */
const FREE_TRIES = 64;

/** RTP on an even port and RTCP on the next (RFC 3550, section 11). */
export class RtpPortPair {
  #sender: FrameSender | undefined;
  #controlSender: FrameSender | undefined;

  private constructor(readonly rtp: DatagramSocket, readonly rtcp: DatagramSocket) {}

  /**
   * @param hostname an address of this machine, `0.0.0.0` or `::` for all
   * @param range ports to choose from; undefined for any the system has free
   * @throws {BindError} when no pair is free
   */
  static open(hostname: string, range?: PortRange): RtpPortPair {
    return range === undefined ? openAny(hostname) : openWithin(hostname, range);
  }

  /** @throws {BindError} when either port is taken */
  static at(hostname: string, rtpPort: number): RtpPortPair {
    const rtp = new DatagramSocket(hostname, rtpPort);
    try {
      return new RtpPortPair(rtp, new DatagramSocket(hostname, rtp.port + 1));
    } catch (error) {
      rtp.close();
      throw error;
    }
  }

  /** Whether the kernel may cut frames into packets; to be set before the first is sent. */
  segmentation: Segmentation = "auto";

  /** Sends frames from the RTP port, in the best way there is; chosen when first needed. */
  get sender(): FrameSender {
    return this.#sender ??= chooseSender(this.rtp, this.segmentation);
  }

  /** Sends datagrams from the RTCP port, likewise. */
  get controlSender(): FrameSender {
    return this.#controlSender ??= chooseSender(this.rtcp);
  }

  /** Nothing more is sent to this receiver, at either of its ports. */
  release(to: FrameDestination, control: FrameDestination): void {
    this.#sender?.release(to);
    this.#controlSender?.release(control);
  }

  /** Calls back with every datagram of either port; see {@linkcode DatagramSocket.receiveAll}. */
  async receiveAll(
    receive: (kind: "rtp" | "rtcp", bytes: Uint8Array, from: UdpAddress, age: number) => void,
    options?: { timed?: boolean },
  ): Promise<void> {
    await Promise.all([
      this.rtp.receiveAll((bytes, from, age) => receive("rtp", bytes, from, age), options),
      this.rtcp.receiveAll((bytes, from, age) => receive("rtcp", bytes, from, age), options),
    ]);
  }

  close(): void {
    this.#sender?.close();
    this.#controlSender?.close();
    this.rtp.close();
    this.rtcp.close();
  }
}

function openAny(hostname: string): RtpPortPair {
  let failure: unknown;
  for (let i = 0; i < FREE_TRIES; i++) {
    const probe = new DatagramSocket(hostname, 0);
    const even = probe.port & ~1;
    probe.close();
    try {
      return RtpPortPair.at(hostname, even);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function openWithin(hostname: string, { first, last }: PortRange): RtpPortPair {
  for (let port = first + (first & 1); port + 1 <= last; port += 2) {
    try {
      return RtpPortPair.at(hostname, port);
    } catch (error) {
      if (!(error instanceof BindError)) throw error;
    }
  }
  throw new BindError(
    `cannot bind an RTP/RTCP pair of UDP ports within ${first}-${last}: all are taken (give a wider range)`,
  );
}
