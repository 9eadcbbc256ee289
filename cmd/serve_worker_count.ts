import type { PortRange } from "../lib/net/rtp_port_pair.ts";
import type { TransportChoice } from "../lib/server/options.ts";
import { UsageError } from "./exit_status.ts";

/** Worker threads at most. */
export const MOST_WORKERS = 256;

/** What the number of workers depends on. */
export interface WorkerCountFacts {
  /** What `--workers` says. */
  asked: number | undefined;
  os: typeof Deno.build.os;
  /** Cores that this program may use. */
  cores: number;
  transport: TransportChoice;
  udpPorts?: PortRange | undefined;
}

/**
 * How many workers serve: one per core, where that helps.
 * @throws {UsageError} when more are asked for than there can be
 */
export function workerCount(facts: WorkerCountFacts): number {
  const { asked, cores } = facts;
  if (asked === 1) return 1;
  const bounds = boundsOf(facts);
  if (asked === undefined) return Math.min(cores, ...bounds.map(({ most }) => most));
  const broken = bounds.find(({ most }) => asked > most);
  if (broken === undefined) return asked;
  throw new UsageError(`--workers ${asked}: ${broken.why}`);
}

/** What bounds the number of workers, and why. */
function boundsOf({ os, transport, udpPorts }: WorkerCountFacts): { most: number; why: string }[] {
  const bounds = [{ most: MOST_WORKERS, why: `at most ${MOST_WORKERS}` }];
  // Elsewhere the port cannot be shared, or one of those who share it gets all connections.
  if (os !== "linux") bounds.push({ most: 1, why: "workers share a port, which only Linux can" });
  if (transport === "multicast") {
    bounds.push({ most: 1, why: "a multicast stream is sent once, by one worker" });
  }
  if (udpPorts !== undefined) {
    const { first, last } = udpPorts;
    const most = Math.floor((last - first - (first & 1) + 1) / 2);
    bounds.push({ most, why: `each needs a pair of UDP ports, and ${first}-${last} has ${most}` });
  }
  return bounds;
}
