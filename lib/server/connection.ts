import { concat } from "@std/bytes/concat";
import { hostPort, plainAddress } from "../net/address.ts";
import { QuietReader, type ReadResult } from "../net/quiet_reader.ts";
import { StreamWriter } from "../net/stream_writer.ts";
import { detectDialect, type Dialect } from "../rtsp/dialect.ts";
import { LAB_INCOMPLETE_MS } from "../rtsp/lab/request_reader.ts";
import type { ServerContext } from "./context.ts";

/** A client's control connection with every wait bounded. */
export class PeerConnection {
  /** The peer's `host:port`, for people. */
  readonly address: string;
  /** The peer's address, the only one media is ever sent to. */
  readonly hostname: string;
  readonly writer: StreamWriter;
  readonly #reader: QuietReader;

  constructor(readonly socket: Deno.TcpConn | Deno.TlsConn, readonly context: ServerContext) {
    const { clock, limits } = context.options;
    const { hostname, port } = socket.remoteAddr;
    this.hostname = plainAddress(hostname);
    this.address = hostPort(this.hostname, port);
    this.writer = new StreamWriter(socket, {
      clock,
      writeMs: limits.writeMs,
      backlogBytes: limits.backlogBytes,
    });
    this.#reader = new QuietReader(socket, clock);
  }

  /** The address of this machine that the peer connected to. */
  get localHostname(): string {
    return plainAddress(this.socket.localAddr.hostname);
  }

  /** Whether it is TLS. */
  get encrypted(): boolean {
    return !("setNoDelay" in this.socket);
  }

  /** The next bytes, `"end"`, or `"quiet"` after `milliseconds` without any. */
  read(milliseconds: number): Promise<ReadResult> {
    return this.#reader.read(milliseconds);
  }

  /** Writes all of `bytes`, or throws when the peer does not read within the limit. */
  write(bytes: Uint8Array): Promise<void> {
    return this.writer.write(bytes);
  }

  close(): void {
    this.writer.close();
  }
}

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
    if (clock.now() >= deadline) return "no request in time";
    if (more !== "quiet") bytes = concat([bytes, more]);
    const dialect = detectDialect(bytes, more === "quiet");
    if (dialect !== undefined) return { dialect, bytes };
  }
}
