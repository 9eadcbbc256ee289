import type {
  ObservedAddress,
  ObservedMessage,
  ObservedNote,
  ObservedPacket,
  ObservedRtcp,
  ObservedStray,
} from "../../stream/observation.ts";
import type { ReceivedFrame } from "../../stream/received_frame.ts";

/** What was found in a capture. */
export interface CapturedSession {
  /** In order of the first sign of it, from 1. */
  number: number;
  /** An RTSP connection, one in the course-lab dialect, or RTP of which no RTSP was captured. */
  kind: "rtsp" | "lab" | "rtp";
  /** Who asked, or where the packets go to; undefined where the recording has no addresses. */
  client: ObservedAddress | undefined;
  server: ObservedAddress | undefined;
}

/** One RTP packet of a capture; who watches counts it. */
export type CapturedPacket = Omit<ObservedPacket, "counted">;

/** Whether and how a session ended within the capture. */
export interface CapturedEnd {
  /** Whether the source said BYE. */
  goodbye: boolean;
  /** Whether the server accepted PLAY, or packets came without that. */
  played: boolean;
  /** Frames that a lab server announced. */
  totalFrames: number | undefined;
}

/** Takes what one session of a capture consists of, in order, as a client's watcher would see it. */
export interface SessionWatcher {
  /** `out` is from the client. */
  message?(message: ObservedMessage): void;
  packet?(packet: CapturedPacket): void;
  /** An RTCP packet that goes the way the media go. */
  rtcp?(rtcp: ObservedRtcp): void;
  stray?(stray: ObservedStray): void;
  /** @param stream as of its packets */
  frame?(frame: ReceivedFrame, stream: string | undefined): void;
  note?(note: ObservedNote): void;
  /** Nothing more comes. */
  end?(end: CapturedEnd): void;
}

/** Decides what is watched. */
export interface CaptureWatcher {
  /** A session has been found; undefined where it is of no interest. */
  session(session: CapturedSession): SessionWatcher | undefined;
}
