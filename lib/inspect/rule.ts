import type { AccessUnit, StreamFormat, TrackDescription } from "../codec/depacketizer.ts";
import type { JpegPayload } from "../jpeg/rtp_payload.ts";
import type { ObservedPacket, ObservedRtcp } from "../stream/observation.ts";
import type { CountedPacket, ReceiveStatistics } from "../stream/receive_statistics.ts";
import type { ReceivedFrame } from "../stream/received_frame.ts";
import type { DescribedTrack } from "./described.ts";
import type { MediaTransportKind } from "./exchange.ts";
import type { Finding } from "./finding.ts";
import type { PayloadKind } from "./payload_kind.ts";
import type { Repetition } from "./repetition.ts";
import type { ReportedClock } from "./sender_report_rule.ts";
import type { StreamClock } from "./stream_clock.ts";

/** How far two packets of a stream are apart. */
export type MediaStep = Pick<CountedPacket, "timestampDelta" | "arrivalDelta">;

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
  /** Whether it is of a payload type that is not described, among others that are. */
  isForeign: boolean;
  /** From the last packet to this one, those that are foreign left out. */
  step: MediaStep;
  payload: PayloadKind;
  /** The headers of RFC 2435, where it has them. */
  jpeg: JpegPayload | undefined;
  /** Jitter after it, in ms (RFC 3550, A.8). */
  jitterMs: number;
  /** The stream it is of: what it is called, and what its payloads are. */
  stream: PacketStream;
}

/** What a line about a packet says of its stream. */
export interface PacketStream {
  /** `video`, `audio 2` …; `""` where there is only one. */
  readonly name: string;
  readonly format: TrackDescription;
}

/** How a session came to its end. */
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
  /** The same for each of several streams, by its name. */
  hostDropsOf?: ReadonlyMap<string, number> | undefined;
  /**
   * Until when something could have come, in ms since the Unix epoch; undefined where nobody knows,
   * or where nothing more was to be expected.
   */
  time?: number | undefined;
}

/** What is known of a stream at its end. */
export interface StreamFacts {
  /** `""` where there is only one. */
  name: string;
  /** As described, or as its payload type says. */
  format: TrackDescription;
  /** What the session description says of it; undefined where there is none. */
  described: DescribedTrack | undefined;
  /** What the stream itself has told of its format. */
  seen: StreamFormat | undefined;
  payload: PayloadKind;
  transport: MediaTransportKind | undefined;
  statistics: ReceiveStatistics;
  clock: StreamClock;
  /** What sender reports told. */
  reported: ReportedClock;
  /** Complete frames, or units of another encoding. */
  frames: number;
  damagedFrames: number;
  /** Frames a second as they came; 0 for fewer than two. */
  fps: number;
  /** Datagrams of it that this machine threw away; 0 where it does not tell. */
  hostDrops: number;
  ending: Ending;
}

/** An RTCP packet and where the stream was when it came. */
export interface InspectedRtcp extends ObservedRtcp {
  /** The SSRC of the packets; undefined before any. */
  ssrc: number | undefined;
  statistics: ReceiveStatistics;
  clock: StreamClock;
}

/** Draws one kind of conclusion from what passes by. */
export interface StreamRule {
  packet?(packet: InspectedPacket): void;
  rtcp?(rtcp: InspectedRtcp): void;
  /** @param number of the frame in order of arrival, from 1, damaged ones counted */
  frame?(frame: ReceivedFrame, number: number): void;
  /** A unit of another encoding than JPEG, likewise, and what it has of the one before. */
  unit?(unit: AccessUnit, number: number, repetition: Repetition): void;
  conclude(facts: StreamFacts): Finding[];
}
