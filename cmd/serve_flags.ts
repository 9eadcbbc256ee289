import { SEGMENTATIONS } from "../lib/net/frame_sender.ts";
import { DEFAULT_SERVER_LIMITS, DEFAULT_SERVER_OPTIONS } from "../lib/server/options.ts";
import { COMMON_FLAGS } from "./command.ts";
import type { FlagValues } from "./flags.ts";
import { IMPAIR_FLAG } from "./impair_flag.ts";
import { MOST_WORKERS } from "./serve_worker_count.ts";

/** The flags of `serve`. */
export const SERVE_FLAGS = {
  root: {
    kind: "text",
    placeholder: "DIR",
    help: "what may be served: files under DIR (./media where it exists, else .)",
  },
  source: {
    kind: "texts",
    placeholder: "NAME=URL",
    help: "serve something live: an http:// or rtsp:// camera, or - for stdin; may be repeated",
  },
  "source-trust": {
    kind: "texts",
    placeholder: "NAME=WHAT",
    help:
      "the certificate of an rtsps:// or https:// source: its SHA-256, or a PEM file with it or who signed it",
  },
  host: { kind: "text", placeholder: "ADDR", help: "address to listen on (all)" },
  fps: {
    kind: "number",
    placeholder: "N",
    help: `frames a second of files that state none (${DEFAULT_SERVER_OPTIONS.fps})`,
    least: 0.01,
    most: 1000,
  },
  check: {
    kind: "boolean",
    help: "serve nothing: say what the FILEs named are, and what serving them takes",
  },
  loop: { kind: "boolean", help: "start over at the end", excludes: "once" },
  once: { kind: "boolean", help: "stop at the end (this is the default)" },
  "udp-ports": {
    kind: "text",
    placeholder: "A-B",
    help: "UDP ports to choose from for RTP and RTCP (any that are free)",
  },
  transport: {
    kind: "text",
    placeholder: "T",
    choices: ["auto", "udp", "tcp", "multicast"],
    help: "auto, udp, tcp, or multicast: one stream for all viewers of a file (auto)",
  },
  ttl: {
    kind: "integer",
    placeholder: "N",
    help: "how far multicast goes: routers to cross plus one (1)",
    least: 1,
    most: 255,
  },
  "multicast-group": {
    kind: "text",
    placeholder: "GROUP",
    help: "A.B.C.D[:PORT] for all files, their ports counting up (one in 239.255/16 each)",
  },
  auth: {
    kind: "text",
    placeholder: "NAME:PASS|FILE",
    help:
      `demand a password; FILE has NAME:PASS or a hash a line, then what the user may watch: /cam/*`,
  },
  "hash-password": {
    kind: "text",
    placeholder: "NAME",
    help: "serve nothing: print NAME's line for such a FILE; the password comes from stdin",
  },
  "auth-basic": {
    kind: "boolean",
    help: "take Basic too without TLS, which shows the password to the network",
  },
  "tls-cert": {
    kind: "text",
    placeholder: "FILE",
    help: "RTSPS: the certificate chain, PEM; taken anew when the file changes",
  },
  "tls-key": { kind: "text", placeholder: "FILE", help: "RTSPS: its private key, PEM" },
  "tls-self-signed": {
    kind: "boolean",
    help: "RTSPS for trying: with a certificate made now, whose SHA-256 is told",
    excludes: "tls-cert",
  },
  srtp: {
    kind: "boolean",
    help: "encrypt media (SRTP) for players that know it; the keys go by RTSP, so use TLS too",
  },
  segmentation: {
    kind: "text",
    placeholder: "WHERE",
    choices: SEGMENTATIONS,
    help: "where the kernel cuts UDP frames: auto (on this machine for 8 viewers or more), " +
      "everywhere, elsewhere (never on this machine), never",
  },
  "session-timeout": {
    kind: "duration",
    placeholder: "D",
    help: "how long an RTSP session lives without a sign of its client (60s)",
    least: 1000,
  },
  "max-sessions": {
    kind: "integer",
    placeholder: "N",
    help: `sessions at once (${DEFAULT_SERVER_LIMITS.maxSessions})`,
    least: 1,
  },
  "max-connections": {
    kind: "integer",
    placeholder: "N",
    help: `connections at once (${DEFAULT_SERVER_LIMITS.maxConnections})`,
    least: 1,
  },
  "max-connections-per-address": {
    kind: "integer",
    placeholder: "N",
    help:
      `connections from one address at once (${DEFAULT_SERVER_LIMITS.maxConnectionsPerAddress}; this machine's own: any)`,
    least: 1,
  },
  "max-sessions-per-address": {
    kind: "integer",
    placeholder: "N",
    help:
      `sessions from one address at once (${DEFAULT_SERVER_LIMITS.maxSessionsPerAddress}; this machine's own: any)`,
    least: 1,
  },
  "max-sessions-per-connection": {
    kind: "integer",
    placeholder: "N",
    help: `sessions set up on one connection (${DEFAULT_SERVER_LIMITS.maxSessionsPerConnection})`,
    least: 1,
  },
  "max-streams-per-file": {
    kind: "integer",
    placeholder: "N",
    help: `sessions of one file at once (${DEFAULT_SERVER_LIMITS.maxStreamsPerFile})`,
    least: 1,
  },
  "max-open-files": {
    kind: "integer",
    placeholder: "N",
    help: `files open at once, however many watch each (${DEFAULT_SERVER_LIMITS.maxOpenFiles})`,
    least: 1,
  },
  "request-rate": {
    kind: "integer",
    placeholder: "N",
    help:
      `requests a second that a connection may send (${DEFAULT_SERVER_LIMITS.requestsPerSecond})`,
    least: 1,
  },
  "idle-timeout": {
    kind: "duration",
    placeholder: "D",
    help: "how long a connection without a session may be silent (2m)",
    least: 1000,
  },
  "session-any-connection": {
    kind: "boolean",
    help: "obey commands for a session from other connections and addresses of its user too",
  },
  impair: IMPAIR_FLAG,
  workers: {
    kind: "integer",
    placeholder: "N",
    help: "worker threads (one per core on Linux, elsewhere 1, and 1 for multicast)",
    least: 1,
    most: MOST_WORKERS,
  },
  ui: {
    kind: "text",
    placeholder: "[ADDR:]PORT",
    help: "a dashboard in the browser, with /metrics and /healthz for monitors (off; on 127.0.0.1)",
  },
  ...COMMON_FLAGS,
} as const;

export type ServeFlags = FlagValues<typeof SERVE_FLAGS>;
