import type { ServerEvent } from "../lib/server/events.ts";
import type { SharedCounts } from "../lib/server/places.ts";
import type { RelayPeer } from "../lib/server/port_relay.ts";
import type { Observation } from "../lib/server/watch.ts";
import type { ServeSettings } from "./serve_settings.ts";

/** A live source that the main thread pulls, and where its pictures come from. */
export interface RelayedSource {
  name: string;
  port: MessagePort;
}

/** What a worker is told once, to begin. */
export interface ServeOrder {
  kind: "serve";
  settings: ServeSettings;
  /** What the identifiers of its sessions begin with. */
  prefix: string;
  /** All other workers. */
  peers: RelayPeer[];
  /** Live sources; none when left out. */
  sources?: RelayedSource[];
  /** Where all workers count together. */
  counts: SharedCounts;
  /** Whether every event is wanted, or only those that people are told. */
  tellAll: boolean;
}

/** What a worker of `serve` is sent. */
export type ToWorker =
  | ServeOrder
  | { kind: "stop" }
  /** @param number for the answer */
  | { kind: "observe"; number: number }
  | { kind: "kick"; number: number; id: string; reason: string };

/** What it sends back: first that it listens, last that it has ended or failed. */
export type FromWorker =
  | { kind: "listening"; port: number }
  | { kind: "event"; event: ServerEvent }
  | { kind: "observed"; number: number; observation: Observation }
  | { kind: "kicked"; number: number; found: boolean }
  /** With what it had counted. */
  | { kind: "ended"; observation: Observation }
  | { kind: "failed"; failure: WorkerFailure };

/** An error on its way between threads, which keep no classes. */
export interface WorkerFailure {
  /** Whether it is about the port or address. */
  bind: boolean;
  message: string;
  stack: string | undefined;
}
