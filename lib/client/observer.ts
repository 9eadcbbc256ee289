import type { RtpPacket } from "../rtp/packet.ts";
import type { CountedPacket } from "../stream/receive_statistics.ts";
import type { ReceivedFrame } from "../stream/received_frame.ts";

/** One RTSP message as it went over the wire. */
export interface ObservedMessage {
  direction: "out" | "in";
  /** ms since the Unix epoch. */
  time: number;
  /** Of a request. */
  method?: string;
  /** Of a request: what it names. */
  target?: string;
  /** Of a response. */
  status?: number;
  /** Of a response. */
  reason?: string;
  version: string;
  headers: [name: string, value: string][];
  body: string;
}

/** One RTP packet as it came. */
export interface ObservedPacket {
  /** ms since the Unix epoch. */
  time: number;
  packet: RtpPacket;
  /** Bytes of the datagram. */
  size: number;
  /** Where it stands among the others. */
  counted: CountedPacket;
}

/**
 * Who watches a session: the commands print, keep and judge what it sees. Everything is optional,
 * called in order of arrival, and must not throw.
 */
export interface Observer {
  message?(message: ObservedMessage): void;
  packet?(packet: ObservedPacket): void;
  /** A datagram on the media port that is no RTP packet, or not from the server. */
  stray?(stray: { time: number; size: number; problem: string }): void;
  frame?(frame: ReceivedFrame): void;
  /** A tolerance or a decision of the client's that a person should know of. */
  note?(note: { code: string; message: string }): void;
}
