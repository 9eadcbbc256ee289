import type { ReceiveStatistics } from "../stream/receive_statistics.ts";

/** Why a stream came to its end. */
export type EndReason =
  /** The end that the server announced: BYE, the end of its range, or the last frame. */
  | "complete"
  /** Nothing came any more, and nothing said how much there would be. */
  | "silence"
  /** It stopped before the end that the server had announced, or the connection broke. */
  | "cut"
  /** The caller ended it. */
  | "stopped";

/** What to play; everything where nothing is said. */
export interface PlayRequest {
  /** Seconds from the beginning of the media. */
  start?: number;
  /** Rate, below 0 backwards. */
  scale?: number;
}

/** Something that plays, whatever dialect and transport it came over. */
export interface MediaSession {
  /** Number of frames the server announced, where it did. */
  readonly totalFrames: number | undefined;
  /** `udp`, `tcp` or `multicast`. */
  readonly transport: string;
  /** What is played: `JPEG`, `H264` …, in upper case. */
  readonly encoding: string;
  readonly statistics: ReceiveStatistics;
  /**
   * RTP datagrams that reached this machine and that its system threw away, as the receive buffer was
   * full: no network lost them. Undefined where that cannot be told, and over TCP.
   */
  readonly hostDrops: number | undefined;
  /** Settled when no more frames will come; rejects when the stream fails. */
  readonly ended: Promise<EndReason>;
  play(request?: PlayRequest): Promise<void>;
  pause(): Promise<void>;
  /** Ends the session: TEARDOWN, and every socket closed. Never throws, never takes long. */
  close(): Promise<void>;
}
