import type { MalformedError } from "../../bytes/malformed.ts";
import { plainAddress, type UdpAddress } from "../../net/address.ts";
import { type Clock, TimeoutError, withTimeout } from "../../net/clock.ts";
import { reasonOf, UnreachableError } from "../../net/errors.ts";
import { StreamWriter } from "../../net/stream_writer.ts";
import { connectTcp, connectTls } from "../../net/tcp.ts";
import type { TlsTrust } from "../../net/tls_trust.ts";
import { formatRequest, formatResponse, interleave } from "../../rtsp/format.ts";
import { HeaderList } from "../../rtsp/headers.ts";
import { REPLY_LIMITS } from "../../rtsp/limits.ts";
import { RTSP_VERSION, type RtspRequest, type RtspResponse } from "../../rtsp/message.ts";
import { MessageParser } from "../../rtsp/parser.ts";
import { START_LINE } from "../../rtsp/start_line.ts";
import { reasonPhrase, STATUS } from "../../rtsp/statuses.ts";
import type { RtspUrl } from "../../rtsp/url.ts";
import { KeyMask } from "../../srtp/key_mask.ts";
import { NoReplyError, ProtocolError, UnreadableReplyError } from "../errors.ts";
import type { Observer } from "../observer.ts";
import { AwaitedReplies } from "./awaited_replies.ts";
import { InterleavedChannels } from "./interleaved_channels.ts";
import { observeRequest, observeResponse, withoutSecrets } from "./observe.ts";

/** What a client connection needs from outside. */
export interface RtspConnectionOptions {
  clock: Clock;
  /** Bound on connecting and on each reply, in ms. */
  timeout: number;
  observer: Observer;
  /** Calls connecting and waits for replies off. */
  signal?: AbortSignal | undefined;
  /** For rtsps: what is trusted beside the authorities that the machine knows. */
  trust?: TlsTrust | undefined;
  /** Called, and waited for, when the server has answered: it speaks RTSP. */
  understood?: (() => Promise<void>) | undefined;
}

/** How one request is made. */
export interface RequestOptions {
  /** Bound on the reply, in ms, where that shall be another. */
  timeout?: number;
  /** Whether it is made even when everything has been called off, as TEARDOWN is. */
  always?: boolean;
  /** What goes with it; Content-Length is set. */
  body?: Uint8Array;
}

const NO_BODY = new Uint8Array(0);

/** How much may be read at once: one read takes in a burst of frames. */
const READ_BYTES = 256 * 1024;

/** Malformed messages without a good one between them after which a connection is given up. */
const MOST_MALFORMED = 20;

/** What our requests say about us: not `GStreamer…`, which gortsplib answers a second late. */
const USER_AGENT = "rtspkit";

/** The control connection to an RTSP server: requests and their replies, blocks between them. */
export class RtspConnection {
  /** Who takes the interleaved blocks; each is a view into the read, valid for ever. */
  readonly channels = new InterleavedChannels();
  /** Resolves with a reason in words when the server ends the connection or it breaks. */
  readonly closed: Promise<string>;
  readonly #writer: StreamWriter;
  readonly #parser: MessageParser;
  readonly #awaited: AwaitedReplies;
  /** Keeps keys from those who record what comes. */
  readonly #keyMask = new KeyMask();
  /** Whether anything that is RTSP has come. */
  #heard = false;
  /** Malformed messages since the last good one, and what was wrong with the last of them. */
  #malformed = 0;
  #problem = "";
  /** Why there will be no more replies. */
  #ended: Error | undefined;

  private constructor(readonly socket: Deno.Conn, readonly options: RtspConnectionOptions) {
    const { clock, timeout, observer } = options;
    this.#awaited = new AwaitedReplies(observer);
    // Whatever is written here must arrive: nothing is offered.
    const noLimit = { backlogBytes: Infinity, backlogMs: Infinity };
    this.#writer = new StreamWriter(socket, { clock, writeMs: timeout, ...noLimit });
    this.#parser = new MessageParser(REPLY_LIMITS, {
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
    return plainAddress((this.socket.remoteAddr as Deno.NetAddr).hostname);
  }

  /** Our address on the way there. */
  get localHostname(): string {
    return plainAddress((this.socket.localAddr as Deno.NetAddr).hostname);
  }

  /**
   * Sends a request and waits for its reply, whatever the status.
   * @throws {UnreachableError} when there is none in time, or the connection ends
   * @throws {ProtocolError} when what comes is no RTSP
   */
  async request(
    method: string,
    uri: string,
    headers: Iterable<[string, string]> = [],
    { timeout = this.options.timeout, always = false, body = NO_BODY }: RequestOptions = {},
  ): Promise<RtspResponse> {
    const { clock, observer, understood } = this.options;
    const signal = always ? undefined : this.options.signal;
    signal?.throwIfAborted();
    if (this.#ended !== undefined) throw this.#gone(method);
    const { cseq, reply } = this.#awaited.next(method);
    const list = new HeaderList([["CSeq", String(cseq)], ["User-Agent", USER_AGENT], ...headers]);
    const request = { method, uri, version: RTSP_VERSION, headers: list, body };
    observer.message?.(observeRequest("out", request, clock.wallTime()));
    const abort = (): void => this.#awaited.fail(cseq, signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      if (observer.chunk !== undefined) {
        const headers = new HeaderList(withoutSecrets(list));
        this.#tap("out", formatRequest({ ...request, headers }));
      }
      await this.#send(formatRequest(request), method);
      const response = await withTimeout(clock, reply, timeout, `a reply to ${method}`);
      await understood?.();
      return response;
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      throw new NoReplyError(method, this.#silence(method, timeout), { cause: error });
    } finally {
      this.#awaited.forget(cseq);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Sends a block on a channel, e.g. a receiver report; lost silently when the connection is. */
  sendInterleaved(channel: number, payload: Uint8Array): void {
    const block = interleave(channel, payload);
    this.#tap("out", block);
    this.#writer.write(block).catch(() => {});
  }

  close(): void {
    this.#ended ??= new Error("closed");
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
        if (this.options.observer.chunk !== undefined) {
          this.#tap("in", this.#keyMask.mask(buffer.subarray(0, count)));
        }
        // A small read must not keep a large buffer alive.
        this.#parser.push(
          count < READ_BYTES / 8 ? buffer.slice(0, count) : buffer.subarray(0, count),
        );
        this.#takeAll();
      }
      return this.#end(new Error("the server closed the connection"));
    } catch (error) {
      return this.#end(error instanceof ProtocolError ? error : new Error(reasonOf(error)));
    }
  }

  #end(why: Error): string {
    this.#ended ??= why;
    this.#writer.close();
    this.#awaited.failAll((method) => this.#gone(method));
    return this.#ended.message;
  }

  #gone(method: string): Error {
    const why = this.#ended!;
    return why instanceof ProtocolError
      ? why
      : new NoReplyError(method, `no reply to ${method}: ${why.message}`);
  }

  /** What there is instead of a reply. */
  #silence(method: string, timeout: number): string {
    const seconds = `${timeout / 1000} s`;
    if (this.#problem !== "") {
      return `no readable reply to ${method} in ${seconds}: ${this.#problem}`;
    }
    const { pending } = this.#parser;
    if (pending === 0) return `no reply to ${method} in ${seconds}`;
    return `no whole reply to ${method} in ${seconds}: it has begun, but the rest of what its ` +
      `Content-Length announces did not come`;
  }

  /** Shows bytes to whoever records them. */
  #tap(direction: "out" | "in", bytes: Uint8Array): void {
    const { clock, observer } = this.options;
    observer.chunk?.({
      time: clock.wallTime(),
      arrival: clock.now(),
      direction,
      local: endOf(this.socket.localAddr),
      remote: endOf(this.socket.remoteAddr),
      bytes,
    });
  }

  #takeAll(): void {
    for (;;) {
      const outcome = this.#parser.next();
      if (outcome.kind === "more") return;
      if (outcome.kind === "malformed") {
        this.#tellMalformed(outcome.error);
        continue;
      }
      this.#heard = true;
      this.#malformed = 0;
      this.#problem = "";
      if (outcome.value.kind === "interleaved") this.channels.deliver(outcome.value);
      else if (outcome.value.kind === "response") this.#takeResponse(outcome.value);
      else this.#answerServer(outcome.value);
    }
  }

  /** A stream that has been cut or mixed up goes on; one that never was RTSP does not. */
  #tellMalformed(error: MalformedError): void {
    this.options.observer.note?.({ code: "malformed-message", message: error.message });
    this.#problem = error.message;
    if (this.#heard && ++this.#malformed < MOST_MALFORMED) return;
    // Behind a status line that was one.
    if (!this.#heard && error.element !== START_LINE) {
      throw new UnreadableReplyError(`the server's reply cannot be read: ${error.message}`);
    }
    throw new ProtocolError(`the server's words are no RTSP: ${error.message}`);
  }

  #takeResponse(response: RtspResponse): void {
    const { clock, observer } = this.options;
    observer.message?.(observeResponse("in", response, clock.wallTime()));
    this.#awaited.answer(response);
  }

  #answerServer(request: RtspRequest): void {
    const { clock, observer } = this.options;
    observer.message?.(observeRequest("in", request, clock.wallTime()));
    const response = answerTo(request);
    observer.message?.(observeResponse("out", response, clock.wallTime()));
    const bytes = formatResponse(response);
    this.#tap("out", bytes);
    this.#writer.write(bytes).catch(() => {});
  }
}

function endOf(address: Deno.Addr): UdpAddress {
  const { hostname, port } = address as Deno.NetAddr;
  return { hostname: plainAddress(hostname), port };
}

/** Keep-alives of the server's own are answered, everything else is not for a player. */
function answerTo({ method, headers }: RtspRequest): Omit<RtspResponse, "kind"> {
  const known = method === "OPTIONS" || method === "GET_PARAMETER";
  const status = known ? STATUS.OK : STATUS.NOT_IMPLEMENTED;
  const cseq = headers.get("CSeq");
  return {
    status,
    reason: reasonPhrase(status),
    version: RTSP_VERSION,
    headers: new HeaderList(cseq === undefined ? [] : [["CSeq", cseq]]),
    body: new Uint8Array(0),
  };
}
