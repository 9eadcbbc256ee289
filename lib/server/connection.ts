import { concat } from "@std/bytes/concat";
import { hostPort, plainAddress } from "../net/address.ts";
import type { Timer } from "../net/clock.ts";
import { QuietReader, type ReadResult } from "../net/quiet_reader.ts";
import { StreamWriter } from "../net/stream_writer.ts";
import { detectDialect, type Dialect } from "../rtsp/dialect.ts";
import { LAB_INCOMPLETE_MS } from "../rtsp/lab/request_reader.ts";
import type { ServerContext } from "./context.ts";
import type { LimitName } from "./limit_names.ts";
import { RequestPace } from "./request_pace.ts";
import { ConnectionTally } from "./session_place.ts";

/** How long a request that is being answered, or a slow reader, keeps a server that stops, in ms. */
const FINISH_MS = 2000;

/** Bytes read at once: what a connection that says nothing keeps in memory. */
const READ_BYTES = 1024;

/** A client's control connection with every wait bounded. */
export class PeerConnection {
  /** The peer's `host:port`, for people. */
  readonly address: string;
  /** The peer's address, the only one media is ever sent to. */
  readonly hostname: string;
  readonly writer: StreamWriter;
  /** The sessions that were set up here. */
  readonly tally: ConnectionTally;
  readonly #reader: QuietReader;
  readonly #pace: RequestPace;
  #answering = false;
  #ending = false;
  #closed = false;
  #patience: Timer | undefined;

  constructor(readonly socket: Deno.TcpConn | Deno.TlsConn, readonly context: ServerContext) {
    const { clock, limits } = context.options;
    const { hostname, port } = socket.remoteAddr;
    this.hostname = plainAddress(hostname);
    this.address = hostPort(this.hostname, port);
    this.tally = new ConnectionTally(clock);
    this.#pace = new RequestPace(context, this.address);
    this.writer = new StreamWriter(socket, {
      clock,
      writeMs: limits.writeMs,
      backlogBytes: limits.backlogBytes,
      backlogMs: limits.backlogMs,
      budget: context.queued,
      onLimit: (limit) => context.limitReached(limit, this.address),
    });
    this.#reader = new QuietReader(socket, clock, READ_BYTES);
  }

  /** The address of this machine that the peer connected to. */
  get localHostname(): string {
    return plainAddress(this.socket.localAddr.hostname);
  }

  /** Whether it is TLS. */
  get encrypted(): boolean {
    return !("setNoDelay" in this.socket);
  }

  /**
   * The next bytes, `"end"`, or `"quiet"` after `milliseconds` without any. Who sends faster than is
   * allowed is read later: what it sends waits at its own end.
   */
  read(milliseconds: number): Promise<ReadResult> {
    const wait = this.#pace.bytes(this.#reader.lastLength);
    if (wait === undefined) return this.#reader.read(milliseconds);
    return wait.then(() => this.#reader.read(milliseconds));
  }

  /** Waits, before a request is answered, where requests come faster than is allowed. */
  paceRequest(): Promise<void> | undefined {
    return this.#pace.request();
  }

  /** A limit was reached for this peer. */
  limitReached(limit: LimitName): void {
    this.context.limitReached(limit, this.address);
  }

  /** Writes all of `bytes`, or throws when the peer does not read within the limit. */
  write(bytes: Uint8Array): Promise<void> {
    return this.writer.write(bytes);
  }

  /** Whether it is to be closed when what was asked has been answered. */
  get ending(): boolean {
    return this.#ending;
  }

  /** Answers one request: {@linkcode finish} waits for it. */
  async answering<T>(answer: () => Promise<T>): Promise<T> {
    this.#answering = true;
    try {
      return await answer();
    } finally {
      this.#answering = false;
    }
  }

  /** Closes it once what is being answered is, and what waits is written, or that takes too long. */
  finish(): void {
    if (!this.#answering && this.writer.idle) return this.close();
    this.#ending = true;
    this.#patience ??= this.context.options.clock.setTimer(FINISH_MS, () => this.close());
    // Who is being answered is closed behind the answer.
    if (!this.#answering) this.hangUp();
  }

  /** Closes it once what waits has been written, or cannot be. */
  hangUp(): void {
    this.write(new Uint8Array(0)).catch(() => {}).finally(() => this.close());
  }

  close(): void {
    this.#patience?.cancel();
    this.writer.close();
    if (this.encrypted && !this.#closed) this.context.closedSockets.add(this.socket);
    this.#closed = true;
  }
}

/** Why a connection ended on which nothing was asked. */
export const NO_REQUEST_IN_TIME = "no request in time";
/** The same where one was begun. */
export const REQUEST_TOO_SLOW = "the request took too long to come";
/** The same where there were some, and no session is left. */
export const IDLE_FOR_TOO_LONG = "idle for too long";

/** Why a connection ends on which something was being answered. */
export const SERVER_STOPPED = "server stopped";

/** The first bytes of a connection and the dialect they tell. */
export interface Greeting {
  dialect: Dialect;
  bytes: Uint8Array;
}

/**
 * Reads until the dialect is certain.
 * @returns a reason in words when there will be no conversation
 */
export async function greet(connection: PeerConnection): Promise<Greeting | string> {
  const { clock, limits } = connection.context.options;
  const deadline = clock.now() + limits.firstRequestMs;
  let bytes: Uint8Array = new Uint8Array(0);
  for (;;) {
    const left = deadline - clock.now();
    const more = await connection.read(
      bytes.length === 0 ? left : Math.min(left, LAB_INCOMPLETE_MS),
    );
    if (more === "end") return "closed by the client";
    if (clock.now() >= deadline) {
      connection.limitReached("first-request");
      return NO_REQUEST_IN_TIME;
    }
    if (more !== "quiet") bytes = concat([bytes, more]);
    // Timers fire a moment early at times, and nothing tells nothing.
    if (bytes.length === 0) continue;
    const dialect = detectDialect(bytes, more === "quiet");
    if (dialect !== undefined) return { dialect, bytes };
  }
}
