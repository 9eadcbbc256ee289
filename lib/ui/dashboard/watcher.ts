import type { MetricFamily } from "../../server/metrics_families.ts";
import type { Observation, SessionView } from "../../server/watch.ts";

/** How fast something goes. */
export interface Rates {
  framesPerSecond: number;
  bitsPerSecond: number;
}

/** What was seen at a moment, and how fast it was going. */
export interface Seen extends Rates {
  observation: Observation;
  /** Frames a second by session; a session that has just come has none yet. */
  sessionFps: ReadonlyMap<string, number>;
}

/** An observation and its time, in ms on the clock. */
interface Look {
  at: number;
  observation: Observation;
}

/** Looks that are closer together than this, in ms, are one. */
const SAME_LOOK_MS = 200;
/** Rates are measured over at least so long, in ms. */
const LEAST_SPAN_MS = 1000;
/** Rates measured so long ago say nothing of now. */
const MOST_SPAN_MS = 10_000;
const STILL: Omit<Seen, "observation"> = {
  framesPerSecond: 0,
  bitsPerSecond: 0,
  sessionFps: new Map(),
};

/** Looks at a server when somebody asks, and makes rates of what it counted between two looks. */
export class Watcher {
  #before: Look | undefined;
  #looking: Promise<Seen> | undefined;
  #rates = STILL;
  #ratesAt = -Infinity;
  #seen: { at: number; seen: Seen } | undefined;

  /** @param look what the server is doing now */
  constructor(readonly now: () => number, readonly look: () => Promise<Observation>) {}

  /** What the server is doing now, or was a moment ago. @throws what looking throws */
  async see(): Promise<Seen> {
    const seen = this.#seen;
    if (seen !== undefined && this.now() - seen.at <= SAME_LOOK_MS) return seen.seen;
    this.#looking ??= this.#lookNow().finally(() => this.#looking = undefined);
    return await this.#looking;
  }

  async #lookNow(): Promise<Seen> {
    const observation = await this.look();
    const at = this.now();
    this.#measure({ at, observation });
    const rates = at - this.#ratesAt > MOST_SPAN_MS ? STILL : this.#rates;
    const seen = { ...rates, observation };
    this.#seen = { at, seen };
    return seen;
  }

  #measure(look: Look): void {
    const before = this.#before;
    if (before !== undefined && look.at - before.at < LEAST_SPAN_MS) return;
    this.#before = look;
    if (before === undefined || look.at - before.at > MOST_SPAN_MS) return;
    this.#rates = ratesBetween(before, look);
    this.#ratesAt = look.at;
  }
}

function ratesBetween(before: Look, after: Look): Omit<Seen, "observation"> {
  const seconds = (after.at - before.at) / 1000;
  const rate = (name: string): number => {
    const sent = total(after.observation.families, name) - total(before.observation.families, name);
    // What was stopped and started anew begins at nothing.
    return Math.max(0, sent) / seconds;
  };
  const known = new Map(before.observation.sessions.map((session) => [session.id, session]));
  return {
    framesPerSecond: rate("rtspkit_frames_sent_total"),
    bitsPerSecond: 8 * rate("rtspkit_rtp_bytes_sent_total"),
    sessionFps: new Map(fpsOf(known, after.observation.sessions, seconds)),
  };
}

function* fpsOf(
  before: ReadonlyMap<string, SessionView>,
  sessions: readonly SessionView[],
  seconds: number,
): Generator<[id: string, fps: number]> {
  for (const { id, framesSent } of sessions) {
    const known = before.get(id);
    if (known !== undefined) yield [id, Math.max(0, framesSent - known.framesSent) / seconds];
  }
}

/** The sum of a family of counters or gauges, whatever their labels. */
export function total(families: readonly MetricFamily[], name: string): number {
  const family = families.find((one) => one.name === name);
  if (family === undefined || family.type === "histogram") return 0;
  return family.samples.reduce((sum, { value }) => sum + value, 0);
}
