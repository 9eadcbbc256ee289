import type { ImpairmentSettings } from "./impairment.ts";

/** What the bucket of a rate limit holds: bytes that pass at once after a rest. */
const BUCKET_BYTES = 3000;
const BUCKET_MS = 10;
/** What may wait for its turn under a rate limit; what comes on top is lost. */
const QUEUE_BYTES = 16 * 1024;
const QUEUE_MS = 250;

/**
 * When packets come out of a line that goes in at one end, by rate, stalls, delay and jitter. A token
 * bucket lets `rate` bits a second pass; what waits for it is bounded, and beyond that lost.
 */
export class ImpairedLink {
  /** What a full bucket is worth, in ms at the rate. */
  readonly #bucketMs: number;
  readonly #queueMs: number;
  /** When the bucket is full again. */
  #fullAt = -Infinity;
  #origin: number | undefined;
  #lastArrival = -Infinity;

  constructor(readonly settings: ImpairmentSettings) {
    this.#bucketMs = Math.max(BUCKET_MS, this.#timeFor(BUCKET_BYTES));
    this.#queueMs = Math.max(QUEUE_MS, this.#timeFor(QUEUE_BYTES));
  }

  /**
   * Takes a packet, behind those before it.
   * @param now in ms, never less than before
   * @param length in bytes
   * @param jitterMs what it is on its way longer than the delay, or less when below 0
   * @returns when it arrives, never before one that was taken before; undefined when it is lost since
   * too many wait
   */
  take(now: number, length: number, jitterMs: number): number | undefined {
    this.#origin ??= now;
    const leaves = this.#leave(now, this.#timeFor(length));
    if (leaves === undefined) return undefined;
    const arrives = leaves + Math.max(0, this.settings.delayMs + jitterMs);
    return this.#lastArrival = Math.max(this.#lastArrival, arrives);
  }

  /** @param cost what the packet takes out of the bucket, in ms */
  #leave(now: number, cost: number): number | undefined {
    const from = this.#afterStall(now);
    const fullAt = Math.max(this.#fullAt, from);
    const waiting = fullAt - from - this.#bucketMs;
    if (waiting > 0 && waiting + cost > this.#queueMs) return undefined;
    const free = from + Math.max(0, waiting + cost);
    const leaves = this.#afterStall(free);
    this.#fullAt = fullAt + cost + leaves - free;
    return leaves;
  }

  /** That time, or the end of the stall it lies in. */
  #afterStall(time: number): number {
    const { stall } = this.settings;
    if (stall === undefined) return time;
    const phase = (time - this.#origin!) % stall.everyMs;
    return phase < stall.everyMs - stall.lengthMs ? time : time + stall.everyMs - phase;
  }

  #timeFor(bytes: number): number {
    return 8000 * bytes / this.settings.rate;
  }
}
