/** Takes what an origin sends. */
export interface LiveSink {
  /** @param jpeg a whole JPEG file, in memory that is not used for anything else */
  frame(jpeg: Uint8Array): void;
  /** Something is wrong that need not be the end. */
  trouble(problem: string): void;
}

/**
 * Gets pictures from an origin: resolves when that has ended, rejects when it cannot be had or broke,
 * and comes to an end of its own when `signal` is aborted.
 */
export type Pull = (sink: LiveSink, signal: AbortSignal) => Promise<void>;
