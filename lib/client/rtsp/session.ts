import type { Timer } from "../../net/clock.ts";
import { UnreachableError } from "../../net/errors.ts";
import { formatCompound, parseCompound } from "../../rtcp/compound.ts";
import type { RtcpPacket } from "../../rtcp/packet.ts";
import { timestampDelta } from "../../rtp/timestamp.ts";
import { formatRange, parseRange } from "../../rtsp/headers/range.ts";
import { formatScale, parseScale } from "../../rtsp/headers/scale.ts";
import { DEFAULT_SESSION_TIMEOUT } from "../../rtsp/headers/session.ts";
import type { RtspResponse } from "../../rtsp/message.ts";
import type { RtspUrl } from "../../rtsp/url.ts";
import { PictureDepacketizer } from "../../stream/picture_depacketizer.ts";
import type { ReceiveStatistics } from "../../stream/receive_statistics.ts";
import { ReceptionReporter } from "../../stream/reception_report.ts";
import { NoMediaError } from "../errors.ts";
import type { EndReason, MediaSession, PlayRequest } from "../media_session.ts";
import { RtpReceiver } from "../receiver.ts";
import type { RtspConnectionOptions } from "./connection.ts";
import { RtspLink } from "./link.ts";
import { InterleavedTransport, type MediaReceiver, UdpTransport } from "./media_transport.ts";
import type { RequesterOptions } from "./requester.ts";

/** What an RTSP session needs from outside. */
export interface RtspSessionOptions extends RtspConnectionOptions, RequesterOptions {
  /** `auto`: UDP, then TCP when it is refused or no packet comes. */
  transport: "auto" | "udp" | "tcp";
  /** UDP port for RTP; 0 for any even one. */
  rtpPort: number;
}

/** How long UDP may stay silent after PLAY before TCP is tried, in ms. */
const UDP_SILENCE_MS = 3000;
/** How long silence lasts until it is the end of media that should have ended, in ms. */
const END_SILENCE_MS = 1000;
/** Mean time between receiver reports (RFC 3550, section 6.2). */
const REPORT_MS = 5000;
const WATCH_MS = 50;

/** Plays one stream from an RTSP server. */
export class RtspMediaSession implements MediaSession {
  readonly totalFrames = undefined;
  readonly ended: Promise<EndReason>;
  readonly #settle: PromiseWithResolvers<EndReason> = Promise.withResolvers();
  readonly #receiver: RtpReceiver;
  readonly #depacketizer: PictureDepacketizer;
  readonly #reporter: ReceptionReporter;
  readonly #ownSsrc: number;
  #link: RtspLink;
  #timer: Timer | undefined;
  #playing = false;
  #closed = false;
  #lastPacketAt = 0;
  #lastReportAt = 0;
  #lastRequestAt = 0;
  #ssrc: number | undefined;
  #asked: PlayRequest = {};
  /** Seconds of media that this PLAY brings, where the server told. */
  #expectedSeconds: number | undefined;
  #firstTimestamp: number | undefined;
  #lastTimestamp = 0;
  #linkLost: string | undefined;

  private constructor(
    readonly url: RtspUrl,
    readonly options: RtspSessionOptions,
    link: RtspLink,
    feed: Feed,
  ) {
    this.ended = this.#settle.promise;
    this.ended.catch(() => {});
    const { clock, observer, randomBytes } = options;
    this.#link = link;
    this.#depacketizer = new PictureDepacketizer(
      (frame) => observer.frame?.(frame),
      link.track.dimensions,
    );
    this.#receiver = new RtpReceiver({
      clock,
      observer,
      clockRate: link.track.clockRate,
      emit: ({ packet, arrivedAt }) => {
        if (link.track.encoding === "JPEG") this.#depacketizer.push(packet, arrivedAt);
      },
    });
    this.#reporter = new ReceptionReporter(this.#receiver.statistics);
    this.#ownSsrc = new DataView(randomBytes(4).buffer).getUint32(0);
    this.#follow(link, feed);
  }

  /** Connects, describes and sets up; see {@linkcode RtspLink.open} for what it throws. */
  static async open(url: RtspUrl, options: RtspSessionOptions): Promise<RtspMediaSession> {
    const feed = new Feed();
    const link = await RtspLink.open(url, linkOptions(options, options.transport, feed));
    return new RtspMediaSession(url, options, link, feed);
  }

  get statistics(): ReceiveStatistics {
    return this.#receiver.statistics;
  }

  get transport(): string {
    return this.#link.transport.kind;
  }

  /** What is played: `JPEG`, `H264` … */
  get encoding(): string {
    return this.#link.track.encoding;
  }

  async play(request: PlayRequest = {}): Promise<void> {
    this.#asked = request;
    const { clock } = this.options;
    this.#link.transport.punch();
    this.#lastPacketAt = clock.now();
    // Packets may come before the reply: they count as soon as PLAY is on its way.
    this.#playing = true;
    this.#readReply(await this.#link.play(playHeaders(request)));
    this.#lastRequestAt = this.#lastReportAt = clock.now();
    this.#watch();
  }

  async pause(): Promise<void> {
    await this.#link.pause();
    this.#playing = false;
    this.#timer?.cancel();
    this.#receiver.restart();
    this.#depacketizer.restart();
    this.#firstTimestamp = undefined;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#end("stopped");
    this.#goodbye();
    await this.#link.close();
  }

  /** Takes what a link receives from now on. */
  #follow(link: RtspLink, feed: Feed): void {
    const { clock, observer } = this.options;
    feed.lead({
      rtp: (bytes) => this.#receiveRtp(bytes),
      rtcp: (bytes) => this.#receiveRtcp(bytes),
      stray: (size, problem) => observer.stray?.({ time: clock.wallTime(), size, problem }),
    });
    link.connection.closed.then((reason) => {
      if (link === this.#link) this.#linkLost = reason;
    });
  }

  #receiveRtp(bytes: Uint8Array): void {
    if (!this.#playing) return;
    this.#lastPacketAt = this.options.clock.now();
    const packet = this.#receiver.receive(bytes);
    if (packet === undefined) return;
    this.#ssrc = packet.ssrc;
    this.#firstTimestamp ??= packet.timestamp;
    this.#lastTimestamp = packet.timestamp;
  }

  #receiveRtcp(bytes: Uint8Array): void {
    const { clock, observer } = this.options;
    let packets: RtcpPacket[];
    try {
      packets = parseCompound(bytes);
    } catch (error) {
      const problem = (error as Error).message;
      return observer.stray?.({ time: clock.wallTime(), size: bytes.length, problem });
    }
    for (const packet of packets) {
      observer.rtcp?.({ time: clock.wallTime(), packet });
      if (packet.type === "SR") this.#reporter.senderReported(packet.ntpTimestamp, clock.now());
      if (packet.type === "BYE" && this.#isAboutUs(packet.sources)) this.#endSoon();
    }
  }

  #isAboutUs(sources: readonly number[]): boolean {
    return this.#ssrc === undefined || sources.length === 0 || sources.includes(this.#ssrc);
  }

  /** BYE may overtake the last packets on its way: they get a moment. */
  #endSoon(): void {
    this.options.clock.setTimer(WATCH_MS, () => this.#end("complete"));
  }

  #readReply(reply: RtspResponse): void {
    this.#expectedSeconds = undefined;
    const scale = readScale(reply);
    const range = readSeconds(reply.headers.get("Range"));
    const start = range?.start ?? this.#asked.start ?? 0;
    const end = range?.end ?? this.#link.track.duration;
    if (end !== undefined && scale > 0) this.#expectedSeconds = (end - start) / scale;
  }

  /** Seconds of media received since PLAY. */
  get #seconds(): number {
    if (this.#firstTimestamp === undefined) return 0;
    return timestampDelta(this.#lastTimestamp, this.#firstTimestamp) / this.#link.track.clockRate;
  }

  /** Whether the media has come to the end that was announced, within a second. */
  get #isAtEnd(): boolean {
    return this.#expectedSeconds !== undefined && this.#seconds >= this.#expectedSeconds - 1;
  }

  #watch(): void {
    if (!this.#playing || this.#closed) return;
    const { clock, timeout, signal } = this.options;
    this.#receiver.expire();
    const silent = clock.now() - this.#lastPacketAt;
    if (signal?.aborted) return this.#end("stopped");
    if (this.statistics.packets === 0) {
      if (this.#shouldFallBack(silent)) return void this.#fallBack();
      if (silent >= timeout || this.#isCutOff()) return this.#failWithoutMedia();
    } else if (this.#isAtEnd && silent >= END_SILENCE_MS) return this.#end("complete");
    else if (this.#isCutOff()) return this.#end(this.#isAtEnd ? "complete" : "cut");
    else if (silent >= timeout) return this.#end("cut");
    this.#keepAlive();
    this.#report();
    this.#timer = clock.setTimer(WATCH_MS, () => this.#watch());
  }

  /** Whether no more can come because the connection that carries it has ended. */
  #isCutOff(): boolean {
    return this.#linkLost !== undefined && this.#link.transport.kind === "tcp";
  }

  #shouldFallBack(silent: number): boolean {
    return this.options.transport === "auto" && this.#link.transport.kind === "udp" &&
      silent >= Math.min(UDP_SILENCE_MS, this.options.timeout / 2);
  }

  /** Nothing came over UDP: the same again over TCP, on a new connection. */
  async #fallBack(): Promise<void> {
    const { observer, clock } = this.options;
    const seconds = ((clock.now() - this.#lastPacketAt) / 1000).toFixed(1);
    observer.note?.({
      code: "udp-silent",
      message: `No packet came over UDP in ${seconds} s (a firewall?); trying TCP`,
    });
    try {
      const before = this.#link;
      const feed = new Feed();
      await before.close();
      this.#link = await RtspLink.open(this.url, linkOptions(this.options, "tcp", feed));
      this.#linkLost = undefined;
      this.#follow(this.#link, feed);
      if (this.#closed) return await this.#link.close();
      await this.play(this.#asked);
    } catch (error) {
      this.#settle.reject(error);
    }
  }

  #failWithoutMedia(): void {
    const { timeout } = this.options;
    const over = this.#link.transport.kind.toUpperCase();
    const why = this.#linkLost ?? `no RTP packet came over ${over} in ${timeout / 1000} s`;
    this.#settle.reject(new NoMediaError(`the server accepted PLAY, but ${why}`));
  }

  #keepAlive(): void {
    const { clock } = this.options;
    const timeout = (this.#link.requester.session?.timeout || DEFAULT_SESSION_TIMEOUT) * 1000;
    if (this.#linkLost !== undefined || clock.now() - this.#lastRequestAt < timeout / 2) return;
    this.#lastRequestAt = clock.now();
    // A server that refuses it, or does not answer, may well go on sending.
    this.#link.keepAlive().catch((error) => {
      if (this.#closed || error instanceof UnreachableError) return;
      this.options.observer.note?.({ code: "keep-alive", message: String(error.message) });
    });
  }

  #report(): void {
    const { clock } = this.options;
    if (this.#ssrc === undefined || clock.now() - this.#lastReportAt < REPORT_MS) return;
    this.#lastReportAt = clock.now();
    this.#link.transport.sendControl(formatCompound(this.#reportPackets()));
  }

  #goodbye(): void {
    if (this.#ssrc === undefined || this.#link.transport.kind === "tcp") return;
    const bye: RtcpPacket = { type: "BYE", sources: [this.#ownSsrc] };
    this.#link.transport.sendControl(formatCompound([...this.#reportPackets(), bye]));
  }

  #reportPackets(): RtcpPacket[] {
    const report = this.#reporter.report(this.#ssrc!, this.options.clock.now());
    const text = this.#ownSsrc.toString(16).padStart(8, "0");
    return [
      { type: "RR", ssrc: this.#ownSsrc, reports: [report] },
      { type: "SDES", chunks: [{ source: this.#ownSsrc, items: [{ type: "CNAME", text }] }] },
    ];
  }

  #end(reason: EndReason): void {
    this.#playing = false;
    this.#timer?.cancel();
    this.#receiver.flush();
    this.#depacketizer.flush(this.options.clock.wallTime());
    this.#settle.resolve(reason);
  }
}

/** Where a transport's packets go: kept until somebody leads them on. */
class Feed implements MediaReceiver {
  #to: MediaReceiver | undefined;
  #early: ((to: MediaReceiver) => void)[] = [];

  lead(to: MediaReceiver): void {
    this.#to = to;
    for (const deliver of this.#early.splice(0)) deliver(to);
  }

  rtp(bytes: Uint8Array): void {
    this.#deliver((to) => to.rtp(bytes));
  }

  rtcp(bytes: Uint8Array): void {
    this.#deliver((to) => to.rtcp(bytes));
  }

  stray(size: number, problem: string): void {
    this.#deliver((to) => to.stray(size, problem));
  }

  #deliver(deliver: (to: MediaReceiver) => void): void {
    if (this.#to !== undefined) deliver(this.#to);
    else this.#early.push(deliver);
  }
}

function linkOptions(
  options: RtspSessionOptions,
  transport: "auto" | "udp" | "tcp",
  feed: Feed,
): Parameters<typeof RtspLink.open>[1] {
  const udp: Parameters<typeof RtspLink.open>[1]["transports"][number] = (connection) =>
    new UdpTransport(connection, options.rtpPort, feed);
  const tcp: typeof udp = (connection) => new InterleavedTransport(connection, feed);
  return { ...options, transports: { auto: [udp, tcp], udp: [udp], tcp: [tcp] }[transport] };
}

/** A Range always: some cameras insist on one. */
function playHeaders({ start, scale }: PlayRequest): [string, string][] {
  const headers: [string, string][] = [];
  const from = start ?? (scale !== undefined && scale < 0 ? undefined : 0);
  if (from !== undefined) headers.push(["Range", formatRange({ unit: "npt", start: from })]);
  if (scale !== undefined) headers.push(["Scale", formatScale(scale)]);
  return headers;
}

function readScale(reply: RtspResponse): number {
  const value = reply.headers.get("Scale");
  try {
    return value === undefined ? 1 : parseScale(value);
  } catch {
    return 1;
  }
}

function readSeconds(value: string | undefined): { start?: number; end?: number } | undefined {
  if (value === undefined) return undefined;
  try {
    const range = parseRange(value);
    if (range.unit !== "npt") return undefined;
    return {
      ...(typeof range.start === "number" ? { start: range.start } : {}),
      ...(typeof range.end === "number" ? { end: range.end } : {}),
    };
  } catch {
    return undefined;
  }
}
