import type { PacketizedFrame } from "../../jpeg/packetize.ts";
import type { ImpairmentCounts } from "../../stream/impairment.ts";

/** What the RTP headers of one frame's packets say beside what counts up or follows. */
export interface FrameHeader {
  /** 0 … 127 */
  payloadType: number;
  /** Of the frame's first packet, 0 … 65,535. */
  sequence: number;
  /** The same for all its packets. */
  timestamp: number;
  ssrc: number;
}

/** What became of a frame: it is with the system, on its way there, or left out. */
export type Departure = "left" | "leaving" | "dropped";

/** A way for one viewer's packets; which transport it is, only its maker knows. */
export interface MediaPath {
  /** For people and logs: `UDP 127.0.0.1:25000`, `TCP channels 0-1`. */
  readonly name: string;
  /** Bytes before each packet of a frame that it needs for itself. */
  readonly gap: number;
  /** Who is behind when frames are left out, for people: `the client reads`. */
  readonly slow: string;
  /** What was done to packets on purpose; undefined where nothing is. */
  readonly impaired?: Readonly<ImpairmentCounts>;

  /**
   * Sends one frame's packets, or none of them: a frame is never cut. The marker is set on the last.
   * @param frame with that gap; shared by all viewers, and as it was when this returns but for
   * headrooms and gaps
   * @param header the caller's, who changes it afterwards
   * @returns "dropped" when it was left out because too much waits before it
   */
  sendFrame(frame: PacketizedFrame, header: FrameHeader): Departure;

  /**
   * Sends an RTCP packet.
   * @returns whether it is with the system, or left out
   */
  sendControl(bytes: Uint8Array<ArrayBuffer>): boolean;

  /** No more is sent. */
  close(): void;
}
