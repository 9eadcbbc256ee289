import type { RtpPacket } from "../rtp/packet.ts";

/** A packet in its place, as a reorder buffer hands it on. */
export interface SequencedPacket {
  packet: RtpPacket;
  /** Its sequence number, extended so that it does not wrap; a jump is a loss. */
  sequence: number;
  /** ms since the Unix epoch. */
  arrivedAt: number;
}

/** What a unit is to a player. */
export type UnitKind = "video" | "audio" | "data";

/**
 * How a picture was coded: `IDR` begins anew with everything, `I` uses no other picture, `P` earlier
 * ones, `B` others on both sides.
 */
export type FrameType = "IDR" | "I" | "P" | "B";

/** What is decoded as one: a picture, a frame of audio, a document. */
export interface AccessUnit {
  kind: UnitKind;
  /**
   * Its bytes in the native form of the format, in order: H.264 and H.265 with start codes (Annex B),
   * AAC frames bare, audio samples as they came. Views into the packets wherever possible. Of a
   * damaged unit, what came of it and makes sense on its own.
   */
  data: Uint8Array[];
  /** Bytes of {@linkcode data} together. */
  bytes: number;
  /** RTP timestamp. */
  timestamp: number;
  /** Length in ticks of the RTP clock, where the payload tells it. */
  duration?: number;
  /** Extended sequence numbers of its first and last packet, as far as they came. */
  firstSequence: number;
  lastSequence: number;
  /** Whether the last of them had the marker bit. */
  marker: boolean;
  /** When its last packet came: ms since the Unix epoch. */
  arrivedAt: number;
  /** Whether decoding can begin here; absent where that has no meaning or cannot be seen. */
  keyFrame?: boolean;
  frameType?: FrameType;
  /** Whether it brings every parameter set that decoding needs; absent where the format has none. */
  parameterSets?: boolean;
  /** Packets lost right before this unit, so that whole units may be missing; absent for none. */
  lostBefore?: number;
  /** What is missing of it or wrong with it, a sentence; absent when it is whole. */
  damaged?: string;
}

/** Takes units as they are complete. */
export type EmitUnit = (unit: AccessUnit) => void;

/**
 * Puts the units of one payload format together from packets in sequence. It never throws whatever
 * the packets hold: what is wrong with a unit is said by the unit. The rest of a unit that began
 * before the first packet is passed over in silence.
 */
export interface Depacketizer {
  /** Takes the next packet, keeping views into it. */
  push(packet: SequencedPacket): void;
  /** Begins anew after a pause or a jump: what had begun then is dropped and is no loss. */
  discontinuity(): void;
  /** Ends what has begun, as at the end of the stream. */
  flush(): void;
  /** What the stream itself has told of its format so far; undefined while it told nothing. */
  readonly seen: StreamFormat | undefined;
  /** What a decoder must be given beforehand, by the description or by the stream, latest first. */
  readonly configuration: DecoderConfiguration | undefined;
}

/** What a decoder, or a file, needs besides the units. */
export type DecoderConfiguration =
  | { codec: "h264" | "h265"; parameterSets: readonly Uint8Array[] }
  | { codec: "aac"; audioSpecificConfig: Uint8Array }
  | { codec: "mpeg4-video"; header: Uint8Array };

/** Facts about a format, from a session description or from the stream itself. */
export interface StreamFormat {
  /** `"H.264"`, `"AAC"`, `"G.711 µ-law"`. */
  codec: string;
  /** As the standard calls it: `"High"`, `"LC"`. */
  profile?: string;
  level?: string;
  /** Pixels, after cropping. */
  width?: number;
  height?: number;
  /** Frames a second. */
  frameRate?: number;
  /** Hz. */
  sampleRate?: number;
  channels?: number;
  /** Bits of a sample, where samples are plain numbers. */
  bitsPerSample?: number;
  /** Bits a second, where the format fixes it. */
  bitRate?: number;
  /** Of a multiplex, what is in it: `"H.264"`, `"AAC"`. */
  streams?: readonly string[];
}

/** One format of a medium, as a session description names it. */
export interface TrackDescription {
  /** Encoding name of the rtpmap or of the static payload type, in any case. */
  encoding: string;
  /** Of the RTP timestamp, in Hz. */
  clockRate: number;
  /** Audio channels, where the description says. */
  channels?: number;
  /** The format specific parameters as written; absent for none. */
  fmtp?: string;
}

/** What one payload holds, for display. */
export interface PayloadFacts {
  /** A few words: `"FU-A IDR start"`, `"2 AUs 371 402"`. */
  text: string;
  /** The same as named values. */
  fields: Readonly<Record<string, string | number | boolean>>;
  /** What is wrong with the payload, a sentence; absent when nothing is. */
  problem?: string;
}
