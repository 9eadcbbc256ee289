import { KEYED_CELLS, KeyedPlaces } from "./keyed_places.ts";
import type { PlaceLimits } from "./options.ts";

/**
 * Places of which there are only so many: for connections, or for sessions. Servers on several
 * threads that are to hold to one limit together get the same cell in shared memory.
 */
export class Places {
  /**
   * @param limit places in all
   * @param cell where those taken are counted; one of its own when left out
   */
  constructor(readonly limit: number, readonly cell: Int32Array = new Int32Array(1)) {}

  /** Takes a place; false when there is none left. */
  take(): boolean {
    for (;;) {
      const taken = Atomics.load(this.cell, 0);
      if (taken >= this.limit) return false;
      // Another thread may have been quicker.
      if (Atomics.compareExchange(this.cell, 0, taken, taken + 1) === taken) return true;
    }
  }

  /** Gives a place back that was taken. */
  giveBack(): void {
    Atomics.sub(this.cell, 0, 1);
  }
}

/** The places of a server, its own or shared with others. */
export interface ServerPlaces {
  connections: Places;
  sessions: Places;
  /** By {@linkcode addressKey}. */
  connectionsPerAddress: KeyedPlaces;
  sessionsPerAddress: KeyedPlaces;
  /** By the name of the media. */
  streamsPerFile: KeyedPlaces;
}

/** Where servers on several threads count together: plain values, which go between threads. */
export interface SharedCounts {
  /** One cell each. */
  connections: Int32Array;
  sessions: Int32Array;
  /** {@linkcode KEYED_CELLS} each. */
  connectionsPerAddress: Int32Array;
  sessionsPerAddress: Int32Array;
  streamsPerFile: Int32Array;
  /** Random, 32 bits. */
  seed: number;
}

/** Counts that all threads see. */
export function shareCounts(seed: number): SharedCounts {
  const cells = (count: number): Int32Array =>
    new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT));
  return {
    connections: cells(1),
    sessions: cells(1),
    connectionsPerAddress: cells(KEYED_CELLS),
    sessionsPerAddress: cells(KEYED_CELLS),
    streamsPerFile: cells(KEYED_CELLS),
    seed,
  };
}

/** The places that the limits allow, counted by itself or with others. */
export function placesWithin(
  limits: PlaceLimits,
  counts: Partial<SharedCounts> & Pick<SharedCounts, "seed">,
): ServerPlaces {
  const { seed } = counts;
  const keyed = (limit: number, cells: Int32Array | undefined): KeyedPlaces =>
    new KeyedPlaces({ limit, cells, seed });
  return {
    connections: new Places(limits.maxConnections, counts.connections),
    sessions: new Places(limits.maxSessions, counts.sessions),
    connectionsPerAddress: keyed(limits.maxConnectionsPerAddress, counts.connectionsPerAddress),
    sessionsPerAddress: keyed(limits.maxSessionsPerAddress, counts.sessionsPerAddress),
    streamsPerFile: keyed(limits.maxStreamsPerFile, counts.streamsPerFile),
  };
}
