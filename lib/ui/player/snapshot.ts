import type { Finding } from "../../inspect/finding.ts";
import type { PlayerAction, PlayerState } from "./actions.ts";
import type { Failure } from "./plain_words.ts";
import type { RetrySnapshot } from "./retry.ts";
import type { AddressForm } from "./stream_address.ts";

/** The newest complete picture. */
export interface ShownFrame {
  /** A whole JPEG file; shared, never to be changed. */
  jpeg: Uint8Array;
  /** Counts up from 1 over the life of the player. */
  serial: number;
  /** The number on the label. */
  number: number;
  /** RTP timestamp. */
  timestamp: number;
  /** ms since the Unix epoch. */
  arrivedAt: number;
}

/** The numbers of the session under way, or of the last one. */
export interface PlayerNumbers {
  /** Complete frames. */
  frames: number;
  damagedFrames: number;
  packets: number;
  lost: number;
  duplicated: number;
  reordered: number;
  bytes: number;
  /** Seconds that media was flowing; pauses are no part of it. */
  activeSeconds: number;
  fps: number;
  bitsPerSecond: number;
  jitterMs: number;
  maxJitterMs: number;
  /** Thrown away by this machine; undefined where that cannot be told. */
  hostDrops: number | undefined;
}

/** Before anything came. */
export const NO_NUMBERS: Readonly<PlayerNumbers> = {
  frames: 0,
  damagedFrames: 0,
  packets: 0,
  lost: 0,
  duplicated: 0,
  reordered: 0,
  bytes: 0,
  activeSeconds: 0,
  fps: 0,
  bitsPerSecond: 0,
  jitterMs: 0,
  maxJitterMs: 0,
  hostDrops: undefined,
};

/** Everything a player shows but pictures, packets and the exchange; plain values only. */
export interface PlayerSnapshot {
  name: string;
  form: AddressForm | undefined;
  commandLine: string;
  state: PlayerState;
  /** The action under way. */
  busy: PlayerAction | "seek" | undefined;
  /** Whether the end of the media has come. */
  ended: boolean;
  /** What each button may do now. */
  allowed: Record<PlayerAction, boolean>;
  /** Why a button that the state would allow cannot work with this server. */
  missing: Partial<Record<PlayerAction, string>>;
  failure: Failure | undefined;
  /** What the server refused, while the session goes on. */
  notice: string | undefined;
  /** Set while a stream that broke off is asked for again; {@linkcode failure} says why. */
  retry: RetrySnapshot | undefined;
  /** How often it was got back. */
  reconnects: number;
  transport: string | undefined;
  dialect: "lab" | "rtsp" | undefined;
  encoding: string | undefined;
  /** `FRAMES current / total`. */
  frame: number | undefined;
  frames: number | undefined;
  /** Seconds. */
  elapsed: number | undefined;
  duration: number | undefined;
  seekable: boolean;
  scale: number;
  scalable: boolean;
  numbers: PlayerNumbers;
  findings: Finding[];
}
