/**
 * The entry of a worker thread of `serve`: a server of its own on the port that all workers share.
 * Does what the main thread says, and tells it what happens.
 *
 * @module
 */
import { relayedOrigin } from "../lib/media/live/live_relay.ts";
import { LiveSource } from "../lib/media/live/live_source.ts";
import { systemClock } from "../lib/net/clock.ts";
import { BindError } from "../lib/net/errors.ts";
import type { ServerEvent } from "../lib/server/events.ts";
import { Places } from "../lib/server/places.ts";
import { PortRelay } from "../lib/server/port_relay.ts";
import { serveOne, type Serving } from "./serve_one.ts";
import type { FromWorker, RelayedSource, ServeOrder, ToWorker } from "./serve_worker_messages.ts";
import { isTalk } from "./server_log.ts";

/** The part of a worker's global scope that is used. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker): void;
}

const scope = globalThis as unknown as WorkerScope;
let serving: Serving | undefined;

function serve({ settings, prefix, peers, counts, tellAll, sources = [] }: ServeOrder): void {
  const { limits } = settings.options;
  const places = {
    connections: new Places(limits.maxConnections, counts.connections),
    sessions: new Places(limits.maxSessions, counts.sessions),
  };
  const relay = new PortRelay(prefix, peers, systemClock);
  const onEvent = (event: ServerEvent): void => {
    if (tellAll || isTalk(event)) scope.postMessage({ kind: "event", event });
  };
  const live = new Map(sources.map((source) => [source.name, relayedSource(source)]));
  serving = serveOne(settings, { clock: systemClock, onEvent, live, shared: { places, relay } });
  scope.postMessage({ kind: "listening", port: serving.port });
  serving.ended.then(() => scope.postMessage({ kind: "ended" }), fail);
}

/** A source that the main thread pulls, which knows when to try again. */
function relayedSource({ name, port }: RelayedSource): LiveSource {
  return new LiveSource({
    name,
    pull: relayedOrigin(port),
    clock: systemClock,
    random: Math.random,
    once: true,
    lingerMs: 0,
  });
}

function fail(error: unknown): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const bind = error instanceof BindError;
  scope.postMessage({ kind: "failed", failure: { bind, message, stack } });
}

globalThis.addEventListener("error", (event) => {
  event.preventDefault();
  fail(event.error);
});

globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  fail(event.reason);
});

scope.onmessage = ({ data }): void => {
  try {
    if (data.kind === "serve") serve(data);
    else serving?.stop();
  } catch (error) {
    fail(error);
  }
};
