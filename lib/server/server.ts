import { sleep } from "../net/clock.ts";
import { reasonOf } from "../net/errors.ts";
import type { Listener } from "../net/renewable_listener.ts";
import { closeQuietly } from "../net/tcp.ts";
import { plainAddress } from "../net/address.ts";
import { greet, PeerConnection } from "./connection.ts";
import { ServerContext } from "./context.ts";
import type { ServerEvent } from "./events.ts";
import { describeFault, isDefect } from "./fault.ts";
import { Conversation as LabConversation } from "./lab/conversation.ts";
import { ServerMetrics } from "./metrics.ts";
import type { ServerOptions } from "./options.ts";
import { type Admission, Gate } from "./gate.ts";
import { Refusals } from "./refusals.ts";
import {
  type LabRefusal,
  NO_LAB_AUTHENTICATION,
  NO_LAB_SRTP,
  refuseLabClient,
} from "./lab/refusal.ts";
import { RtspConversation } from "./rtsp/conversation.ts";
import { answerRelayed } from "./rtsp/relayed.ts";
import { kick, type Observation, observe } from "./watch.ts";

/** An RTSP server: accepts connections on a listener and holds a conversation on each. */
export class RtspServer {
  readonly #context: ServerContext;
  readonly #connections = new Set<PeerConnection>();
  /** Resolves when the last connection has ended. */
  readonly #allEnded = Promise.withResolvers<void>();
  readonly #gate: Gate;
  readonly #refusals: Refusals;
  #closed = false;

  readonly options: ServerOptions;

  constructor(
    readonly listener: Listener,
    options: ServerOptions,
  ) {
    const { metrics = new ServerMetrics() } = options;
    const onEvent = (event: ServerEvent): void => {
      metrics.take(event);
      options.onEvent(event);
    };
    this.options = { ...options, metrics, onEvent };
    this.#context = new ServerContext(this.options);
    this.#gate = new Gate(this.#context.places, options);
    this.#refusals = new Refusals(options.clock, (socket) => {
      if (!("setNoDelay" in socket)) this.#context.closedSockets.add(socket);
    });
    options.relay?.answerWith((request) => answerRelayed(this.#context, request));
  }

  /** Connections open now. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Sessions set up now, of both dialects. */
  get sessionCount(): number {
    return this.#context.sessionCount;
  }

  /** What it is doing now, and has counted so far. */
  observe(): Observation {
    return observe(this.#context, this.connectionCount);
  }

  /** Ends a session; see {@linkcode kick}. */
  kick(id: string, reason: string): boolean {
    return kick(this.#context, id, reason);
  }

  /** Frames waiting for their time. */
  get scheduledCount(): number {
    return this.#context.scheduler.size;
  }

  /** Accepts until {@linkcode close}; resolves when the last conversation has ended. */
  async serve(): Promise<void> {
    while (!this.#closed) {
      try {
        this.#accept(await this.listener.accept());
      } catch (error) {
        if (this.#closed) break;
        await this.#acceptFailed(error);
      }
    }
    if (this.#connections.size > 0) await this.#allEnded.promise;
    await this.#refusals.close();
    this.#context.closedSockets.close();
  }

  /**
   * Stops accepting, ends every session, with a BYE to those who receive, and closes every
   * connection; what is being answered is answered first, and what waits is written, within two
   * seconds.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeQuietly(this.listener);
    // Sessions end first: the BYE of those inside a connection goes out before it closes.
    this.#context.close();
    for (const connection of this.#connections) connection.finish();
  }

  #accept(socket: Deno.TcpConn | Deno.TlsConn): void {
    // It came in the turn in which the server was closed, which ends those that are known.
    if (this.#closed) return closeQuietly(socket);
    const hostname = peerOf(socket);
    // It went away again while it waited.
    if (hostname === undefined) return closeQuietly(socket);
    const admission = this.#gate.admit(hostname);
    if (typeof admission === "string") {
      this.#context.limitReached(admission, hostname);
      return this.#refusals.refuse(socket);
    }
    const connection = new PeerConnection(socket, this.#context);
    this.#connections.add(connection);
    this.#converse(connection, admission);
  }

  /** One connection from its first byte to its last; no fault in it reaches another. */
  async #converse(connection: PeerConnection, admission: Admission): Promise<void> {
    const peer = connection.address;
    this.options.onEvent({ event: "connected", peer });
    let reason: string;
    try {
      tune(connection.socket);
      const conversation = await this.#meet(connection);
      reason = typeof conversation === "string" ? conversation : await conversation.run();
    } catch (error) {
      // Who closed a connection that was not read knows more than the read that was called off.
      const { failure } = connection.writer;
      reason = this.#closed ? "server stopped" : reasonOf(failure ?? error);
      if (isDefect(error)) {
        this.options.onEvent({ event: "error", peer, message: describeFault(error) });
      }
    } finally {
      connection.close();
      this.#connections.delete(connection);
      admission.giveBack();
    }
    this.options.onEvent({ event: "disconnected", peer, reason });
    if (this.#closed && this.#connections.size === 0) this.#allEnded.resolve();
  }

  /** @returns why there will be no conversation, in words, where there will be none */
  async #meet(connection: PeerConnection): Promise<RtspConversation | LabConversation | string> {
    const greeting = await greet(connection);
    if (typeof greeting === "string") return greeting;
    const { dialect, bytes } = greeting;
    if (dialect !== "lab") return new RtspConversation(this.#context, connection, bytes);
    const refusal = this.#labRefusal;
    if (refusal === undefined) return new LabConversation(this.#context, connection, bytes);
    const reason = await refuseLabClient(connection, bytes, refusal);
    this.options.onEvent({ event: "error", peer: connection.address, message: reason });
    return reason;
  }

  /** Why lab clients are turned away; undefined where they are not. */
  get #labRefusal(): LabRefusal | undefined {
    const { authenticator, srtp } = this.options;
    if (authenticator !== undefined) return NO_LAB_AUTHENTICATION;
    return srtp ? NO_LAB_SRTP : undefined;
  }

  /** Out of descriptors or the like: the listener is well, so wait a little and go on. */
  async #acceptFailed(error: unknown): Promise<void> {
    const message = `cannot accept a connection: ${reasonOf(error)}`;
    if (isOutOfDescriptors(error)) this.#context.limitReached("descriptors", "-");
    else this.options.onEvent({ event: "error", peer: "-", message });
    const { stopping } = this.#context;
    await sleep(this.options.clock, ACCEPT_RETRY_MS, stopping).catch(() => {});
  }
}

const ACCEPT_RETRY_MS = 100;

/** Whether the system has no descriptor left for this program, or none at all. */
function isOutOfDescriptors(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && /^E[MN]FILE$/.test(String(error.code))) ||
    /os error (23|24)\)|too many open files/i.test(error.message);
}

/** The address a connection comes from; undefined when it is gone already. */
function peerOf(socket: Deno.TcpConn | Deno.TlsConn): string | undefined {
  try {
    return plainAddress(socket.remoteAddr.hostname);
  } catch {
    return undefined;
  }
}

/** What TLS connections do not let us set. */
function tune(socket: Deno.TcpConn | Deno.TlsConn): void {
  if (!("setNoDelay" in socket)) return;
  socket.setNoDelay(true);
  // Or a client that lost its power keeps its session for ever.
  socket.setKeepAlive(true);
}
