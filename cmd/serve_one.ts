import { MediaLibrary } from "../lib/media/library.ts";
import type { LiveSource } from "../lib/media/live/live_source.ts";
import { PatternMedia } from "../lib/media/pattern/pattern_media.ts";
import { CarriableMedia } from "../lib/media/transcode/carriable_media.ts";
import { fitter } from "../lib/media/transcode/fitter.ts";
import { WorkerTranscoder } from "../lib/media/transcode/worker_transcoder.ts";
import type { Clock } from "../lib/net/clock.ts";
import { type Listener, RenewableListener } from "../lib/net/renewable_listener.ts";
import { OwnCertificateError } from "../lib/net/own_certificate.ts";
import { listenTcp } from "../lib/net/tcp.ts";
import type { ServerEvent } from "../lib/server/events.ts";
import { CountingTranscoder } from "../lib/server/metrics_transcoder.ts";
import { metric } from "../lib/server/metrics_families.ts";
import { ServerMetrics } from "../lib/server/metrics.ts";
import type { ServerPlaces } from "../lib/server/places.ts";
import { RtspServer } from "../lib/server/server.ts";
import type { SessionRelay } from "../lib/server/session_relay.ts";
import { BUILT_IN_MEDIA } from "./built_in.ts";
import { type CertificateFiles, CertificateWatch } from "./certificate_watch.ts";
import { randomBytes } from "./random_bytes.ts";
import type { Observation } from "../lib/server/watch.ts";
import { makeAuthenticator } from "./serve_access.ts";
import { ServedMedia } from "./serve_media.ts";
import type { ServeSettings } from "./serve_settings.ts";

/** Threads that transcode, at most; one where several servers share the cores. */
const MOST_TRANSCODERS = 2;

/** What serves, in one thread or several. */
export interface Serving {
  /** The port it listens on. */
  readonly port: number;
  /** Resolves when it has ended; rejects when it could not go on. */
  readonly ended: Promise<void>;
  /** Ends all sessions and connections. */
  stop(): void;
  /**
   * What it is doing now and has counted so far; after its end what it had counted.
   * @throws {TimeoutError} (as a rejection) when a part of it does not answer
   */
  observe(): Promise<Observation>;
  /**
   * Ends a session.
   * @param id as {@linkcode observe} tells it
   * @returns whether there is such a session
   */
  kick(id: string, reason: string): Promise<boolean>;
}

/** What a server has to work with beside its settings. */
export interface ServeOneOptions {
  clock: Clock;
  onEvent: (event: ServerEvent) => void;
  /** Live sources by name; not closed with the server. */
  live?: ReadonlyMap<string, LiveSource>;
  /** What it shares with others that listen on the same port; nothing when it is alone. */
  shared?: { places: ServerPlaces; relay: SessionRelay };
}

/**
 * Serves in this thread. Connections are accepted when it returns.
 * @throws {BindError} when the port or address cannot be had
 */
export function serveOne(
  settings: ServeSettings,
  { clock, onEvent, live = new Map(), shared }: ServeOneOptions,
): Serving {
  const { root, access, options } = settings;
  const { listener, watch } = listen(settings, { clock, onEvent, shared: shared !== undefined });
  const library = new MediaLibrary({
    root,
    builtIn: BUILT_IN_MEDIA,
    onChange: (file, message) => onEvent({ event: "media-changed", file, message }),
  });
  // One core is left to those who send.
  const spare = Math.max(1, navigator.hardwareConcurrency - 1);
  const threads = shared === undefined ? Math.min(MOST_TRANSCODERS, spare) : 1;
  const metrics = new ServerMetrics();
  const transcoder = new CountingTranscoder(new WorkerTranscoder({ threads }), metrics);
  const files = new CarriableMedia(library, {
    transcoder,
    onWork: (file, message) => onEvent({ event: "media-transcoded", file, message }),
  });
  const media = new ServedMedia({
    files,
    live,
    pattern: new PatternMedia(clock),
    converterFor: (carrier) => fitter(transcoder, carrier),
  });
  const authenticator = access && makeAuthenticator(access, clock, randomBytes);
  const server = new RtspServer(listener, {
    ...options,
    ...shared,
    media,
    clock,
    randomBytes,
    authenticator,
    metrics,
    onEvent,
  });
  return {
    port: listener.addr.port,
    ended: server.serve().finally(() => {
      watch?.close();
      files.close();
      return library.close();
    }),
    stop: () => server.close(),
    observe: () => Promise.resolve(observe(server, library, files)),
    kick: (id, reason) => Promise.resolve(server.kick(id, reason)),
  };
}

/** What the server tells, and what its media take. */
function observe(server: RtspServer, library: MediaLibrary, files: CarriableMedia): Observation {
  const seen = server.observe();
  return {
    ...seen,
    families: [
      ...seen.families,
      metric("gauge", "rtspkit_files_open", "Media open now", library.openCount),
      {
        name: "rtspkit_cache_bytes",
        help: "Bytes of frames kept in memory",
        type: "gauge",
        samples: [
          { labels: { frames: "read" }, value: library.cachedBytes },
          { labels: { frames: "transcoded" }, value: files.cachedBytes },
        ],
      },
    ],
  };
}

/** Listens as the settings say; a certificate is taken anew when its files change. */
function listen(
  { host, port, certificate, certificateFiles: files }: ServeSettings,
  { clock, onEvent, shared }: Pick<ServeOneOptions, "clock" | "onEvent"> & { shared: boolean },
): { listener: Listener; watch?: CertificateWatch } {
  if (certificate === undefined) return { listener: listenTcp(host, port, { shared }) };
  // Another program that shares its port would share ours, and take connections from us.
  if (!shared && port !== 0) listenTcp(host, port).close();
  if (files === undefined) return { listener: new RenewableListener(host, port, certificate) };
  const listener = listenWith(files, () => new RenewableListener(host, port, certificate));
  const watch = new CertificateWatch({
    files,
    current: certificate,
    clock,
    renew: (renewed) => listener.renew(renewed),
    tell: (message) => onEvent({ event: "certificate", message }),
  });
  return { listener, watch };
}

/** Names the files where it is they that cannot be used. */
function listenWith<L>({ cert, key }: CertificateFiles, listen: () => L): L {
  try {
    return listen();
  } catch (error) {
    if (!(error instanceof OwnCertificateError)) throw error;
    const message = `--tls-cert ${cert}, --tls-key ${key}: ${error.message}`;
    throw new OwnCertificateError(message, { cause: error });
  }
}
