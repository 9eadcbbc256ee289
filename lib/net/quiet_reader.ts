import type { Clock } from "./clock.ts";

/** What a bounded read brought: bytes, the end of the stream, or nothing in the time given. */
export type ReadResult = Uint8Array | "end" | "quiet";

/**
 * Reads a connection with a bound on each wait. A wait that ran out leaves its read under way; the
 * next call picks it up, so no byte is lost.
 */
export class QuietReader {
  #buffer: Uint8Array<ArrayBuffer>;
  #pending: Promise<number | null> | undefined;

  constructor(
    readonly source: { read(buffer: Uint8Array): Promise<number | null> },
    readonly clock: Clock,
    bufferSize = 16384,
  ) {
    this.#buffer = new Uint8Array(bufferSize);
  }

  /**
   * The next bytes (a copy, at most the buffer's size), `"end"`, or `"quiet"` when none came within
   * `milliseconds`.
   * @throws what the connection throws when it breaks
   */
  async read(milliseconds: number): Promise<ReadResult> {
    this.#pending ??= this.source.read(this.#buffer);
    const count = milliseconds === Infinity
      ? await this.#pending
      : await this.#within(this.#pending, milliseconds);
    if (count === "quiet") return "quiet";
    this.#pending = undefined;
    return count === null ? "end" : this.#buffer.slice(0, count);
  }

  #within(read: Promise<number | null>, milliseconds: number): Promise<number | null | "quiet"> {
    return new Promise((resolve, reject) => {
      const timer = this.clock.setTimer(milliseconds, () => resolve("quiet"));
      read.then(
        (count) => {
          timer.cancel();
          resolve(count);
        },
        (error) => {
          timer.cancel();
          reject(error);
        },
      );
    });
  }
}
