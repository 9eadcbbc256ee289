import {
  IDLE_FOR_TOO_LONG,
  NO_REQUEST_IN_TIME,
  type PeerConnection,
  REQUEST_TOO_SLOW,
} from "./connection.ts";

/** A time by which something has to come, and what it is called when it does not. */
interface Deadline {
  at: number;
  limit: "first-request" | "request-time" | "idle";
  reason: string;
}

/**
 * How long a client may take: for its first request, for a request that was begun, and between
 * requests while it has no session. What is dribbled byte by byte gets no more time for it.
 */
export class Patience {
  /** When the request that is coming was begun; undefined between requests. */
  #begunAt: number | undefined;
  #lastMessageAt: number;
  #spoken = false;

  constructor(readonly connection: PeerConnection) {
    this.#lastMessageAt = this.#now;
  }

  /** A whole message came. */
  messageCame(): void {
    this.#spoken = true;
    this.#lastMessageAt = this.#now;
    this.#begunAt = undefined;
  }

  /**
   * How long to wait for bytes, in ms.
   * @param begun whether a part of a request is there
   */
  left(begun: boolean): number {
    if (begun) this.#begunAt ??= this.#now;
    else this.#begunAt = undefined;
    const deadline = this.#deadline();
    // A session may end at any time, and then there is a deadline.
    if (deadline === undefined) return this.connection.context.options.limits.idleMs;
    return Math.max(0, deadline.at - this.#now);
  }

  /** Why the connection is to be closed, if the client has taken too long. */
  spent(): string | undefined {
    const deadline = this.#deadline();
    if (deadline === undefined || this.#now < deadline.at) return undefined;
    this.connection.limitReached(deadline.limit);
    return deadline.reason;
  }

  #deadline(): Deadline | undefined {
    const { firstRequestMs, requestMs, idleMs } = this.connection.context.options.limits;
    if (this.#begunAt !== undefined) {
      return { at: this.#begunAt + requestMs, limit: "request-time", reason: REQUEST_TOO_SLOW };
    }
    if (!this.#spoken) {
      const at = this.#lastMessageAt + firstRequestMs;
      return { at, limit: "first-request", reason: NO_REQUEST_IN_TIME };
    }
    const { sessions, emptySince } = this.connection.tally;
    if (sessions > 0) return undefined;
    const at = Math.max(this.#lastMessageAt, emptySince) + idleMs;
    return { at, limit: "idle", reason: IDLE_FOR_TOO_LONG };
  }

  get #now(): number {
    return this.connection.context.options.clock.now();
  }
}
