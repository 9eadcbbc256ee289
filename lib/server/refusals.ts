import { formatResponse } from "../rtsp/format.ts";
import { HeaderList } from "../rtsp/headers.ts";
import { RTSP_VERSION } from "../rtsp/message.ts";
import { MessageParser } from "../rtsp/parser.ts";
import { reasonPhrase, STATUS } from "../rtsp/statuses.ts";
import type { Clock } from "../net/clock.ts";
import { QuietReader } from "../net/quiet_reader.ts";
import { closeQuietly, writeAll } from "../net/tcp.ts";

/** Connections that are turned away with a word at a time; others are closed without. */
const AT_ONCE = 64;
/** How long the first request is waited for, and the end after its answer, in ms. */
const PATIENCE_MS = 1000;
/** Bytes that are read of one who is turned away. */
const MOST_BYTES = 8192;

/**
 * Turns connections away for which there is no place: their first request is answered 503, so that
 * they know that it is not the network.
 */
export class Refusals {
  readonly #sockets = new Set<Deno.TcpConn | Deno.TlsConn>();
  readonly #running = new Set<Promise<void>>();

  /** @param closed told of each that was closed */
  constructor(
    readonly clock: Clock,
    readonly closed: (socket: Deno.TcpConn | Deno.TlsConn) => void = () => {},
  ) {}

  /** Takes the connection, and closes it in the end. */
  refuse(socket: Deno.TcpConn | Deno.TlsConn): void {
    if (this.#sockets.size >= AT_ONCE) return this.#close(socket);
    this.#sockets.add(socket);
    const running = this.#answer(socket).catch(() => {
      // It went away before it was told to.
    }).finally(() => {
      this.#close(socket);
      this.#sockets.delete(socket);
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  /** Closes all that are being turned away. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) closeQuietly(socket);
    await Promise.all(this.#running);
  }

  #close(socket: Deno.TcpConn | Deno.TlsConn): void {
    closeQuietly(socket);
    this.closed(socket);
  }

  async #answer(socket: Deno.TcpConn | Deno.TlsConn): Promise<void> {
    const reader = new QuietReader(socket, this.clock, 2048);
    const cseq = await this.#firstCSeq(reader);
    await writeAll(socket, refusalText(cseq));
    await socket.closeWrite();
    // Closed with bytes unread, the connection would be reset, and the answer lost with it.
    const deadline = this.clock.now() + PATIENCE_MS;
    for (let read = 0; read < MOST_BYTES;) {
      const more = await reader.read(Math.max(0, deadline - this.clock.now()));
      if (typeof more === "string") return;
      read += more.length;
    }
  }

  /** The number of the first request, where there is one in time. */
  async #firstCSeq(reader: QuietReader): Promise<string | undefined> {
    const parser = new MessageParser();
    const deadline = this.clock.now() + PATIENCE_MS;
    for (let read = 0; read < MOST_BYTES;) {
      const more = await reader.read(Math.max(0, deadline - this.clock.now()));
      if (typeof more === "string") return undefined;
      read += more.length;
      parser.push(more);
      const outcome = parser.next();
      if (outcome.kind === "more") continue;
      if (outcome.kind === "malformed" || outcome.value.kind !== "request") return undefined;
      return outcome.value.headers.get("CSeq");
    }
    return undefined;
  }
}

/** Seconds after which a client may try again. */
const RETRY_AFTER = "5";

function refusalText(cseq: string | undefined): Uint8Array {
  const status = STATUS.SERVICE_UNAVAILABLE;
  const headers = new HeaderList();
  if (cseq !== undefined && /^\d{1,10}$/.test(cseq)) headers.append("CSeq", cseq);
  headers.append("Retry-After", RETRY_AFTER);
  headers.append("Connection", "close");
  const body = new Uint8Array(0);
  return formatResponse({
    status,
    reason: reasonPhrase(status),
    version: RTSP_VERSION,
    headers,
    body,
  });
}
