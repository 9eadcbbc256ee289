import type { ByteBudget } from "./byte_budget.ts";
import { type Clock, HELD_UP_MS, TimeoutError, type Timer } from "./clock.ts";
import { LineWatch, OFFERS_APART } from "./line_watch.ts";
import { SendBuffer } from "./native/send_buffer.ts";
import { closeQuietly } from "./tcp.ts";

/** How a {@linkcode StreamWriter} treats a peer that reads slowly. */
export interface StreamWriterOptions {
  clock: Clock;
  /** How long the peer may read nothing while something waits, in ms, before it is disconnected. */
  writeMs: number;
  /** Bytes that may wait behind the piece being written before offers are declined. */
  backlogBytes: number;
  /**
   * How long the piece being written may have waited, in ms, before offers are declined: so long may a
   * line fail without a loss. Whose line is too narrow is offered one thing at a time then, so that
   * what it reads is new.
   */
  backlogMs: number;
  /** What all writers together may have waiting before offers are declined; none when left out. */
  budget?: ByteBudget | undefined;
  /** Told of offers that were declined, and of a peer that is disconnected. */
  onLimit?: ((limit: "slow-reader" | BacklogLimit) => void) | undefined;
}

/** Why an offer is declined: too much waits, or for too long. */
type BacklogLimit = "queued-bytes" | "queued-time";

/** For how long a peer counts as slow that was behind, in ms. */
const SLOW_MS = 2000;
/** How long a piece may have waited for such a peer before offers are declined, in ms. */
const SLOW_BACKLOG_MS = 5;

/** A piece that waits for its turn, and who is told how it went. */
interface Piece {
  bytes: Uint8Array;
  /** When it was accepted, in ms on the writer's clock. */
  acceptedAt: number;
  done: (failure: unknown) => void;
}

/**
 * Writes to one connection, piece after piece, each whole. What must arrive (a reply) is written
 * whatever waits; what may be left out (a frame) is offered, and declined while the peer is behind.
 */
export class StreamWriter {
  #queue: Piece[] = [];
  /** The one being written. */
  #current: Piece | undefined;
  /** Bytes that the system took here. */
  #taken = 0;
  /** When the peer was behind last; undefined where it never was. */
  #behindAt: number | undefined;
  /** Whether offers are declined for what the system holds, while nothing is written. */
  #isHeld = false;
  /** Set while the peer is waited for: pieces are written, or offers declined. */
  #watchdog: Timer | undefined;
  /** When the peer was last seen to read, or the watch was begun. */
  #waitingSince = 0;
  /** How many bytes it had read then, as far as that is known. */
  #read = 0;
  #backlog = 0;
  #failure: unknown;
  #sendBuffer: SendBuffer | undefined | null = null;
  #line: LineWatch | undefined;
  /** Whether nothing waited, nothing had failed, and the peer was not behind when that was looked at. */
  #isCalm = false;
  /** Offers before that is looked at again. */
  #untilLook = OFFERS_APART;

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
    return this.#current === undefined && this.#failure === undefined;
  }

  /** Where what was written waits in the system; undefined where that cannot be told. */
  get sendBuffer(): SendBuffer | undefined {
    if (this.#sendBuffer === null) this.#sendBuffer = SendBuffer.of(this.connection);
    return this.#sendBuffer;
  }

  /**
   * Writes after everything accepted before.
   * @throws what the connection throws, or {@linkcode TimeoutError} when the peer does not read
   */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.accept(bytes, (failure) => failure === undefined ? resolve() : reject(failure));
    });
  }

  /**
   * Accepts a piece that may be left out, unless the peer is behind.
   * @param written called when the bytes may be used again, whether they were written or not
   * @returns false when it was declined; `written` is not called then
   */
  offer(bytes: Uint8Array, written: () => void): boolean {
    const accepts = this.hasRoomFor(bytes.length);
    if (accepts) this.accept(bytes, written);
    return accepts;
  }

  /**
   * Whether a piece that may be left out is to be sent, in whatever way. Where it is not the peer is
   * behind: that is counted, and it is waited for.
   * @param length of the piece, in bytes
   */
  hasRoomFor(length: number): boolean {
    if (this.#isCalm && --this.#untilLook > 0) return true;
    return this.#lookForRoom(length);
  }

  #lookForRoom(length: number): boolean {
    if (this.#failure !== undefined) return false;
    const limit = this.#limitReached(length);
    const isWriting = this.#current !== undefined;
    this.#isHeld = limit !== undefined && !isWriting;
    this.#isCalm = limit === undefined && !isWriting && !this.#isSlow;
    this.#untilLook = this.#line?.offersApart ?? OFFERS_APART;
    if (limit === undefined) {
      this.#calmDown();
      return true;
    }
    this.#watchOver();
    this.#behindAt = this.options.clock.now();
    this.options.onLimit?.(limit);
    return false;
  }

  /** Accepts a piece whatever waits. @param done told how it went: undefined when it is written */
  accept(bytes: Uint8Array, done: (failure: unknown) => void): void {
    this.#isCalm = false;
    this.#backlog += bytes.length;
    this.options.budget?.add(bytes.length);
    this.#queue.push({ bytes, acceptedAt: this.options.clock.now(), done });
    if (this.#current === undefined) this.#writeAll();
  }

  /** Closes the connection; what still waits fails. */
  close(): void {
    this.#failure ??= new Deno.errors.Interrupted("The connection was closed");
    this.#isCalm = false;
    this.#stopWatching();
    closeQuietly(this.connection);
  }

  /** What keeps a piece from being accepted. */
  #limitReached(length: number): BacklogLimit | undefined {
    const { backlogBytes, backlogMs, budget, clock } = this.options;
    if (this.#current === undefined) {
      // What the system holds gets old as well.
      const isHeld = this.#isSlow ? (this.sendBuffer?.unsent ?? 0) > length : this.#isLineTooNarrow;
      return isHeld ? "queued-time" : undefined;
    }
    if (this.#backlog > backlogBytes || budget?.spent) return "queued-bytes";
    const waited = clock.now() - this.#current.acceptedAt;
    return waited > (this.#isSlow ? SLOW_BACKLOG_MS : backlogMs) ? "queued-time" : undefined;
  }

  get #isLineTooNarrow(): boolean {
    const { sendBuffer } = this;
    if (sendBuffer === undefined) return false;
    this.#line ??= new LineWatch(this.options.clock, sendBuffer);
    return this.#line.isTooNarrow();
  }

  get #isSlow(): boolean {
    return this.#behindAt !== undefined && this.options.clock.now() - this.#behindAt < SLOW_MS;
  }

  async #writeAll(): Promise<void> {
    for (let piece = this.#queue.shift(); piece !== undefined; piece = this.#queue.shift()) {
      this.#current = piece;
      await this.#writeOne(piece.bytes);
      this.#backlog -= piece.bytes.length;
      this.options.budget?.remove(piece.bytes.length);
      piece.done(this.#failure);
    }
    this.#current = undefined;
    this.#calmDown();
  }

  /** A failure is kept: it is told to whoever waits for this piece, and to all after it. */
  async #writeOne(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) return;
    this.#watchOver();
    try {
      for (let written = 0; written < bytes.length;) {
        const rest = written === 0 ? bytes : bytes.subarray(written);
        const taken = await this.connection.write(rest);
        written += taken;
        this.#taken += taken;
      }
    } catch (error) {
      this.#failure ??= error;
    }
  }

  /** Begins to wait for the peer, unless it is waited for. */
  #watchOver(): void {
    if (this.#watchdog !== undefined) return;
    const { clock, writeMs } = this.options;
    this.#waitingSince = clock.now();
    this.#read = this.#sendBuffer?.acknowledged ?? this.#taken;
    this.#watchdog = clock.setTimer(writeMs / 2, () => this.#watch());
  }

  /** Ends that where nothing waits for the peer. */
  #calmDown(): void {
    if (this.#current === undefined && !this.#isHeld) this.#stopWatching();
  }

  #stopWatching(): void {
    this.#watchdog?.cancel();
    this.#watchdog = undefined;
  }

  /** Closes the connection of a peer that has not read for too long. */
  #watch(): void {
    this.#watchdog = undefined;
    const { clock, writeMs } = this.options;
    const now = clock.now();
    const hasReadAll = this.sendBuffer?.unacknowledged === 0;
    if (hasReadAll) this.#isHeld = false;
    if (this.#current === undefined && !this.#isHeld) return;
    // While this program was held up, it was not the peer who did not read.
    const wasHeldUp = now > this.#waitingSince + writeMs + HELD_UP_MS;
    if (this.#hasRead() || hasReadAll || wasHeldUp) this.#waitingSince = now;
    const left = this.#waitingSince + writeMs - now;
    if (left > 0) {
      this.#watchdog = clock.setTimer(Math.min(left, writeMs / 2), () => this.#watch());
      return;
    }
    this.#failure ??= new TimeoutError("the peer to read", writeMs);
    this.options.onLimit?.("slow-reader");
    // A write that has begun cannot be called off any other way.
    closeQuietly(this.connection);
  }

  /**
   * Whether the peer read since this was asked last, be it too little for the system to take more. Where
   * it is not told what was read, what the system takes is the sign.
   */
  #hasRead(): boolean {
    const before = this.#read;
    this.#read = this.sendBuffer?.acknowledged ?? this.#taken;
    return this.#read > before;
  }
}
