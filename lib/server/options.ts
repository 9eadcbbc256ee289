import type { Clock } from "../net/clock.ts";
import type { MediaProvider } from "../stream/media_provider.ts";
import type { ServerEvent } from "./events.ts";

/** How much a server takes from strangers; every limit has a name and a default. */
export interface ServerLimits {
  /** Connections open at once; further ones are closed. */
  maxConnections: number;
  /** Sessions at once; SETUP of a further one is answered 453. */
  maxSessions: number;
  /** How long a connection may say nothing before its first whole request, in ms. */
  firstRequestMs: number;
  /** How long a peer may take to read a reply, in ms, before the connection is closed. */
  writeMs: number;
}

export const DEFAULT_SERVER_LIMITS: Readonly<ServerLimits> = Object.freeze({
  maxConnections: 5000,
  maxSessions: 5000,
  firstRequestMs: 30_000,
  writeMs: 10_000,
});

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
  limits: ServerLimits;
  onEvent: (event: ServerEvent) => void;
}
