import type { MalformedError } from "../../bytes/malformed.ts";
import { type Clock, TimeoutError, withTimeout } from "../../net/clock.ts";
import { reasonOf, UnreachableError } from "../../net/errors.ts";
import { StreamWriter } from "../../net/stream_writer.ts";
import { connectTcp, connectTls } from "../../net/tcp.ts";
import { formatRequest, formatResponse, interleave } from "../../rtsp/format.ts";
import { HeaderList } from "../../rtsp/headers.ts";
import {
  type InterleavedFrame,
  RTSP_VERSION,
  type RtspRequest,
  type RtspResponse,
} from "../../rtsp/message.ts";
import { MessageParser } from "../../rtsp/parser.ts";
import { reasonPhrase, STATUS } from "../../rtsp/statuses.ts";
import type { RtspUrl } from "../../rtsp/url.ts";
import { NoReplyError, ProtocolError } from "../errors.ts";
import type { Observer } from "../observer.ts";
import { observeRequest, observeResponse } from "./observe.ts";

/** What a client connection needs from outside. */
export interface RtspConnectionOptions {
  clock: Clock;
  /** Bound on connecting and on each reply, in ms. */
  timeout: number;
  /** Bound on the first reply, in ms, where that shall be another: silence then tells something. */
  firstReplyMs?: number;
  observer: Observer;
  signal?: AbortSignal | undefined;
}

/** How much may be read at once: one read takes in a burst of frames. */
const READ_BYTES = 256 * 1024;

/** Malformed messages after which a connection is given up. */
const MOST_MALFORMED = 20;

/** What our requests say about us: not `GStreamer…`, which gortsplib answers a second late. */
const USER_AGENT = "rtspkit";

/** The control connection to an RTSP server: requests go out one at a time, blocks come between. */
export class RtspConnection {
  /** Takes the interleaved blocks; a view into the read, valid for ever. */
  onInterleaved: (frame: InterleavedFrame) => void = () => {};
  /** Resolves with a reason in words when the server ends the connection or it breaks. */
  readonly closed: Promise<string>;
  readonly #writer: StreamWriter;
  readonly #parser: MessageParser;
  #cseq = 0;
  #awaited: { cseq: number; method: string; reply: PromiseWithResolvers<RtspResponse> } | undefined;
  #malformed = 0;
  #ended: string | undefined;

  private constructor(readonly socket: Deno.Conn, readonly options: RtspConnectionOptions) {
    const { clock, timeout, observer } = options;
    this.#writer = new StreamWriter(socket, { clock, writeMs: timeout, backlogBytes: 1024 * 1024 });
    this.#parser = new MessageParser({}, {
      onTolerance: (code, detail) => observer.note?.({ code, message: detail }),
    });
    this.closed = this.#readAll();
  }

  /** @throws {UnreachableError} when there is no connection within the timeout */
  static async open(url: RtspUrl, options: RtspConnectionOptions): Promise<RtspConnection> {
    const connect = url.scheme === "rtsps" ? connectTls : connectTcp;
    return new RtspConnection(await connect(url.host, url.port, options), options);
  }

  /** The server's address. */
  get remoteHostname(): string {
    return (this.socket.remoteAddr as Deno.NetAddr).hostname;
  }

  /**
   * Sends a request and waits for its reply, whatever the status.
   * @throws {UnreachableError} when there is none in time, or the connection ends
   */
  async request(
    method: string,
    uri: string,
    headers: Iterable<[string, string]> = [],
    timeout = this.options.timeout,
  ): Promise<RtspResponse> {
    if (this.#ended !== undefined) throw this.#gone(method);
    const cseq = ++this.#cseq;
    const list = new HeaderList([["CSeq", String(cseq)], ["User-Agent", USER_AGENT], ...headers]);
    const request = { method, uri, version: RTSP_VERSION, headers: list, body: new Uint8Array(0) };
    const { clock, observer } = this.options;
    observer.message?.(observeRequest("out", request, clock.wallTime()));
    const reply = Promise.withResolvers<RtspResponse>();
    this.#awaited = { cseq, method, reply };
    try {
      await this.#send(formatRequest(request), method);
      return await withTimeout(clock, reply.promise, timeout, `a reply to ${method}`);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      throw new NoReplyError(method, `no reply to ${method} in ${timeout / 1000} s`, {
        cause: error,
      });
    } finally {
      this.#awaited = undefined;
      reply.promise.catch(() => {});
    }
  }

  /** Sends a block on a channel, e.g. a receiver report; lost silently when the connection is. */
  sendInterleaved(channel: number, payload: Uint8Array): void {
    this.#writer.write(interleave(channel, payload)).catch(() => {});
  }

  close(): void {
    this.#ended ??= "closed";
    this.#writer.close();
  }

  async #send(bytes: Uint8Array, method: string): Promise<void> {
    try {
      await this.#writer.write(bytes);
    } catch (error) {
      throw new UnreachableError(`cannot send ${method}: ${reasonOf(error)}`, { cause: error });
    }
  }

  async #readAll(): Promise<string> {
    try {
      for (;;) {
        // A buffer of its own for every read: blocks are handed on as views into it.
        const buffer = new Uint8Array(READ_BYTES);
        const count = await this.socket.read(buffer);
        if (count === null) break;
        // A small read must not keep a large buffer alive.
        this.#parser.push(
          count < READ_BYTES / 8 ? buffer.slice(0, count) : buffer.subarray(0, count),
        );
        this.#takeAll();
      }
      return this.#end("the server closed the connection");
    } catch (error) {
      return this.#end(error instanceof ProtocolError ? error.message : reasonOf(error));
    }
  }

  #end(reason: string): string {
    this.#ended ??= reason;
    const awaited = this.#awaited;
    awaited?.reply.reject(this.#gone(awaited.method));
    return this.#ended;
  }

  #gone(method: string): NoReplyError {
    return new NoReplyError(method, `no reply to ${method}: ${this.#ended}`);
  }

  #takeAll(): void {
    for (;;) {
      const outcome = this.#parser.next();
      if (outcome.kind === "more") return;
      if (outcome.kind === "malformed") this.#tellMalformed(outcome.error);
      else if (outcome.value.kind === "interleaved") this.onInterleaved(outcome.value);
      else if (outcome.value.kind === "response") this.#takeResponse(outcome.value);
      else this.#answerServer(outcome.value);
    }
  }

  #tellMalformed(error: MalformedError): void {
    this.options.observer.note?.({ code: "malformed-message", message: error.message });
    if (++this.#malformed < MOST_MALFORMED) return;
    throw new ProtocolError(`the server's words are no RTSP: ${error.message}`);
  }

  #takeResponse(response: RtspResponse): void {
    const { clock, observer } = this.options;
    observer.message?.(observeResponse("in", response, clock.wallTime()));
    const awaited = this.#awaited;
    if (awaited === undefined) return;
    const cseq = response.headers.get("CSeq")?.trim();
    if (cseq !== String(awaited.cseq)) {
      // Some cameras answer CSeq 0 or none; an older number is the answer to a request given up.
      if (cseq !== undefined && Number(cseq) > 0 && Number(cseq) < awaited.cseq) return;
      observer.note?.({
        code: "wrong-cseq",
        message: `The reply to ${awaited.method} has CSeq ${cseq ?? "none"}, not ${awaited.cseq}`,
      });
    }
    awaited.reply.resolve(response);
  }

  /** Keep-alives of the server's own are answered, everything else is not for a player. */
  #answerServer(request: RtspRequest): void {
    const { clock, observer } = this.options;
    observer.message?.(observeRequest("in", request, clock.wallTime()));
    const known = request.method === "OPTIONS" || request.method === "GET_PARAMETER";
    const status = known ? STATUS.OK : STATUS.NOT_IMPLEMENTED;
    const headers = new HeaderList();
    const cseq = request.headers.get("CSeq");
    if (cseq !== undefined) headers.append("CSeq", cseq);
    const response = {
      status,
      reason: reasonPhrase(status),
      version: RTSP_VERSION,
      headers,
      body: new Uint8Array(0),
    };
    observer.message?.(observeResponse("out", response, clock.wallTime()));
    this.#writer.write(formatResponse(response)).catch(() => {});
  }
}
