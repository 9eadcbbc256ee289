import type { ServerEvent } from "./events.ts";
import type { LimitName } from "./limit_names.ts";
import { Lateness } from "./metrics_histogram.ts";

/** How media leaves. */
export type MediaTransport = "udp" | "tcp" | "multicast" | "lab";

/** What one way of sending has come to. */
export class SentMedia {
  frames = 0;
  packets = 0;
  /** Of payload, without any header. */
  bytes = 0;
}

/** Different methods and statuses that are told apart; a client may invent any number of them. */
const MOST_REQUEST_KINDS = 500;
/** What all others count as. */
const OTHER_REQUESTS = "other other";
/** Methods as they are written in requests; everything else is none. */
const METHOD = /^[A-Z_]{1,16}$/;

/**
 * What a server counts. On the hot path that is adding to a number; nobody is told until somebody
 * asks.
 */
export class ServerMetrics {
  connections = 0;
  labSessions = 0;
  rtspSessions = 0;
  readonly sent: Readonly<Record<MediaTransport, SentMedia>> = {
    udp: new SentMedia(),
    tcp: new SentMedia(),
    multicast: new SentMedia(),
    lab: new SentMedia(),
  };
  /** Frames left out because the receiver was behind. */
  framesDropped = 0;
  /** Frames left out because they could not be read or carried. */
  framesFailed = 0;
  /** Datagrams that the system would not send. */
  datagramsRefused = 0;
  /** Compound packets. */
  rtcpReceived = 0;
  receiverReports = 0;
  /** Packets that receivers say are missing. */
  packetsReportedLost = 0;
  framesTranscoded = 0;
  framesTranscodedLossless = 0;
  authFailures = 0;
  errors = 0;
  readonly limits = new Map<LimitName, number>();
  /** By method and status, a blank between them. */
  readonly requests = new Map<string, number>();
  /** How late frames left. */
  readonly frameLateness = new Lateness();
  /** How late the scheduler's timer fired. */
  readonly wakeLateness = new Lateness();

  /** Counts what happens seldom enough to be told as it happens. */
  take(event: ServerEvent): void {
    switch (event.event) {
      case "connected":
        this.connections++;
        break;
      case "request":
        this.#countRequest(event.method, event.status);
        break;
      case "session-setup":
        if (event.dialect === "lab") this.labSessions++;
        else this.rtspSessions++;
        break;
      case "session-report":
        this.receiverReports++;
        break;
      case "error":
        this.errors++;
        break;
    }
  }

  /** Counts a limit that was reached, which is told later where it happens often. */
  limitReached(limit: LimitName): void {
    this.limits.set(limit, (this.limits.get(limit) ?? 0) + 1);
  }

  #countRequest(method: string, status: number): void {
    const kind = `${METHOD.test(method) ? method : "other"} ${status}`;
    const { requests } = this;
    const isKnown = requests.has(kind) || requests.size < MOST_REQUEST_KINDS;
    const key = isKnown ? kind : OTHER_REQUESTS;
    requests.set(key, (requests.get(key) ?? 0) + 1);
  }
}
