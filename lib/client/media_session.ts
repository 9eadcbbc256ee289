import type { Depacketizer, TrackDescription } from "../codec/depacketizer.ts";
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

/**
 * The jumps of the course lab's seven-button programs, as requests of their own. Each takes the
 * stream to another frame and leaves it playing, or paused, as it was.
 */
export interface FrameJumps {
  /** How far forward and backward go, in frames. */
  readonly frames: number;
  restart(): Promise<void>;
  forward(): Promise<void>;
  backward(): Promise<void>;
}

/** One of a session's streams. */
export interface MediaTrack extends TrackDescription {
  /** `video`, `audio`, `audio 2` …; packets seen by an observer carry it where there are several. */
  readonly name: string;
  /** As in the description: `video`, `audio`, `application` … */
  readonly mediaType: string;
  readonly statistics: ReceiveStatistics;
  /** As {@linkcode MediaSession.hostDrops}. */
  readonly hostDrops: number | undefined;
  /**
   * What the stream itself has told of its format so far; absent where nobody watches its units, and
   * of JPEG.
   */
  readonly depacketizer?: Pick<Depacketizer, "seen" | "configuration"> | undefined;
}

/** A stream that a server offers. */
export interface OfferedTrack {
  /** As in {@linkcode MediaTrack}. */
  readonly name: string;
  readonly mediaType: string;
  readonly format: TrackDescription;
}

/**
 * Chooses the streams to play.
 * @param offered that which matters most first; at least one
 * @returns one or more of them; what it throws ends the attempt
 */
export type ChooseTracks = (offered: readonly OfferedTrack[]) => readonly OfferedTrack[];

/** Something that plays, whatever dialect and transport it came over. */
export interface MediaSession {
  /** Number of frames the server announced, where it did. */
  readonly totalFrames: number | undefined;
  /** `udp`, `tcp` or `multicast`. */
  readonly transport: string;
  /** What is played: `JPEG`, `H264` …, in upper case. */
  readonly encoding: string;
  /** Of the stream that matters most. */
  readonly statistics: ReceiveStatistics;
  /** All streams that are played, that which matters most first. */
  readonly tracks: readonly MediaTrack[];
  /**
   * RTP datagrams that reached this machine and that its system threw away, as the receive buffer was
   * full: no network lost them. Undefined where that cannot be told, and over TCP.
   */
  readonly hostDrops: number | undefined;
  /** Where in the media the last packet was, in seconds; undefined where the media has no end. */
  readonly position?: number | undefined;
  /** Where the server has jumps of its own; undefined where a start in PLAY is how one seeks. */
  readonly jumps?: FrameJumps | undefined;
  /** Whether {@linkcode play} works once more after the end; {@linkcode ended} is another one then. */
  readonly playsAgain?: boolean;
  /**
   * When the server accepted the PLAY that media come for, in ms of the clock: known once no other
   * transport will be tried for it. Never rejects; absent where another never is.
   */
  readonly playingSince?: Promise<number> | undefined;
  /** Settled when no more frames will come; rejects when the stream fails. */
  readonly ended: Promise<EndReason>;
  play(request?: PlayRequest): Promise<void>;
  pause(): Promise<void>;
  /** Ends the session: TEARDOWN, and every socket closed. Never throws, never takes long. */
  close(): Promise<void>;
}
