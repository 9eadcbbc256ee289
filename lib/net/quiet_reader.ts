import type { Clock, Timer } from "./clock.ts";

/** What a bounded read brought: bytes, the end of the stream, or nothing in the time given. */
export type ReadResult = Uint8Array | "end" | "quiet";

/**
 * Reads a connection with a bound on each wait. A wait that ran out leaves its read under way; the
 * next call picks it up, so no byte is lost. A server's clients wait here nearly all the time: it is
 * one promise beside the runtime's own.
 */
export class QuietReader {
  #buffer: Uint8Array<ArrayBuffer>;
  #reading = false;
  /** What the read brought, until it is taken. */
  #brought: { result: ReadResult } | { error: unknown } | undefined;
  #waiter: PromiseWithResolvers<ReadResult> | undefined;
  #timer: Timer | undefined;
  #lastLength = 0;

  constructor(
    readonly source: { read(buffer: Uint8Array): Promise<number | null> },
    readonly clock: Clock,
    bufferSize = 16384,
  ) {
    this.#buffer = new Uint8Array(bufferSize);
  }

  /** Bytes that the last read brought. */
  get lastLength(): number {
    return this.#lastLength;
  }

  /**
   * The next bytes (a copy, at most the buffer's size), `"end"`, or `"quiet"` when none came within
   * `milliseconds`. To be called again when that has been told.
   * @throws what the connection throws when it breaks
   */
  read(milliseconds: number): Promise<ReadResult> {
    this.#lastLength = 0;
    const waiter = this.#waiter = Promise.withResolvers<ReadResult>();
    if (!this.#reading) this.#begin();
    if (this.#brought !== undefined) this.#deliver();
    else if (milliseconds !== Infinity) {
      this.#timer = this.clock.setTimer(milliseconds, () => {
        this.#waiter = undefined;
        waiter.resolve("quiet");
      });
    }
    return waiter.promise;
  }

  #begin(): void {
    this.#reading = true;
    this.source.read(this.#buffer).then((count) => {
      const result = count === null ? "end" : this.#buffer.slice(0, count);
      this.#brought = { result };
      this.#deliver();
    }, (error) => {
      this.#brought = { error };
      this.#deliver();
    });
  }

  #deliver(): void {
    const [brought, waiter] = [this.#brought, this.#waiter];
    if (brought === undefined || waiter === undefined) return;
    this.#timer?.cancel();
    this.#timer = this.#waiter = this.#brought = undefined;
    this.#reading = false;
    if ("error" in brought) return waiter.reject(brought.error);
    if (typeof brought.result !== "string") this.#lastLength = brought.result.length;
    waiter.resolve(brought.result);
  }
}
