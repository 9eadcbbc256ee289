import type { Clock } from "../../net/clock.ts";
import type { TlsTrust } from "../../net/tls_trust.ts";
import type { RtspUrl } from "../../rtsp/url.ts";
import type { Observer } from "../observer.ts";
import type { Credentials } from "../rtsp/requester.ts";
import type { TransportChoice } from "../rtsp/transport_choice.ts";
import type { Attempt } from "./attempt.ts";

/**
 * What a server makes of one thing: it does it; it does something else, or a part of it; it refuses
 * or ignores it; it was not tried; or something broke while it was.
 */
export type MatrixResult = "yes" | "partly" | "no" | "skipped" | "failed";

/** What is tried, by the part of RTSP that it is about. */
export type MatrixGroup =
  | "transport"
  | "sessions"
  | "requests"
  | "describe"
  | "range"
  | "rate"
  | "pause"
  | "keep-alive";

/** What came of one thing that was tried. */
export interface MatrixRow {
  group: MatrixGroup;
  /** Unique within its group. */
  name: string;
  result: MatrixResult;
  /** What was seen, for people. */
  detail: string;
  /** The requests and replies that show it, a line each, with no secret in them. */
  exchange: string[];
  /** How long it took. */
  milliseconds: number;
}

/** What came of a trial. */
export type TrialOutcome = Pick<MatrixRow, "result" | "detail">;

/** One thing to be tried. */
export interface Trial {
  group: MatrixGroup;
  name: string;
  /** Methods whose requests and replies show it. */
  shows: readonly string[];
  /** How long it takes at least because it waits, in ms; undefined for not at all. */
  waits?: number;
  run(attempt: Attempt): Promise<TrialOutcome>;
}

/** What a matrix needs from outside. */
export interface MatrixOptions {
  url: RtspUrl;
  clock: Clock;
  /** Bound on each wait, and on each row that need not wait longer, in ms. */
  timeout: number;
  /** Bound on all of it, in ms; TEARDOWN of what is open then comes on top. */
  duration: number;
  credentials: Credentials | undefined;
  /** For rtsps: what is trusted beside the authorities that the machine knows. */
  trust?: TlsTrust | undefined;
  randomBytes: (length: number) => Uint8Array;
  signal?: AbortSignal | undefined;
  /** Who watches all of it. */
  observer?: Observer;
  /** Told of each row once it is there. */
  onRow?: (row: MatrixRow) => void;
  /** How much longer than the server's timeout a session is watched, in ms. */
  keepAliveMargin?: number;
}

/** What is known of the server when the first rows are there. */
export interface Known {
  /** The transport that brings media, UDP rather than TCP; undefined where none does. */
  transport: TransportChoice | undefined;
  /** After how long without a sign of life the server may end a session, in ms. */
  sessionTimeout: number;
  /** Whether the server said so itself. */
  saidTimeout: boolean;
  /** Length of the media in seconds, where the description tells. */
  duration: number | undefined;
  /** Sessions that played at once. */
  sessions: number;
}
