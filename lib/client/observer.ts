import type { AccessUnit } from "../codec/depacketizer.ts";
import type {
  ObservedBytes,
  ObservedMessage,
  ObservedNote,
  ObservedPacket,
  ObservedRtcp,
  ObservedStray,
} from "../stream/observation.ts";
import type { ReceivedFrame } from "../stream/received_frame.ts";

export type {
  ObservedBytes,
  ObservedMessage,
  ObservedNote,
  ObservedPacket,
  ObservedRtcp,
  ObservedStray,
};

/**
 * Who watches a session: the commands print, keep and judge what it sees. Everything is optional,
 * called in order of arrival, and must not throw.
 */
export interface Observer {
  message?(message: ObservedMessage): void;
  packet?(packet: ObservedPacket): void;
  /** An RTCP packet from the server. */
  rtcp?(rtcp: ObservedRtcp): void;
  /** A datagram on the media port that is no RTP packet, or not from the server. */
  stray?(stray: ObservedStray): void;
  /**
   * A picture of a JPEG stream.
   * @param stream which of the session's streams it belongs to; undefined where there is only one
   */
  frame?(frame: ReceivedFrame, stream: string | undefined): void;
  /**
   * A unit of a stream of another known encoding.
   * @param stream which of the session's streams it belongs to; undefined where there is only one
   */
  unit?(unit: AccessUnit, stream: string | undefined): void;
  /** A tolerance or a decision of the client's that a person should know of. */
  note?(note: ObservedNote): void;
  /** A datagram as it is, to or from a media port; a group's come to the group's address. */
  datagram?(datagram: ObservedBytes): void;
  /**
   * A piece of the RTSP connection as it is, before encryption, with no secret in it; blocks of
   * media between messages included.
   */
  chunk?(chunk: ObservedBytes): void;
}
