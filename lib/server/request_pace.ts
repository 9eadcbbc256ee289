import { sleep } from "../net/clock.ts";
import type { ServerContext } from "./context.ts";
import { TokenBucket } from "./token_bucket.ts";

/** How fast one connection may ask. Who is faster waits, and nobody else does. */
export class RequestPace {
  readonly #requests: TokenBucket;
  readonly #bytes: TokenBucket;

  /** @param peer for the log */
  constructor(readonly context: ServerContext, readonly peer: string) {
    const { clock, limits } = context.options;
    const now = clock.now();
    this.#requests = new TokenBucket(limits.requestsPerSecond, limits.requestBurst, now);
    this.#bytes = new TokenBucket(limits.requestBytesPerSecond, limits.requestBytesBurst, now);
  }

  /** Counts one request; a promise when it has to wait. */
  request(): Promise<void> | undefined {
    return this.#waitFor(this.#requests, 1, "request-rate");
  }

  /** Counts bytes that were read; a promise when what they are has to wait. */
  bytes(count: number): Promise<void> | undefined {
    return this.#waitFor(this.#bytes, count, "request-bytes");
  }

  #waitFor(
    bucket: TokenBucket,
    count: number,
    limit: "request-rate" | "request-bytes",
  ): Promise<void> | undefined {
    const { clock } = this.context.options;
    const wait = bucket.take(count, clock.now());
    if (wait === 0) return undefined;
    this.context.limitReached(limit, this.peer);
    return sleep(clock, wait, this.context.stopping).catch(() => {});
  }
}
