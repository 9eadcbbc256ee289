import type { ByteBudget } from "./byte_budget.ts";
import { type Clock, HELD_UP_MS, TimeoutError, type Timer } from "./clock.ts";
import { closeQuietly } from "./tcp.ts";

/** How a {@linkcode StreamWriter} treats a peer that reads slowly. */
export interface StreamWriterOptions {
  clock: Clock;
  /** How long the peer may read nothing while something waits, in ms, before it is disconnected. */
  writeMs: number;
  /** Bytes that may wait behind the piece being written before offers are declined. */
  backlogBytes: number;
  /** What all writers together may have waiting before offers are declined; none when left out. */
  budget?: ByteBudget | undefined;
  /** Told of offers that were declined, and of a peer that is disconnected. */
  onLimit?: ((limit: "slow-reader" | "queued-bytes") => void) | undefined;
}

/** A piece that waits for its turn, and who is told how it went. */
interface Piece {
  bytes: Uint8Array;
  done: (failure: unknown) => void;
}

/**
 * Writes to one connection, piece after piece, each whole. What must arrive (a reply) is written
 * whatever waits; what may be left out (a frame) is offered, and declined while the peer is behind.
 */
export class StreamWriter {
  #queue: Piece[] = [];
  #writing = false;
  /** When the system last took something of the piece being written, or the piece was begun. */
  #waitingSince = 0;
  /** Set while pieces are written. */
  #watchdog: Timer | undefined;
  #backlog = 0;
  #failure: unknown;

  constructor(readonly connection: Deno.Conn, readonly options: StreamWriterOptions) {}

  /** What went wrong; undefined while nothing did. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Bytes accepted and not yet taken by the system. */
  get backlog(): number {
    return this.#backlog;
  }

  /** Whether nothing waits and nothing has failed: what is written now would go out at once. */
  get idle(): boolean {
    return !this.#writing && this.#failure === undefined;
  }

  /**
   * Writes after everything accepted before.
   * @throws what the connection throws, or {@linkcode TimeoutError} when the peer does not read
   */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#accept(bytes, (failure) => failure === undefined ? resolve() : reject(failure));
    });
  }

  /**
   * Accepts a piece that may be left out, unless the peer is behind.
   * @param written called when the bytes may be used again, whether they were written or not
   * @returns false when it was declined; `written` is not called then
   */
  offer(bytes: Uint8Array, written: () => void): boolean {
    if (this.#failure !== undefined) return false;
    const { backlogBytes, budget, onLimit } = this.options;
    if (this.#backlog > backlogBytes || (budget?.spent && this.#backlog > 0)) {
      onLimit?.("queued-bytes");
      return false;
    }
    this.#accept(bytes, written);
    return true;
  }

  /** Closes the connection; what still waits fails. */
  close(): void {
    this.#failure ??= new Deno.errors.Interrupted("The connection was closed");
    this.#calmDown();
    closeQuietly(this.connection);
  }

  #accept(bytes: Uint8Array, done: Piece["done"]): void {
    this.#backlog += bytes.length;
    this.options.budget?.add(bytes.length);
    this.#queue.push({ bytes, done });
    if (!this.#writing) this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    this.#writing = true;
    for (let piece = this.#queue.shift(); piece !== undefined; piece = this.#queue.shift()) {
      await this.#writeOne(piece.bytes);
      this.#backlog -= piece.bytes.length;
      this.options.budget?.remove(piece.bytes.length);
      piece.done(this.#failure);
    }
    this.#writing = false;
    this.#calmDown();
  }

  /** A failure is kept: it is told to whoever waits for this piece, and to all after it. */
  async #writeOne(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) return;
    const { clock, writeMs } = this.options;
    this.#watchdog ??= clock.setTimer(writeMs, () => this.#watch());
    try {
      for (let written = 0; written < bytes.length;) {
        this.#waitingSince = clock.now();
        written += await this.connection.write(written === 0 ? bytes : bytes.subarray(written));
      }
    } catch (error) {
      this.#failure ??= error;
    }
  }

  #calmDown(): void {
    this.#watchdog?.cancel();
    this.#watchdog = undefined;
  }

  /** Closes the connection of a peer that has not read for too long. */
  #watch(): void {
    this.#watchdog = undefined;
    const { clock, writeMs } = this.options;
    const now = clock.now();
    // While this program was held up, it was not the peer who did not read.
    if (now > this.#waitingSince + writeMs + HELD_UP_MS) this.#waitingSince = now;
    const left = this.#waitingSince + writeMs - now;
    if (left > 0) {
      this.#watchdog = clock.setTimer(left, () => this.#watch());
      return;
    }
    this.#failure ??= new TimeoutError("the peer to read", writeMs);
    this.options.onLimit?.("slow-reader");
    // A write that has begun cannot be called off any other way.
    closeQuietly(this.connection);
  }
}
