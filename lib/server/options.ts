import type { Clock } from "../net/clock.ts";
import type { Segmentation } from "../net/frame_sender.ts";
import type { PortRange } from "../net/rtp_port_pair.ts";
import type { MediaProvider } from "../stream/media_provider.ts";
import type { Authenticator } from "./authenticator.ts";
import type { ServerEvent } from "./events.ts";
import type { ServerPlaces } from "./places.ts";
import type { MulticastOptions } from "./rtsp/multicast_groups.ts";
import type { SessionRelay } from "./session_relay.ts";

/** How much a server takes from strangers; every limit has a name and a default. */
export interface ServerLimits {
  /** Connections open at once; further ones are closed. */
  maxConnections: number;
  /** Sessions at once; SETUP of a further one is answered 453. */
  maxSessions: number;
  /** How long a connection may say nothing before its first whole request, in ms. */
  firstRequestMs: number;
  /** How long a peer may read nothing while something waits for it, in ms, before it is closed. */
  writeMs: number;
  /** Bytes that may wait for a peer that reads slowly before whole frames are left out. */
  backlogBytes: number;
  /** Malformed messages a connection may send before it is closed. */
  malformedMessages: number;
  /** Ranges that may wait behind the one being played (RFC 2326, section 10.5). */
  queuedPlays: number;
}

export const DEFAULT_SERVER_LIMITS: Readonly<ServerLimits> = Object.freeze({
  maxConnections: 5000,
  maxSessions: 5000,
  firstRequestMs: 30_000,
  writeMs: 10_000,
  backlogBytes: 512 * 1024,
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
  /** UDP ports for RTP and RTCP; undefined for any that are free. */
  udpPorts?: PortRange | undefined;
  transport: TransportChoice;
  multicast: MulticastOptions;
  /** Who may use the server; undefined for everybody. */
  authenticator?: Authenticator | undefined;
  /** Bytes of one RTP payload at most. */
  maxPayload: number;
  /** Whether the kernel may cut frames into their packets, where the system can do that. */
  segmentation: Segmentation;
  /** How far apart the moments are at which viewers may begin, in ms. */
  gridMs: number;
  limits: ServerLimits;
  /** Places for connections and sessions that other servers share; by the limits when left out. */
  places?: ServerPlaces | undefined;
  /** Where other servers are met that accept connections on the same port; undefined without any. */
  relay?: SessionRelay | undefined;
  onEvent: (event: ServerEvent) => void;
}

/** The defaults of the options that have one. */
export const DEFAULT_SERVER_OPTIONS = Object.freeze({
  /** The course lab's 50 ms. */
  fps: 20,
  loop: false,
  sessionTimeout: 60,
  transport: "auto" as const,
  multicast: Object.freeze({ ttl: 1 }),
  maxPayload: 1400,
  segmentation: "elsewhere" as Segmentation,
  gridMs: 4,
  limits: DEFAULT_SERVER_LIMITS,
});
