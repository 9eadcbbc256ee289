import type { MetricFamily } from "../../server/metrics_families.ts";
import type { SessionView } from "../../server/watch.ts";
import type { Health } from "./health.ts";
import type { ServeState } from "./serve_control.ts";
import { type Seen, total } from "./watcher.ts";

/** `GET api/status`: the server at a glance. */
export interface Status {
  version: string;
  state: ServeState["state"];
  /** Null unless it is serving. */
  port: number | null;
  /** `rtsp` or `rtsps`. */
  scheme: string;
  /** Hosts by which this machine may be reached, the surest first. */
  hosts: string[];
  uptimeSeconds: number;
  workers: number;
  health: Health;
  connections: number;
  connectionsTotal: number;
  connectionsRefused: number;
  sessions: number;
  sessionsTotal: number;
  requests: number;
  framesSent: number;
  framesDropped: number;
  framesFailed: number;
  framesTranscoded: number;
  framesPerSecond: number;
  packetsSent: number;
  bytesSent: number;
  bitsPerSecond: number;
  rtcpReceived: number;
  packetsReportedLost: number;
  authFailures: number;
  errors: number;
  /** How often each limit was reached. */
  limits: Record<string, number>;
  lateMs: number;
  filesOpen: number;
  cacheBytes: number;
  memoryBytes: number;
  /** Null where that cannot be told. */
  openDescriptors: number | null;
}

/** What of a status does not come from counting. */
export type StatusFacts = Pick<
  Status,
  "version" | "state" | "port" | "scheme" | "hosts" | "uptimeSeconds" | "health"
>;

/** A status of what was seen. */
export function statusOf(
  facts: StatusFacts,
  seen: Seen,
  ofProcess: readonly MetricFamily[],
): Status {
  const { observation, framesPerSecond, bitsPerSecond } = seen;
  const { families } = observation;
  const sum = (name: string): number => total(families, `rtspkit_${name}`);
  return {
    ...facts,
    workers: observation.workers,
    connections: observation.connections,
    connectionsTotal: sum("connections_total"),
    connectionsRefused: sum("connections_refused_total"),
    sessions: observation.sessionCount,
    sessionsTotal: sum("sessions_total"),
    requests: sum("requests_total"),
    framesSent: sum("frames_sent_total"),
    framesDropped: sum("frames_dropped_total"),
    framesFailed: sum("frames_failed_total"),
    framesTranscoded: sum("frames_transcoded_total"),
    framesPerSecond,
    packetsSent: sum("rtp_packets_sent_total"),
    bytesSent: sum("rtp_bytes_sent_total"),
    bitsPerSecond,
    rtcpReceived: sum("rtcp_packets_received_total"),
    packetsReportedLost: sum("reported_lost_packets_total"),
    authFailures: sum("auth_failures_total"),
    errors: sum("errors_total"),
    limits: limitsOf(families),
    lateMs: observation.lateMs,
    filesOpen: sum("files_open"),
    cacheBytes: sum("cache_bytes"),
    memoryBytes: total(ofProcess, "process_resident_memory_bytes"),
    openDescriptors: ofProcess.some(({ name }) => name === "process_open_fds")
      ? total(ofProcess, "process_open_fds")
      : null,
  };
}

/** A session of `GET api/sessions`. */
export interface SessionStatus extends SessionView {
  /** Frames a second of late; null for one that has just come. */
  fps: number | null;
}

/** Sessions told at once unless more are asked for. */
export const SESSIONS_TOLD = 100;

/** `GET api/sessions`: the oldest first, no more than `most`. */
export function sessionsOf(
  { observation, sessionFps }: Seen,
  most: number,
): { total: number; sessions: SessionStatus[] } {
  const sessions = observation.sessions.slice(0, most).map((session) => {
    return { ...session, fps: sessionFps.get(session.id) ?? null };
  });
  return { total: observation.sessionCount, sessions };
}

function limitsOf(families: readonly MetricFamily[]): Record<string, number> {
  const family = families.find(({ name }) => name === "rtspkit_limits_total");
  if (family === undefined || family.type === "histogram") return {};
  return Object.fromEntries(family.samples.map(({ labels, value }) => [labels.limit ?? "", value]));
}
