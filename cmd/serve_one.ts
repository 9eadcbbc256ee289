import { MediaLibrary } from "../lib/media/library.ts";
import type { Clock } from "../lib/net/clock.ts";
import { listenTcp, listenTls } from "../lib/net/tcp.ts";
import type { ServerEvent } from "../lib/server/events.ts";
import type { ServerPlaces } from "../lib/server/places.ts";
import { RtspServer } from "../lib/server/server.ts";
import type { SessionRelay } from "../lib/server/session_relay.ts";
import { BUILT_IN_MEDIA } from "./built_in.ts";
import { randomBytes } from "./random_bytes.ts";
import { makeAuthenticator } from "./serve_access.ts";
import type { ServeSettings } from "./serve_settings.ts";

/** What serves, in one thread or several. */
export interface Serving {
  /** The port it listens on. */
  readonly port: number;
  /** Resolves when it has ended; rejects when it could not go on. */
  readonly ended: Promise<void>;
  /** Ends all sessions and connections. */
  stop(): void;
}

/** What a server has to work with beside its settings. */
export interface ServeOneOptions {
  clock: Clock;
  onEvent: (event: ServerEvent) => void;
  /** What it shares with others that listen on the same port; nothing when it is alone. */
  shared?: { places: ServerPlaces; relay: SessionRelay };
}

/**
 * Serves in this thread. Connections are accepted when it returns.
 * @throws {BindError} when the port or address cannot be had
 */
export function serveOne(
  settings: ServeSettings,
  { clock, onEvent, shared }: ServeOneOptions,
): Serving {
  const { host, port, certificate, root, access, options } = settings;
  const binding = { shared: shared !== undefined };
  const listener = certificate === undefined
    ? listenTcp(host, port, binding)
    : listenTls(host, port, certificate, binding);
  const media = new MediaLibrary({ root, builtIn: BUILT_IN_MEDIA });
  const authenticator = access && makeAuthenticator(access, clock, randomBytes);
  const server = new RtspServer(listener, {
    ...options,
    ...shared,
    media,
    clock,
    randomBytes,
    authenticator,
    onEvent,
  });
  return {
    port: listener.addr.port,
    ended: server.serve().finally(() => media.close()),
    stop: () => server.close(),
  };
}
