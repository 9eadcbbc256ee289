import { plainAddress } from "../../net/address.ts";
import { reasonOf, UnreachableError } from "../../net/errors.ts";
import type { Clock } from "../../net/clock.ts";
import { QuietReader } from "../../net/quiet_reader.ts";
import { closeQuietly, connectTcp, writeAll } from "../../net/tcp.ts";
import {
  isWholeLabReply,
  LAB_REPLY_LIMIT,
  type LabReply,
  parseLabReply,
} from "../../rtsp/lab/reply.ts";
import { formatLabRequest, type LabRequestFields } from "../../rtsp/lab/request.ts";
import { NoReplyError, ProtocolError } from "../errors.ts";
import type { ObservedMessage, Observer } from "../observer.ts";

/** How long a reply must be followed by silence to be whole; it has no end mark. */
const REPLY_QUIET_MS = 40;

/** What a lab client connection needs from outside. */
export interface LabConnectionOptions {
  clock: Clock;
  /** Bound on connecting and on each reply, in ms. */
  timeout: number;
  observer: Observer;
  signal?: AbortSignal | undefined;
}

/** The control connection to a lab server: one request at a time, each with its reply. */
export class LabConnection {
  readonly #reader: QuietReader;
  #cseq = 0;
  #session: string | undefined;
  /** What ends a request's last line: nothing, as the course text has it, until it must. */
  #lastLineEnd: "" | "\n" = "";

  private constructor(readonly socket: Deno.TcpConn, readonly options: LabConnectionOptions) {
    this.#reader = new QuietReader(socket, options.clock);
  }

  /** @throws {UnreachableError} when there is no connection within the timeout */
  static async open(
    hostname: string,
    port: number,
    options: LabConnectionOptions,
  ): Promise<LabConnection> {
    return new LabConnection(await connectTcp(hostname, port, options), options);
  }

  /** The session the server gave, once it has. */
  get session(): string | undefined {
    return this.#session;
  }

  /**
   * Sends a request and waits for its reply.
   * @throws {UnreachableError} when the server says nothing in time, or closes the connection
   * @throws {ProtocolError} when what it says is no lab reply
   */
  async request(
    method: string,
    file: string,
    { clientPort, timeout = this.options.timeout }: { clientPort?: number; timeout?: number } = {},
  ): Promise<LabReply> {
    const fields: LabRequestFields = { method, file, cseq: ++this.#cseq };
    if (clientPort !== undefined) fields.clientPort = clientPort;
    else if (this.#session !== undefined) fields.session = this.#session;
    await this.#send(fields);
    const reply = await this.#receive(method, file, timeout);
    // A reply without Session keeps the one there is: one lab server names it only now and then.
    this.#session = reply.session ?? this.#session;
    if (reply.cseq !== this.#cseq) {
      this.options.observer.note?.({
        code: "lab-cseq",
        message: `The reply to ${method} has CSeq ${reply.cseq ?? "none"}, sent was ${this.#cseq}`,
      });
    }
    return reply;
  }

  /** Whether the server has closed the connection; to be asked when no reply is awaited. */
  async isClosed(): Promise<boolean> {
    return await this.#reader.read(REPLY_QUIET_MS).catch(() => "end") === "end";
  }

  close(): void {
    closeQuietly(this.socket);
  }

  async #send(fields: LabRequestFields): Promise<void> {
    const text = new TextDecoder().decode(formatLabRequest(fields)) + this.#lastLineEnd;
    const headers: [string, string][] = [["CSeq", String(fields.cseq)]];
    if (fields.clientPort !== undefined) {
      headers.push(["Transport", `RTP/UDP; client_port= ${fields.clientPort}`]);
    }
    if (fields.session !== undefined) headers.push(["Session", fields.session]);
    this.#observe({
      direction: "out",
      method: fields.method,
      target: fields.file,
      version: "RTSP/1.0",
      headers,
      body: "",
      wire: text,
    });
    const bytes = new TextEncoder().encode(text);
    this.#tap("out", bytes);
    try {
      await writeAll(this.socket, bytes);
    } catch (error) {
      throw new UnreachableError(`cannot send ${fields.method}: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }

  async #receive(method: string, file: string, timeout: number): Promise<LabReply> {
    const { clock, signal } = this.options;
    const decoder = new TextDecoder();
    const askedAt = clock.now();
    const deadline = askedAt + timeout;
    let text = "";
    while (!isWholeLabReply(text)) {
      signal?.throwIfAborted();
      const left = deadline - clock.now();
      const wait = text === "" ? Math.min(left, POLL_MS) : REPLY_QUIET_MS;
      const bytes = await this.#read(method, wait);
      if (bytes === "quiet" && text !== "") break;
      if (bytes === "quiet" && left > 0) {
        if (clock.now() - askedAt >= UNENDED_MS) await this.#endLine(method);
        continue;
      }
      if (bytes === "quiet" || (bytes === "end" && text === "")) {
        throw new NoReplyError(method, noReply(method, file, bytes, timeout));
      }
      if (bytes === "end") break;
      this.#tap("in", bytes);
      text += decoder.decode(bytes, { stream: true });
      if (text.length > LAB_REPLY_LIMIT) {
        throw new ProtocolError(`the reply to ${method} is longer than ${LAB_REPLY_LIMIT} bytes`);
      }
    }
    return this.#parse(method, text);
  }

  /** The course's Java servers wait for the end of the last line; which one it is, SETUP tells. */
  async #endLine(method: string): Promise<void> {
    if (this.#lastLineEnd !== "" || method !== "SETUP") return;
    this.#lastLineEnd = "\n";
    const bytes = new TextEncoder().encode(this.#lastLineEnd);
    this.#tap("out", bytes);
    await writeAll(this.socket, bytes).catch(() => {});
  }

  async #read(method: string, wait: number): Promise<Uint8Array | "end" | "quiet"> {
    try {
      return await this.#reader.read(Math.max(0, wait));
    } catch (error) {
      throw new NoReplyError(method, `no reply to ${method}: ${reasonOf(error)}`, { cause: error });
    }
  }

  #parse(method: string, text: string): LabReply {
    let reply: LabReply;
    try {
      reply = parseLabReply(text);
    } catch (error) {
      throw new ProtocolError(`the reply to ${method} is no RTSP: ${(error as Error).message}`, {
        cause: error,
      });
    }
    const headers: [string, string][] = [];
    if (reply.cseq !== undefined) headers.push(["CSeq", String(reply.cseq)]);
    if (reply.session !== undefined) headers.push(["Session", reply.session]);
    if (reply.frames !== undefined) headers.push(["Frames", String(reply.frames)]);
    const { version, status, reason, lines } = reply;
    const body = lines.join("\n");
    this.#observe({ direction: "in", version, status, reason, headers, body, wire: text });
    return reply;
  }

  /** Shows bytes to whoever records them. */
  #tap(direction: "out" | "in", bytes: Uint8Array): void {
    const { clock, observer } = this.options;
    const { localAddr: local, remoteAddr: remote } = this.socket;
    observer.chunk?.({
      time: clock.wallTime(),
      arrival: clock.now(),
      direction,
      local: { hostname: plainAddress(local.hostname), port: local.port },
      remote: { hostname: plainAddress(remote.hostname), port: remote.port },
      bytes,
    });
  }

  #observe(message: Omit<ObservedMessage, "time">): void {
    this.options.observer.message?.({ time: this.options.clock.wallTime(), ...message });
  }
}

/** How long a server may say nothing to SETUP before its last line is ended, in ms. */
const UNENDED_MS = 1000;

/** How often a wait looks whether it has been called off, in ms. */
const POLL_MS = 250;

function noReply(method: string, file: string, why: "quiet" | "end", timeout: number): string {
  const what = why === "end"
    ? `the server closed the connection instead of answering ${method}`
    : `no reply to ${method} in ${timeout / 1000} s`;
  return `${what} (lab servers say nothing when the file is missing: is there a ${file}?)`;
}
