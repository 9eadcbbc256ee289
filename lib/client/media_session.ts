import type { ReceiveStatistics } from "../stream/receive_statistics.ts";

/** Why a stream came to its end. */
export type EndReason =
  /** The last frame came. */
  | "complete"
  /** Nothing came any more. */
  | "silence"
  /** The server closed the control connection. */
  | "closed"
  /** The caller ended it. */
  | "stopped";

/** Something that plays, whatever dialect and transport it came over. */
export interface MediaSession {
  /** Number of frames the server announced, where it did. */
  readonly totalFrames: number | undefined;
  readonly statistics: ReceiveStatistics;
  /** Settled when no more frames will come; rejects when the stream fails. */
  readonly ended: Promise<EndReason>;
  play(): Promise<void>;
  pause(): Promise<void>;
  /** Ends the session: TEARDOWN, and every socket closed. Never throws, never takes long. */
  close(): Promise<void>;
}
