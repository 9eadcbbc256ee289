import { toHex } from "../lib/bytes/hex.ts";
import type { Clock } from "../lib/net/clock.ts";
import { relayLive } from "../lib/media/live/live_relay.ts";
import type { LiveSource } from "../lib/media/live/live_source.ts";
import { listenTcp } from "../lib/net/tcp.ts";
import type { ServerEvent } from "../lib/server/events.ts";
import { joinObservations, type Observation } from "../lib/server/watch.ts";
import { shareCounts } from "../lib/server/places.ts";
import type { RelayPeer } from "../lib/server/port_relay.ts";
import { randomBytes } from "./random_bytes.ts";
import type { Serving } from "./serve_one.ts";
import type { ServeSettings } from "./serve_settings.ts";
import type { RelayedSource, ServeOrder } from "./serve_worker_messages.ts";
import { WorkerLink, type WorkerThread } from "./serve_worker_link.ts";

/** What a crew of workers needs beside the settings. */
export interface ServeCrewOptions {
  /** Workers, 2 or more. */
  count: number;
  clock: Clock;
  /** Whether every event is wanted, or only those that people are told. */
  tellAll: boolean;
  /** @param worker the number of the worker it happened in, from 1 */
  onEvent: (event: ServerEvent, worker: number) => void;
  /** Live sources by name, which this thread pulls for all workers. */
  live?: ReadonlyMap<string, LiveSource>;
  /** Starts a worker thread, for tests. */
  newThread?: () => WorkerThread;
}

/** Bytes of what tells one worker's sessions from another's. */
const PREFIX_BYTES = 2;

/**
 * Serves in several worker threads. Each has a server of its own on a listener of its own; all listen
 * on one port, and the system deals connections out among them.
 * @returns when all accept connections
 * @throws {BindError} (as a rejection) when the port or address cannot be had
 */
export async function serveCrew(
  settings: ServeSettings,
  { count, clock, tellAll, onEvent, live = new Map(), newThread = startThread }: ServeCrewOptions,
): Promise<Serving> {
  // Another program that shares its port would share ours, and take connections from us.
  if (settings.port !== 0) listenTcp(settings.host, settings.port).close();
  const links = Array.from({ length: count }, (_, i) => {
    return new WorkerLink(i + 1, newThread(), clock, (event) => onEvent(event, i + 1));
  });
  try {
    const port = await start(links, { settings, tellAll, live });
    const ended = endOf(links);
    ended.catch(() => {}); // whoever asks is told
    return {
      port,
      ended,
      stop: () => links.forEach((link) => link.stop()),
      observe: () => observeAll(links),
      kick: async (id, reason) => {
        const found = await Promise.all(links.map((link) => link.kick(id, reason)));
        return found.includes(true);
      },
    };
  } catch (error) {
    for (const link of links) link.terminate();
    throw error;
  }
}

function startThread(): WorkerThread {
  return new Worker(new URL("./serve_worker.ts", import.meta.url), { type: "module" });
}

/** Where no port was asked for, the first worker finds one. */
async function start(
  links: WorkerLink[],
  { settings, tellAll, live }: Pick<ServeOrder, "settings" | "tellAll"> & {
    live: ReadonlyMap<string, LiveSource>;
  },
): Promise<number> {
  const prefixes = distinctPrefixes(links.length);
  const mesh = connectAll(prefixes);
  const counts = shareCounts(new DataView(randomBytes(4).buffer).getUint32(0));
  const serve = (link: WorkerLink, port: number): Promise<number> => {
    const at = link.number - 1;
    const sources = relayAll(live);
    const order = { prefix: prefixes[at]!, peers: mesh[at]!, counts, tellAll, sources };
    return link.serve({ ...order, settings: { ...settings, port } });
  };
  const [first, ...others] = links;
  const port = await serve(first!, settings.port);
  await Promise.all(others.map((link) => serve(link, port)));
  return port;
}

/** Resolves when all have ended; when one dies the others are ended first. */
async function endOf(links: WorkerLink[]): Promise<void> {
  const ends = links.map(({ ended }) => ended);
  try {
    await Promise.all(ends);
  } finally {
    for (const link of links) link.stop();
    await Promise.allSettled(ends);
  }
}

async function observeAll(links: readonly WorkerLink[]): Promise<Observation> {
  const seen = await Promise.all(links.map((link) => link.observe()));
  return joinObservations(seen.filter((one) => one !== undefined));
}

function distinctPrefixes(count: number): string[] {
  const prefixes = new Set<string>();
  while (prefixes.size < count) prefixes.add(toHex(randomBytes(PREFIX_BYTES)));
  return [...prefixes];
}

/** A channel between every two; by worker, the ports to all others. */
function connectAll(prefixes: string[]): RelayPeer[][] {
  const peers: RelayPeer[][] = prefixes.map(() => []);
  for (const [a, prefix] of prefixes.entries()) {
    for (let b = 0; b < a; b++) {
      const { port1, port2 } = new MessageChannel();
      peers[a]!.push({ prefix: prefixes[b]!, port: port1 });
      peers[b]!.push({ prefix, port: port2 });
    }
  }
  return peers;
}

/** What one worker is sent of every live source. */
function relayAll(live: ReadonlyMap<string, LiveSource>): RelayedSource[] {
  return [...live].map(([name, source]) => {
    const { port1, port2 } = new MessageChannel();
    relayLive(source, port1);
    return { name, port: port2 };
  });
}
