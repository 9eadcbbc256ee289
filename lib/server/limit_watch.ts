import type { Clock, Timer } from "../net/clock.ts";
import type { LimitName } from "./limit_names.ts";

/** A limit that was reached: somebody had to do without. */
export interface LimitBites {
  limit: LimitName;
  /** Whom it was reached for last. */
  peer: string;
  /** How often since it was told last, this time included. */
  times: number;
}

/** The least time between two words about the same limit, in ms: a flood must not flood the log. */
const APART_MS = 1000;
/** What that becomes for one that is reached all the time, twice as long with each word. */
const MOST_APART_MS = 60_000;

/** What has not been told yet of one limit. */
interface Untold {
  toldAt: number;
  /** For how long nothing is told after that, in ms. */
  apartMs: number;
  times: number;
  peer: string;
  timer: Timer | undefined;
}

/**
 * Tells of each limit that is reached at most once a second, and ever more seldom of one that is
 * reached all the time, as by a viewer whose line is too narrow.
 */
export class LimitWatch {
  readonly #untold = new Map<LimitName, Untold>();
  #closed = false;

  /** @param tell called at the first time at once, then for all of a while together */
  constructor(readonly clock: Clock, readonly tell: (bites: LimitBites) => void) {}

  /** @param peer whom it was reached for */
  reached(limit: LimitName, peer: string): void {
    let untold = this.#untold.get(limit);
    if (untold === undefined) {
      untold = { toldAt: -Infinity, apartMs: APART_MS, times: 0, peer, timer: undefined };
      this.#untold.set(limit, untold);
    }
    untold.times++;
    untold.peer = peer;
    if (untold.timer !== undefined) return;
    const left = untold.toldAt + untold.apartMs - this.clock.now();
    if (left <= 0 || this.#closed) {
      untold.apartMs = APART_MS;
      return this.#tell(limit, untold);
    }
    const due = untold;
    untold.timer = this.clock.setTimer(left, () => {
      due.apartMs = Math.min(2 * due.apartMs, MOST_APART_MS);
      this.#tell(limit, due);
    });
  }

  /** Tells what was not told yet. */
  close(): void {
    this.#closed = true;
    for (const [limit, untold] of this.#untold) this.#tell(limit, untold);
  }

  #tell(limit: LimitName, untold: Untold): void {
    untold.timer?.cancel();
    untold.timer = undefined;
    const { times, peer } = untold;
    if (times === 0) return;
    untold.times = 0;
    untold.toldAt = this.clock.now();
    this.tell({ limit, peer, times });
  }
}
