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
import { placesWithin } from "../lib/server/places.ts";
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
  const places = placesWithin(limits, counts);
  const relay = new PortRelay(prefix, peers, systemClock);
  const onEvent = (event: ServerEvent): void => {
    if (tellAll || isTalk(event)) scope.postMessage({ kind: "event", event });
  };
  const live = new Map(sources.map((source) => [source.name, relayedSource(source)]));
  serving = serveOne(settings, { clock: systemClock, onEvent, live, shared: { places, relay } });
  scope.postMessage({ kind: "listening", port: serving.port });
  serving.ended.then(end).catch(fail);
}

/** Says that it has ended, and what it has counted. */
async function end(): Promise<void> {
  const observation = await serving!.observe();
  scope.postMessage({ kind: "ended", observation });
}

async function observe(number: number): Promise<void> {
  if (serving === undefined) return;
  scope.postMessage({ kind: "observed", number, observation: await serving.observe() });
}

async function kick(number: number, id: string, reason: string): Promise<void> {
  const found = await serving?.kick(id, reason) ?? false;
  scope.postMessage({ kind: "kicked", number, found });
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

function carryOut(data: ToWorker): void {
  switch (data.kind) {
    case "serve":
      return serve(data);
    case "observe":
      return void observe(data.number).catch(fail);
    case "kick":
      return void kick(data.number, data.id, data.reason).catch(fail);
    case "stop":
      return serving?.stop();
  }
}

scope.onmessage = ({ data }): void => {
  try {
    carryOut(data);
  } catch (error) {
    fail(error);
  }
};
