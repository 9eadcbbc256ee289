import {
  type HistogramSample,
  metric,
  type MetricFamily,
  type MetricSample,
  secondsOf,
} from "./metrics_families.ts";
import type { Histogram } from "./metrics_histogram.ts";
import type { SentMedia, ServerMetrics } from "./metrics.ts";

/** What is true of a server now, beside what it counted. */
export interface ServerState {
  connections: number;
  /** Sessions by dialect, transport and state. */
  sessions: MetricSample[];
}

/** The limits that turn connections away. */
const REFUSING_LIMITS = ["connections", "connections-per-address", "connection-rate"] as const;

/** All that a server counts, as families of metrics. */
export function serverFamilies(metrics: ServerMetrics, state: ServerState): MetricFamily[] {
  return [
    ...viewerFamilies(metrics, state),
    ...sentFamilies(metrics),
    metric(
      "counter",
      "rtspkit_rtcp_packets_received_total",
      "Compound RTCP packets received",
      metrics.rtcpReceived,
    ),
    metric(
      "counter",
      "rtspkit_receiver_reports_total",
      "Reports of receivers about our streams",
      metrics.receiverReports,
    ),
    metric(
      "counter",
      "rtspkit_reported_lost_packets_total",
      "RTP packets that receivers reported missing",
      metrics.packetsReportedLost,
    ),
    transcodedFamily(metrics),
    histogram(
      "rtspkit_frame_lateness_seconds",
      "How long after its time each frame of a file left",
      metrics.frameLateness.histogram,
    ),
    histogram(
      "rtspkit_scheduler_lateness_seconds",
      "How long after its time the scheduler woke",
      metrics.wakeLateness.histogram,
    ),
    metric(
      "counter",
      "rtspkit_auth_failures_total",
      "Requests refused for wrong credentials",
      metrics.authFailures,
    ),
    metric("counter", "rtspkit_errors_total", "Lines of the log about errors", metrics.errors),
    {
      name: "rtspkit_limits_total",
      help: "How often a limit was reached and somebody had to do without",
      type: "counter",
      samples: [...metrics.limits].map(([limit, value]) => ({ labels: { limit }, value })),
    },
  ];
}

function viewerFamilies(
  metrics: ServerMetrics,
  { connections, sessions }: ServerState,
): MetricFamily[] {
  return [
    metric("gauge", "rtspkit_connections", "Control connections open", connections),
    metric(
      "counter",
      "rtspkit_connections_total",
      "Control connections accepted",
      metrics.connections,
    ),
    metric(
      "counter",
      "rtspkit_connections_refused_total",
      "Control connections turned away, since there were too many or they came too fast",
      REFUSING_LIMITS.reduce((sum, name) => sum + (metrics.limits.get(name) ?? 0), 0),
    ),
    { name: "rtspkit_sessions", help: "Sessions set up now", type: "gauge", samples: sessions },
    {
      name: "rtspkit_sessions_total",
      help: "Sessions ever set up",
      type: "counter",
      samples: [
        { labels: { dialect: "rtsp" }, value: metrics.rtspSessions },
        { labels: { dialect: "lab" }, value: metrics.labSessions },
      ],
    },
    {
      name: "rtspkit_requests_total",
      help: "Requests answered, by method and status",
      type: "counter",
      samples: [...metrics.requests].map(([kind, value]) => {
        const [method = "", status = ""] = kind.split(" ");
        return { labels: { method, status }, value };
      }),
    },
  ];
}

function sentFamilies(metrics: ServerMetrics): MetricFamily[] {
  return [
    sentFamily("rtspkit_frames_sent_total", "Frames sent", metrics, ({ frames }) => frames),
    sentFamily(
      "rtspkit_rtp_packets_sent_total",
      "RTP packets sent",
      metrics,
      ({ packets }) => packets,
    ),
    sentFamily(
      "rtspkit_rtp_bytes_sent_total",
      "Bytes of RTP payload sent, as sender reports count them",
      metrics,
      ({ bytes }) => bytes,
    ),
    metric(
      "counter",
      "rtspkit_frames_dropped_total",
      "Frames left out since their receiver was behind",
      metrics.framesDropped,
    ),
    metric(
      "counter",
      "rtspkit_frames_failed_total",
      "Frames left out since they could not be read or carried",
      metrics.framesFailed,
    ),
    metric(
      "counter",
      "rtspkit_datagrams_refused_total",
      "Datagrams that the system would not send",
      metrics.datagramsRefused,
    ),
  ];
}

function sentFamily(
  name: string,
  help: string,
  { sent }: ServerMetrics,
  count: (media: SentMedia) => number,
): MetricFamily {
  const samples = Object.entries(sent).map(([transport, media]) => {
    return { labels: { transport }, value: count(media) };
  });
  return { name, help, type: "counter", samples };
}

function transcodedFamily(metrics: ServerMetrics): MetricFamily {
  const { framesTranscoded, framesTranscodedLossless: lossless } = metrics;
  return {
    name: "rtspkit_frames_transcoded_total",
    help: "Frames made fit for RTP or for a lab datagram",
    type: "counter",
    samples: [
      { labels: { lossless: "true" }, value: lossless },
      { labels: { lossless: "false" }, value: framesTranscoded - lossless },
    ],
  };
}

function histogram(name: string, help: string, counted: Histogram): MetricFamily {
  const samples: HistogramSample[] = [secondsOf(counted)];
  return { name, help, type: "histogram", samples };
}
