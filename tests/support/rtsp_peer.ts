import { RtpPortPair } from "../../lib/net/rtp_port_pair.ts";
import { closeQuietly, writeAll } from "../../lib/net/tcp.ts";
import { parseCompound } from "../../lib/rtcp/compound.ts";
import type { RtcpPacket } from "../../lib/rtcp/packet.ts";
import { parseRtpPacket, type RtpPacket } from "../../lib/rtp/packet.ts";
import { MARKER_BIT, MARKER_OFFSET } from "../../lib/rtp/header.ts";
import { interleave } from "../../lib/rtsp/format.ts";
import type { InterleavedFrame, RtspResponse } from "../../lib/rtsp/message.ts";
import { MessageParser } from "../../lib/rtsp/parser.ts";
import { assertEquals } from "./assert.ts";
import { Waiters } from "./wait.ts";

/** What a request may carry beside its first line and CSeq. */
export interface RequestParts {
  /** Header lines without line ends: `"Session: 1"`. */
  headers?: string[];
  body?: string;
}

/** A raw RTSP client for tests: sends exact bytes, reads whole responses, keeps what comes between. */
export class RtspPeer {
  readonly #parser = new MessageParser();
  readonly #waiters = new Waiters();
  readonly #reading: Promise<void>;
  #responses: RtspResponse[] = [];
  #paused: Promise<void> | undefined;
  #unpause: (() => void) | undefined;
  /** Every interleaved block, in the order they came. */
  readonly blocks: InterleavedFrame[] = [];
  /** What came, in order: a status for a response, a channel for a block. */
  readonly order: string[] = [];
  /** Every byte that came. */
  readonly received: Uint8Array[] = [];
  /** Whether the server closed the connection. */
  closedByServer = false;
  /** The CSeq of the next request. */
  cseq = 1;

  private constructor(readonly socket: Deno.TcpConn) {
    this.#reading = this.#readAll();
  }

  static async connect(port: number, hostname = "127.0.0.1"): Promise<RtspPeer> {
    const socket = await Deno.connect({ hostname, port });
    socket.setNoDelay(true);
    return new RtspPeer(socket);
  }

  /** Sends exactly this. */
  async send(text: string | Uint8Array): Promise<void> {
    await writeAll(this.socket, typeof text === "string" ? new TextEncoder().encode(text) : text);
  }

  /** Sends a request and gives its response, whose CSeq is the request's. */
  async request(method: string, uri: string, parts: RequestParts = {}): Promise<RtspResponse> {
    const cseq = this.cseq++;
    await this.send(requestText(method, uri, cseq, parts));
    const response = await this.response();
    assertEquals(response.headers.get("CSeq"), String(cseq), `CSeq of the reply to ${method}`);
    return response;
  }

  /** The next response that was not taken yet. */
  response(): Promise<RtspResponse> {
    return this.#waiters.until("a response", () => this.#responses.shift());
  }

  /** Responses that came and were not taken. */
  get untaken(): number {
    return this.#responses.length;
  }

  /** RTP packets on a channel, once there are `count`. */
  async rtp(count: number, channel = 0): Promise<RtpPacket[]> {
    await this.#waiters.until(`${count} RTP packets`, () => {
      return this.payloads(channel).length >= count || undefined;
    });
    return this.payloads(channel).map((bytes) => parseRtpPacket(bytes));
  }

  /** RTCP compound packets on a channel, once there are `count`. */
  async rtcp(count: number, channel = 1): Promise<RtcpPacket[][]> {
    await this.#waiters.until(`${count} RTCP packets`, () => {
      return this.payloads(channel).length >= count || undefined;
    });
    return this.payloads(channel).map(parseCompound);
  }

  /** RTP packets on a channel, once there are `count` whole frames. */
  async frames(count: number, channel = 0): Promise<RtpPacket[]> {
    await this.#waiters.until(`${count} frames`, () => {
      return countMarkers(this.payloads(channel)) >= count || undefined;
    });
    return this.rtp(0, channel);
  }

  payloads(channel: number): Uint8Array[] {
    return this.blocks.filter((block) => block.channel === channel).map((block) => block.payload);
  }

  /** Sends a block (RFC 2326, section 10.12). */
  async sendBlock(channel: number, payload: Uint8Array): Promise<void> {
    await this.send(interleave(channel, payload));
  }

  /** Reads nothing more until {@linkcode readOn}; a read under way still brings what it brings. */
  stopReading(): void {
    this.#paused ??= new Promise((resolve) => this.#unpause = resolve);
  }

  readOn(): void {
    this.#unpause?.();
    this.#paused = undefined;
  }

  /** Resolves when the server has closed the connection. */
  async closed(): Promise<void> {
    await this.#waiters.until("the end of the connection", () => this.closedByServer || undefined);
  }

  async close(): Promise<void> {
    closeQuietly(this.socket);
    this.readOn();
    await this.#reading;
  }

  async #readAll(): Promise<void> {
    const buffer = new Uint8Array(65536);
    try {
      for (;;) {
        await this.#paused;
        const count = await this.socket.read(buffer);
        if (count === null) break;
        this.#take(buffer.slice(0, count));
      }
    } catch {
      // closed by us, or reset by the server
    }
    this.closedByServer = true;
    closeQuietly(this.socket);
    this.#waiters.notify();
  }

  #take(bytes: Uint8Array): void {
    this.received.push(bytes);
    this.#parser.push(bytes);
    for (;;) {
      const outcome = this.#parser.next();
      if (outcome.kind === "more") break;
      if (outcome.kind === "malformed") throw outcome.error;
      const message = outcome.value;
      if (message.kind === "interleaved") {
        this.blocks.push(message);
        this.order.push(`channel ${message.channel}`);
      } else if (message.kind === "response") {
        this.#responses.push(message);
        this.order.push(String(message.status));
      }
    }
    this.#waiters.notify();
  }
}

/** A request as it goes over the wire. */
export function requestText(
  method: string,
  uri: string,
  cseq: number,
  { headers = [], body = "" }: RequestParts = {},
): string {
  const length = new TextEncoder().encode(body).length;
  const lines = [`${method} ${uri} RTSP/1.0`, `CSeq: ${cseq}`, ...headers];
  if (length > 0) lines.push(`Content-Length: ${length}`);
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** Frames that are whole, by the marker of their last packets. */
function countMarkers(packets: readonly Uint8Array[]): number {
  return packets.filter((bytes) => (bytes[MARKER_OFFSET]! & MARKER_BIT) !== 0).length;
}

/** A pair of UDP ports that keeps what comes to it. */
export class RtpReceiver {
  readonly rtpDatagrams: Uint8Array[] = [];
  readonly rtcpDatagrams: Uint8Array[] = [];
  /** Ports the RTP datagrams came from. */
  readonly sources = new Set<number>();
  readonly #waiters = new Waiters();
  readonly #receiving: Promise<void>;

  constructor(readonly pair: RtpPortPair = RtpPortPair.open("127.0.0.1")) {
    this.#receiving = pair.receiveAll((kind, bytes, from) => {
      if (kind === "rtp") this.sources.add(from.port);
      (kind === "rtp" ? this.rtpDatagrams : this.rtcpDatagrams).push(bytes.slice());
      this.#waiters.notify();
    });
  }

  /** The Transport value that asks for these ports. */
  get transport(): string {
    return `RTP/AVP;unicast;client_port=${this.pair.rtp.port}-${this.pair.rtcp.port}`;
  }

  /** All RTP packets so far, once there are `count`. */
  async rtp(count: number): Promise<RtpPacket[]> {
    await this.#waiters.until(`${count} RTP packets`, () => {
      return this.rtpDatagrams.length >= count || undefined;
    });
    return this.rtpDatagrams.map((bytes) => parseRtpPacket(bytes));
  }

  /** All RTP packets so far, once there are `count` whole frames. */
  async frames(count: number): Promise<RtpPacket[]> {
    await this.#waiters.until(`${count} frames`, () => {
      return countMarkers(this.rtpDatagrams) >= count || undefined;
    });
    return this.rtp(0);
  }

  /** All RTCP compound packets so far, once there are `count`. */
  async rtcp(count: number): Promise<RtcpPacket[][]> {
    await this.#waiters.until(`${count} RTCP packets`, () => {
      return this.rtcpDatagrams.length >= count || undefined;
    });
    return this.rtcpDatagrams.map(parseCompound);
  }

  async close(): Promise<void> {
    this.pair.close();
    await this.#receiving;
  }
}
