import type { PacketizedFrame } from "../jpeg/packetize.ts";
import type { UdpAddress } from "./address.ts";
import type { Departure, FrameHeader } from "./paths/media_path.ts";

/** Told of what does not leave. */
export interface SendTrouble {
  /** The system refused a datagram. */
  failed(error: unknown): void;
  /** A frame was left out, as too much waits to leave before it. */
  declined(): void;
}

/** A receiver of frames, made once per viewer so that a sender can keep what it derives from it. */
export class FrameDestination implements UdpAddress {
  /** Whatever the sender keeps about it. */
  prepared: unknown;
  /** Bytes of frames and datagrams that wait to be sent there. */
  waiting = 0;

  constructor(
    readonly hostname: string,
    readonly port: number,
    readonly trouble: SendTrouble,
  ) {}
}

/**
 * Whether the kernel may be left to cut a frame into its packets: everywhere, only towards other
 * machines, or nowhere. On the way to this machine itself they are cut so late that a capture shows
 * one long datagram, which Wireshark takes for damage. So `auto` does it there only for many
 * viewers at once, which is a measurement and not somebody looking at packets.
 */
export const SEGMENTATIONS = ["auto", "everywhere", "elsewhere", "never"] as const;

/** One of {@linkcode SEGMENTATIONS}. */
export type Segmentation = (typeof SEGMENTATIONS)[number];

/**
 * Sends frames to any number of receivers from one UDP port, cut into RTP packets or as whole
 * datagrams.
 */
export interface FrameSender {
  /** For the log: `sendmmsg`, `one send a packet`. */
  readonly name: string;
  /**
   * Takes one frame for one receiver.
   * @param frame shared by all receivers; only the headroom of its packets is written to
   * @param header the caller's, who changes it afterwards
   * @returns "dropped" when too much waits to leave before it
   */
  send(frame: PacketizedFrame, header: FrameHeader, to: FrameDestination): Departure;
  /**
   * Takes one datagram for one receiver, likewise.
   * @param bytes not changed, and kept until it is sent
   */
  sendDatagram(bytes: Uint8Array<ArrayBuffer>, to: FrameDestination): Departure;
  /** No more frames are sent to this receiver, those that wait either, unless it is named again. */
  release(to: FrameDestination): void;
  close(): void;
}
