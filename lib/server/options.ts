import type { Clock } from "../net/clock.ts";
import type { Segmentation } from "../net/frame_sender.ts";
import type { PortRange } from "../net/rtp_port_pair.ts";
import type { ImpairmentSettings } from "../stream/impairment.ts";
import type { MediaProvider } from "../stream/media_provider.ts";
import type { Authenticator } from "./authenticator.ts";
import type { ServerEvent } from "./events.ts";
import type { ServerMetrics } from "./metrics.ts";
import type { ServerPlaces } from "./places.ts";
import type { MulticastOptions } from "./rtsp/multicast_groups.ts";
import type { SessionRelay } from "./session_relay.ts";

/** How many of each thing there may be at once. */
export interface PlaceLimits {
  /** Connections; further ones are answered 503 and closed. */
  maxConnections: number;
  /** Connections from one address. */
  maxConnectionsPerAddress: number;
  /** Sessions; SETUP of a further one is answered 453. */
  maxSessions: number;
  /** Sessions set up from one address. */
  maxSessionsPerAddress: number;
  /** Sessions of one file. */
  maxStreamsPerFile: number;
}

/** How much a server takes from strangers; every limit has a name and a default (docs/limits.md). */
export interface ServerLimits extends PlaceLimits {
  /** Sessions set up on one connection. */
  maxSessionsPerConnection: number;
  /** Media open at once, each counted once however many watch it; a further one is answered 503. */
  maxOpenFiles: number;
  /** New connections of one address a second in the long run, and at once. */
  connectionsPerSecond: number;
  connectionBurst: number;
  /**
   * Whether the limits for each address hold for this machine's own too. All clients of a proxy on
   * this machine come from there.
   */
  countLoopback: boolean;
  /** Requests of one connection a second in the long run, and at once; further ones wait. */
  requestsPerSecond: number;
  requestBurst: number;
  /** Bytes of one connection a second in the long run, and at once; further ones wait. */
  requestBytesPerSecond: number;
  requestBytesBurst: number;
  /** Bytes of a request's body at most; its head is bounded by `lib/rtsp/limits.ts`. */
  requestBodyBytes: number;
  /** How long a connection may say nothing before its first whole request, in ms. */
  firstRequestMs: number;
  /** How long a request may take from its first byte to its last, in ms. */
  requestMs: number;
  /** How long a connection without a session may be silent, in ms. */
  idleMs: number;
  /** How long a peer may read nothing while something waits for it, in ms, before it is closed. */
  writeMs: number;
  /** Bytes that may wait for a peer that reads slowly before whole frames are left out. */
  backlogBytes: number;
  /** How long a piece may wait for such a peer, in ms, before they are. */
  backlogMs: number;
  /** Bytes that may wait for all peers together before frames are left out. */
  totalBacklogBytes: number;
  /** Malformed messages a connection may send before it is closed. */
  malformedMessages: number;
  /** Ranges that may wait behind the one being played (RFC 2326, section 10.5). */
  queuedPlays: number;
}

export const DEFAULT_SERVER_LIMITS: Readonly<ServerLimits> = Object.freeze({
  maxConnections: 5000,
  maxConnectionsPerAddress: 500,
  maxSessions: 5000,
  maxSessionsPerAddress: 1000,
  maxStreamsPerFile: 5000,
  maxSessionsPerConnection: 32,
  maxOpenFiles: 256,
  connectionsPerSecond: 50,
  connectionBurst: 500,
  countLoopback: false,
  requestsPerSecond: 50,
  requestBurst: 250,
  requestBytesPerSecond: 1024 * 1024,
  requestBytesBurst: 16 * 1024 * 1024,
  requestBodyBytes: 64 * 1024,
  firstRequestMs: 30_000,
  requestMs: 15_000,
  idleMs: 120_000,
  writeMs: 10_000,
  backlogBytes: 512 * 1024,
  backlogMs: 500,
  totalBacklogBytes: 256 * 1024 * 1024,
  malformedMessages: 8,
  queuedPlays: 16,
});

/**
 * The transports a server offers: `auto` UDP and TCP, as the client likes; `udp` and `tcp` one of them
 * only; `multicast` one stream for all viewers of a file, and TCP for those it does not reach.
 */
export type TransportChoice = "auto" | "udp" | "tcp" | "multicast";

/** What a server is made of; all of it comes from outside. */
export interface ServerOptions {
  media: MediaProvider;
  clock: Clock;
  /** Random bytes that cannot be guessed. */
  randomBytes: (length: number) => Uint8Array;
  /** Frames per second of sources that state none. */
  fps: number;
  /** Whether a source starts over when it ends. */
  loop: boolean;
  /** How long an RTSP session lives without a sign of its client, in seconds. */
  sessionTimeout: number;
  /**
   * Whether a session may be told what to do from other connections than its own when its media goes
   * over that, and from other addresses than its own when it does not.
   */
  sessionAnyConnection: boolean;
  /** UDP ports for RTP and RTCP; undefined for any that are free. */
  udpPorts?: PortRange | undefined;
  transport: TransportChoice;
  /** Whether media is protected (SRTP), for every viewer with keys of its own; not by multicast. */
  srtp: boolean;
  multicast: MulticastOptions;
  /** Who may use the server; undefined for everybody. */
  authenticator?: Authenticator | undefined;
  /** Bytes of one RTP payload at most. */
  maxPayload: number;
  /** Whether the kernel may cut frames into their packets, where the system can do that. */
  segmentation: Segmentation;
  /** A bad network that media goes through on its way out; undefined for none. */
  impairment?: ImpairmentSettings | undefined;
  /** How far apart the moments are at least at which viewers share their frames, in ms. */
  gridMs: number;
  limits: ServerLimits;
  /** Places for connections and sessions that other servers share; by the limits when left out. */
  places?: ServerPlaces | undefined;
  /** Where other servers are met that accept connections on the same port; undefined without any. */
  relay?: SessionRelay | undefined;
  onEvent: (event: ServerEvent) => void;
  /** Where it counts what it does; in one of its own when left out. */
  metrics?: ServerMetrics | undefined;
}

/** The defaults of the options that have one. */
export const DEFAULT_SERVER_OPTIONS = Object.freeze({
  /** The course lab's 50 ms. */
  fps: 20,
  loop: false,
  sessionTimeout: 60,
  sessionAnyConnection: false,
  transport: "auto" as const,
  srtp: false,
  multicast: Object.freeze({ ttl: 1 }),
  maxPayload: 1400,
  segmentation: "auto" as Segmentation,
  gridMs: 2.5,
  limits: DEFAULT_SERVER_LIMITS,
});
