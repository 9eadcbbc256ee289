import { RtpPortPair } from "../../lib/net/rtp_port_pair.ts";
import { closeQuietly, writeAll } from "../../lib/net/tcp.ts";
import type { RtspRequest } from "../../lib/rtsp/message.ts";
import { MessageParser } from "../../lib/rtsp/parser.ts";
import { parseTransport, type Transport } from "../../lib/rtsp/headers/transport.ts";
import { interleave } from "../../lib/rtsp/format.ts";
import { ascii } from "./split.ts";
import { Waiters } from "./wait.ts";

/** A reply: the usual one with these differences. */
export interface Reply {
  status?: number;
  reason?: string;
  /** Instead of or beside the usual headers; `undefined` leaves one out. */
  headers?: Record<string, string | undefined>;
  body?: string;
  /** Instead of all of it, exactly this. */
  exactly?: string | Uint8Array;
}

/** Nothing is answered. */
export const SILENCE = "silence" as const;
/** The connection is closed instead of an answer. */
export const HANG_UP = "hang up" as const;

/** What is answered to a request. What a function does is done before the next request is read. */
export type Answer =
  | Reply
  | typeof SILENCE
  | typeof HANG_UP
  | ((request: RtspRequest, connection: ScriptedConnection) => Answer | Promise<Answer>);

/** What a scripted server does otherwise than a plain one. */
export interface Script {
  /** By method. Of a list the first request gets the first, and the last one serves all others. */
  answers?: Record<string, Answer | Answer[]>;
  /** What DESCRIBE answers; one JPEG stream if absent. */
  sdp?: string;
  /** Sends media, once the reply to PLAY is out. */
  media?: (connection: ScriptedConnection) => Promise<void>;
}

/** One JPEG stream as most servers describe it. */
export const JPEG_SDP = sdp("m=video 0 RTP/AVP 26", "a=control:track1");

/** A session description with these lines behind the usual first ones. */
export function sdp(...lines: string[]): string {
  const first = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 0.0.0.0", "t=0 0"];
  return [...first, ...lines, ""].join("\r\n");
}

/** One client of the server. */
export class ScriptedConnection {
  /** What each SETUP agreed on, in order. */
  readonly transports: Transport[] = [];
  /** Media being sent, rejected when that fails. */
  sending: Promise<void> = Promise.resolve();

  constructor(readonly server: ScriptedServer, readonly socket: Deno.TcpConn) {}

  /** What the last SETUP agreed on. */
  get transport(): Transport | undefined {
    return this.transports.at(-1);
  }

  async send(bytes: string | Uint8Array): Promise<void> {
    await writeAll(this.socket, typeof bytes === "string" ? ascii(bytes) : bytes);
  }

  /** Sends RTP packets, by the transport that was set up. */
  async rtp(...packets: Uint8Array[]): Promise<void> {
    for (const packet of packets) await this.#media(0, packet);
  }

  /** Sends RTCP packets. */
  async rtcp(...packets: Uint8Array[]): Promise<void> {
    for (const packet of packets) await this.#media(1, packet);
  }

  /** Sends RTP packets of the stream that was set up as the `nth`, from 0. */
  async rtpOf(nth: number, ...packets: Uint8Array[]): Promise<void> {
    for (const packet of packets) await this.#media(0, packet, nth);
  }

  /** Likewise RTCP packets. */
  async rtcpOf(nth: number, ...packets: Uint8Array[]): Promise<void> {
    for (const packet of packets) await this.#media(1, packet, nth);
  }

  /** Ends the connection: a reset where the client has sent what was not read. */
  close(): void {
    closeQuietly(this.socket);
  }

  async #media(stream: 0 | 1, packet: Uint8Array, nth = -1): Promise<void> {
    const transport = this.transports.at(nth)!;
    const { interleaved, clientPort, destination = "127.0.0.1", port } = transport;
    if (interleaved !== undefined) {
      const { first, last = first + 1 } = interleaved;
      return await this.send(interleave(stream === 0 ? first : last, packet));
    }
    const to = { hostname: destination, port: (clientPort ?? port)!.first + stream };
    await this.server.udp[stream === 0 ? "rtp" : "rtcp"].send(packet, to);
  }
}

/** A small RTSP server on real sockets that does what a test tells it to. */
export class ScriptedServer {
  /** Every request, in the order they came, over all connections. */
  readonly requests: RtspRequest[] = [];
  readonly connections: ScriptedConnection[] = [];
  /** Datagrams that came to the media ports. */
  readonly datagrams: { kind: "rtp" | "rtcp"; bytes: Uint8Array; port: number }[] = [];
  /** Interleaved blocks that came. */
  readonly blocks: { channel: number; payload: Uint8Array }[] = [];
  readonly udp = RtpPortPair.open("127.0.0.1");
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #waiters = new Waiters();
  readonly #running: Promise<unknown>[] = [];
  readonly #answered = new Map<string, number>();

  constructor(readonly script: Script) {
    this.#running.push(this.#accept(), this.#receive());
  }

  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  url(path = "movie", userinfo = ""): string {
    return `rtsp://${userinfo}127.0.0.1:${this.port}/${path}`;
  }

  /** The requests of a method, in order. */
  asked(method: string): RtspRequest[] {
    return this.requests.filter((request) => request.method === method);
  }

  get methods(): string[] {
    return this.requests.map(({ method }) => method);
  }

  /** Waits until a method has been requested so many times. @returns the last of them */
  async request(method: string, count = 1): Promise<RtspRequest> {
    await this.until(`${count} ${method}`, () => this.asked(method).length >= count);
    return this.asked(method)[count - 1]!;
  }

  /** Waits until something of what came is as wanted. */
  async until(what: string, check: () => boolean): Promise<void> {
    await this.#waiters.until(what, () => check() || undefined);
  }

  async close(): Promise<void> {
    closeQuietly(this.#listener);
    this.udp.close();
    for (const connection of this.connections) connection.close();
    await Promise.all(this.#running);
    await Promise.all(this.connections.map(({ sending }) => sending.catch(ignoreGone)));
  }

  async #accept(): Promise<void> {
    for await (const socket of this.#listener) {
      socket.setNoDelay(true);
      const connection = new ScriptedConnection(this, socket);
      this.connections.push(connection);
      this.#running.push(this.#serve(connection).catch(ignoreGone));
    }
  }

  async #receive(): Promise<void> {
    await this.udp.receiveAll((kind, bytes, { port }) => {
      this.datagrams.push({ kind, bytes: bytes.slice(), port });
      this.#waiters.notify();
    });
  }

  async #serve(connection: ScriptedConnection): Promise<void> {
    const parser = new MessageParser();
    for (;;) {
      const buffer = new Uint8Array(65536);
      const count = await connection.socket.read(buffer);
      if (count === null) break;
      parser.push(buffer.subarray(0, count));
      for (let next = parser.next(); next.kind === "value"; next = parser.next()) {
        if (next.value.kind === "interleaved") this.blocks.push(next.value);
        if (next.value.kind === "request") await this.#answer(next.value, connection);
        this.#waiters.notify();
      }
    }
    connection.close();
  }

  async #answer(request: RtspRequest, connection: ScriptedConnection): Promise<void> {
    this.requests.push(request);
    this.#waiters.notify();
    let answer = this.#scripted(request.method);
    while (typeof answer === "function") answer = await answer(request, connection);
    if (answer === SILENCE) return;
    if (answer === HANG_UP) return connection.close();
    const reply = { ...this.#usual(request), ...answer };
    const headers = { ...this.#usual(request).headers, ...answer.headers };
    if (request.method === "SETUP") connection.transports.push(agreed(request, headers.Transport));
    await connection.send(reply.exactly ?? replyText({ ...reply, headers }));
    if (request.method === "PLAY" && (reply.status ?? 200) === 200) {
      connection.sending = this.script.media?.(connection) ?? Promise.resolve();
      connection.sending.catch(() => {});
    }
  }

  /** The answer the script has for a request. */
  #scripted(method: string): Answer {
    const count = this.#answered.get(method) ?? 0;
    this.#answered.set(method, count + 1);
    const answers = this.script.answers?.[method] ?? {};
    return Array.isArray(answers) ? answers[Math.min(count, answers.length - 1)]! : answers;
  }

  /** What a plain server answers. */
  #usual({ method, uri, headers: asked }: RtspRequest): Reply {
    const headers: Record<string, string | undefined> = { CSeq: asked.get("CSeq") };
    if (method === "OPTIONS") {
      headers.Public = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER";
    }
    if (method === "DESCRIBE") {
      headers["Content-Type"] = "application/sdp";
      headers["Content-Base"] = `${uri}/`;
      return { headers, body: this.script.sdp ?? JPEG_SDP };
    }
    if (method === "SETUP") headers.Transport = this.#usualTransport(asked.get("Transport")!);
    if (method !== "OPTIONS") headers.Session = "A1B2C3";
    return { headers };
  }

  #usualTransport(offer: string): string {
    if (offer.includes("TCP")) return offer;
    return `${offer};server_port=${this.udp.rtp.port}-${this.udp.rtcp.port}`;
  }
}

/** What was asked for, as far as the reply does not say otherwise. */
function agreed({ headers }: RtspRequest, reply: string | undefined): Transport {
  const asked = parseTransport(headers.get("Transport")!)[0]!;
  try {
    return { ...asked, ...parseTransport(reply ?? "RTP/AVP")[0]! };
  } catch {
    return asked; // the script wants to see what a client makes of nonsense
  }
}

function replyText({ status = 200, reason = "Said", headers = {}, body = "" }: Reply): string {
  const length = body === "" ? {} : { "Content-Length": String(ascii(body).length) };
  const lines = Object.entries({ ...length, ...headers })
    .flatMap(([name, value]) => value === undefined ? [] : [`${name}: ${value}`]);
  return [`RTSP/1.0 ${status} ${reason}`, ...lines, "", body].join("\r\n");
}

/** The client may leave whenever it likes. */
function ignoreGone(error: unknown): void {
  const kinds = [
    Deno.errors.ConnectionReset,
    Deno.errors.BrokenPipe,
    Deno.errors.BadResource,
    Deno.errors.Interrupted,
  ];
  if (!kinds.some((kind) => error instanceof kind)) throw error;
}
