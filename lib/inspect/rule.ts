import type { JpegPayload } from "../jpeg/rtp_payload.ts";
import type { ObservedPacket } from "../stream/observation.ts";
import type { CountedPacket, ReceiveStatistics } from "../stream/receive_statistics.ts";
import type { ReceivedFrame } from "../stream/received_frame.ts";
import type { Finding } from "./finding.ts";
import type { PayloadKind } from "./payload_kind.ts";

/** One packet and what is known of it on its own. */
export interface InspectedPacket {
  /** Place in order of arrival, from 1. */
  number: number;
  /** ms since the Unix epoch. */
  time: number;
  packet: ObservedPacket["packet"];
  /** Bytes of the datagram. */
  size: number;
  counted: CountedPacket;
  payload: PayloadKind;
  /** The headers of RFC 2435, where it has them. */
  jpeg: JpegPayload | undefined;
}

/** How a stream came to its end. */
export interface Ending {
  /**
   * The announced end came; nothing came any more; it broke off before the announced end; whoever
   * watched had seen enough; or it failed.
   */
  reason: "complete" | "silence" | "cut" | "stopped" | "failed";
  /** Number of frames the server announced, where it did. */
  totalFrames: number | undefined;
  /** Datagrams that the watcher's own system threw away, where it tells. */
  hostDrops?: number | undefined;
}

/** What is known of a stream at its end. */
export interface StreamFacts {
  payload: PayloadKind;
  statistics: ReceiveStatistics;
  /** Complete frames. */
  frames: number;
  damagedFrames: number;
  /** Frames a second as they came; 0 for fewer than two. */
  fps: number;
  ending: Ending;
}

/** Draws one kind of conclusion from what passes by. */
export interface StreamRule {
  packet?(packet: InspectedPacket): void;
  /** @param number of the frame in order of arrival, from 1, damaged ones counted */
  frame?(frame: ReceivedFrame, number: number): void;
  conclude(facts: StreamFacts): Finding[];
}
