import type { Dialect } from "../rtsp/dialect.ts";
import type { LimitBites } from "./limit_watch.ts";
import type { ImpairmentCounts } from "../stream/impairment.ts";

/** What every event about a session says. */
export interface SessionFacts {
  /** The session's own identifier; not a secret worth guessing, but not printed whole either. */
  session: string;
  /** The peer's address and port on the control connection. */
  peer: string;
  dialect: Dialect;
  /** The file's name as it was asked for. */
  file: string;
}

/** What a receiver reports about our stream (RFC 3550, section 6.4.1). */
export interface ReportFacts {
  /** Share of packets lost since its last report, 0 … 1. */
  fractionLost: number;
  /** Packets lost since the beginning, by its count. */
  packetsLost: number;
  jitterMs: number;
}

/** What a session came to. */
export interface EndFacts {
  reason: string;
  /** Frames that were sent. */
  frames: number;
  /** Frames left out since too much waited to leave before them. */
  dropped: number;
  /** What was done to its packets on purpose; absent where nothing was to be. */
  impaired?: Readonly<ImpairmentCounts>;
}

/** What a server tells whoever runs it, as it happens. */
export type ServerEvent =
  | { event: "connected"; peer: string }
  | { event: "disconnected"; peer: string; reason: string }
  | { event: "request"; peer: string; method: string; target: string; status: number }
  | ({ event: "session-setup" } & SessionFacts)
  | ({ event: "session-playing"; position: number } & SessionFacts)
  | ({ event: "session-paused"; position: number } & SessionFacts)
  | ({ event: "session-jumped"; position: number } & SessionFacts)
  | ({ event: "session-end-of-media" } & SessionFacts)
  | ({ event: "session-report" } & ReportFacts & SessionFacts)
  | ({ event: "session-ended" } & EndFacts & SessionFacts)
  | ({ event: "session-warning"; message: string } & SessionFacts)
  | ({ event: "limit-reached" } & LimitBites)
  | { event: "certificate"; message: string }
  | { event: "media-transcoded"; file: string; message: string }
  | { event: "media-changed"; file: string; message: string }
  | { event: "error"; peer: string; message: string };
