import { reasonOf } from "../net/errors.ts";
import { closeQuietly } from "../net/tcp.ts";
import { greet, PeerConnection } from "./connection.ts";
import { ServerContext } from "./context.ts";
import { describeFault, isDefect } from "./fault.ts";
import { Conversation as LabConversation } from "./lab/conversation.ts";
import type { ServerOptions } from "./options.ts";
import { refuseLabClient } from "./lab/refusal.ts";
import { RtspConversation } from "./rtsp/conversation.ts";
import { answerRelayed } from "./rtsp/relayed.ts";

/** An RTSP server: accepts connections on a listener and holds a conversation on each. */
export class RtspServer {
  readonly #context: ServerContext;
  readonly #connections = new Set<PeerConnection>();
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  constructor(
    readonly listener: Deno.TcpListener | Deno.TlsListener,
    readonly options: ServerOptions,
  ) {
    this.#context = new ServerContext(options);
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
    await Promise.all(this.#running);
  }

  /** Stops accepting, ends every session and closes every connection. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeQuietly(this.listener);
    for (const connection of this.#connections) connection.close();
    this.#context.close();
  }

  #accept(socket: Deno.TcpConn | Deno.TlsConn): void {
    const { connections: places } = this.#context.places;
    if (!places.take()) {
      closeQuietly(socket);
      return;
    }
    const connection = new PeerConnection(socket, this.#context);
    this.#connections.add(connection);
    const running = this.#converse(connection).finally(() => {
      this.#connections.delete(connection);
      places.giveBack();
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  /** One connection from its first byte to its last; no fault in it reaches another. */
  async #converse(connection: PeerConnection): Promise<void> {
    const peer = connection.address;
    this.options.onEvent({ event: "connected", peer });
    let reason: string;
    try {
      tune(connection.socket);
      reason = await this.#talk(connection);
    } catch (error) {
      // Who closed a connection that was not read knows more than the read that was called off.
      reason = this.#closed ? "server stopped" : reasonOf(connection.writer.failure ?? error);
      if (isDefect(error)) {
        this.options.onEvent({ event: "error", peer, message: describeFault(error) });
      }
    } finally {
      connection.close();
    }
    this.options.onEvent({ event: "disconnected", peer, reason });
  }

  async #talk(connection: PeerConnection): Promise<string> {
    const greeting = await greet(connection);
    if (typeof greeting === "string") return greeting;
    if (greeting.dialect === "lab" && this.options.authenticator !== undefined) {
      const reason = await refuseLabClient(connection, greeting.bytes);
      this.options.onEvent({ event: "error", peer: connection.address, message: reason });
      return reason;
    }
    const conversation = greeting.dialect === "lab"
      ? new LabConversation(this.#context, connection)
      : new RtspConversation(this.#context, connection);
    return await conversation.run(greeting.bytes);
  }

  /** Out of descriptors or the like: the listener is well, so wait a little and go on. */
  async #acceptFailed(error: unknown): Promise<void> {
    this.options.onEvent({
      event: "error",
      peer: "-",
      message: `cannot accept a connection: ${reasonOf(error)}`,
    });
    const { clock } = this.options;
    await new Promise<void>((resolve) => clock.setTimer(ACCEPT_RETRY_MS, resolve));
  }
}

const ACCEPT_RETRY_MS = 100;

/** What TLS connections do not let us set. */
function tune(socket: Deno.TcpConn | Deno.TlsConn): void {
  if (!("setNoDelay" in socket)) return;
  socket.setNoDelay(true);
  // Or a client that lost its power keeps its session for ever.
  socket.setKeepAlive(true);
}
