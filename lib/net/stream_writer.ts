import { type Clock, TimeoutError } from "./clock.ts";
import { closeQuietly, writeAll } from "./tcp.ts";

/** How a {@linkcode StreamWriter} treats a peer that reads slowly. */
export interface StreamWriterOptions {
  clock: Clock;
  /** How long the peer may take to read one piece, in ms, before the connection is closed. */
  writeMs: number;
  /** Bytes that may wait behind the piece being written before offers are declined. */
  backlogBytes: number;
}

/**
 * Writes to one connection, piece after piece, each whole. What must arrive (a reply) is written
 * whatever waits; what may be left out (a frame) is offered, and declined while the peer is behind.
 */
export class StreamWriter {
  #tail: Promise<void> = Promise.resolve();
  #backlog = 0;
  #failure: unknown;

  constructor(readonly connection: Deno.Conn, readonly options: StreamWriterOptions) {}

  /** Bytes accepted and not yet taken by the system. */
  get backlog(): number {
    return this.#backlog;
  }

  /**
   * Writes after everything accepted before.
   * @throws what the connection throws, or {@linkcode TimeoutError} when the peer does not read
   */
  write(bytes: Uint8Array): Promise<void> {
    this.#backlog += bytes.length;
    const done = this.#tail.then(() => this.#writeWhole(bytes));
    // A failure is told to whoever waits for this piece, and to all after it.
    this.#tail = done.catch(() => {});
    return done;
  }

  /**
   * Accepts a piece that may be left out, unless the peer is behind.
   * @param written called when the bytes may be used again, whether they were written or not
   * @returns false when it was declined; `written` is not called then
   */
  offer(bytes: Uint8Array, written: () => void): boolean {
    if (this.#failure !== undefined || this.#backlog > this.options.backlogBytes) return false;
    this.write(bytes).then(written, written);
    return true;
  }

  async #writeWhole(bytes: Uint8Array): Promise<void> {
    const { clock, writeMs } = this.options;
    if (this.#failure !== undefined) throw this.#failure;
    const timer = clock.setTimer(writeMs, () => {
      this.#failure = new TimeoutError("the peer to read", writeMs);
      // A write that has begun cannot be called off any other way.
      closeQuietly(this.connection);
    });
    try {
      await writeAll(this.connection, bytes);
    } catch (error) {
      this.#failure ??= error;
      throw this.#failure;
    } finally {
      timer.cancel();
      this.#backlog -= bytes.length;
    }
  }
}
