import type { RtcpPacket } from "../rtcp/packet.ts";
import type { RtpPacket } from "../rtp/packet.ts";
import type { CountedPacket } from "./receive_statistics.ts";

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
  /** The message letter for letter, line ends included, where the watcher has it. */
  wire?: string;
}

/** Lab messages are kept letter for letter, for lack of a blank line at their end. */
export function dialectOf({ wire }: ObservedMessage): "lab" | "rtsp" {
  return wire === undefined ? "rtsp" : "lab";
}

/** One RTP packet as it came. */
export interface ObservedPacket {
  /** ms since the Unix epoch. */
  time: number;
  /** ms on a clock that never jumps, where the watcher has one; `time` stands in for it. */
  arrival?: number;
  packet: RtpPacket;
  /** Bytes of the datagram. */
  size: number;
  /** Where it stands among the others. */
  counted: CountedPacket;
  /** Which of the session's streams it belongs to; absent where there is only one. */
  stream?: string | undefined;
}

/** One RTCP packet as it came; a compound packet is as many of these. */
export interface ObservedRtcp {
  /** ms since the Unix epoch. */
  time: number;
  packet: RtcpPacket;
  /** Which of the session's streams it belongs to; absent where there is only one. */
  stream?: string | undefined;
}

/** A datagram on a media port that is no RTP packet, or not from the server. */
export interface ObservedStray {
  /** ms since the Unix epoch. */
  time: number;
  /** Bytes of the datagram. */
  size: number;
  /** What is wrong with it, a sentence. */
  problem: string;
}

/** One end of a conversation. */
export interface ObservedAddress {
  /** An IPv4 or IPv6 address. */
  hostname: string;
  port: number;
}

/** Bytes as they crossed the network, for recordings; they may be written to later. */
export interface ObservedBytes {
  /** ms since the Unix epoch. */
  time: number;
  /** ms on a clock that never jumps, with a fraction. */
  arrival: number;
  direction: "out" | "in";
  /** The watcher's end. */
  local: ObservedAddress;
  remote: ObservedAddress;
  /** A datagram's payload, or a piece of a connection's stream as it was read or written. */
  bytes: Uint8Array;
}

/** A tolerance or a decision of a client's that a person should know of. */
export interface ObservedNote {
  code: string;
  message: string;
}
