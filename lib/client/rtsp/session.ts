import type { Timer } from "../../net/clock.ts";
import { parseCompound } from "../../rtcp/compound.ts";
import type { RtcpPacket } from "../../rtcp/packet.ts";
import type { RtspUrl } from "../../rtsp/url.ts";
import { PictureDepacketizer } from "../../stream/picture_depacketizer.ts";
import type { ReceiveStatistics } from "../../stream/receive_statistics.ts";
import { NoMediaError } from "../errors.ts";
import type { EndReason, MediaSession, PlayRequest } from "../media_session.ts";
import { RtpReceiver } from "../receiver.ts";
import type { RtspConnectionOptions } from "./connection.ts";
import { Feed } from "./feed.ts";
import { KeepAlive } from "./keep_alive.ts";
import { type LinkOptions, RtspLink } from "./link.ts";
import { InterleavedTransport, UdpTransport } from "./media_transport.ts";
import { playHeaders, PlayProgress } from "./play_progress.ts";
import { ReceiverReports } from "./receiver_reports.ts";
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
const WATCH_MS = 50;

/** Plays one stream from an RTSP server. */
export class RtspMediaSession implements MediaSession {
  readonly totalFrames = undefined;
  readonly ended: Promise<EndReason>;
  readonly #settle: PromiseWithResolvers<EndReason> = Promise.withResolvers();
  readonly #receiver: RtpReceiver;
  readonly #depacketizer: PictureDepacketizer;
  readonly #reports: ReceiverReports;
  #link: RtspLink;
  /** Why the link's connection ended, once it has. */
  #linkLost: string | undefined;
  #keepAlive: KeepAlive | undefined;
  #progress: PlayProgress | undefined;
  #asked: PlayRequest = {};
  #timer: Timer | undefined;
  #playing = false;
  #closed = false;
  #lastPacketAt = 0;

  private constructor(
    readonly url: RtspUrl,
    readonly options: RtspSessionOptions,
    link: RtspLink,
    feed: Feed,
  ) {
    this.ended = this.#settle.promise;
    this.ended.catch(() => {});
    const { clock, observer, randomBytes } = options;
    const { track } = link;
    this.#depacketizer = new PictureDepacketizer(
      (frame) => observer.frame?.(frame),
      track.dimensions,
    );
    this.#receiver = new RtpReceiver({
      clock,
      observer,
      clockRate: track.clockRate,
      emit: ({ packet, arrivedAt }) => {
        if (track.encoding === "JPEG") this.#depacketizer.push(packet, arrivedAt);
      },
    });
    const ssrc = new DataView(randomBytes(4).buffer).getUint32(0);
    this.#reports = new ReceiverReports(this.#receiver.statistics, ssrc);
    this.#link = link;
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

  get encoding(): string {
    return this.#link.track.encoding;
  }

  async play(request: PlayRequest = {}): Promise<void> {
    const { clock, observer } = this.options;
    this.#asked = request;
    this.#link.transport.punch();
    this.#lastPacketAt = clock.now();
    // Packets may come before the reply: they count as soon as PLAY is on its way.
    this.#playing = true;
    const reply = await this.#link.play(playHeaders(request));
    this.#progress = new PlayProgress(reply, request, this.#link.track);
    this.#keepAlive = new KeepAlive(this.#link, observer, clock.now());
    this.#watch();
  }

  async pause(): Promise<void> {
    await this.#link.pause();
    this.#playing = false;
    this.#timer?.cancel();
    this.#receiver.restart();
    this.#depacketizer.restart();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#end("stopped");
    // In the connection it could come after TEARDOWN, at which gortsplib hangs up.
    const bye = this.#reports.bye(this.options.clock.now());
    if (bye !== undefined && this.transport !== "tcp") this.#link.transport.sendControl(bye);
    await this.#link.close();
  }

  /** Takes what a link receives from now on. */
  #follow(link: RtspLink, feed: Feed): void {
    const { clock, observer } = this.options;
    this.#linkLost = undefined;
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
    this.#reports.source = packet.ssrc;
    this.#progress?.packet(packet.timestamp);
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
      if (packet.type === "SR") this.#reports.senderReported(packet.ntpTimestamp, clock.now());
      if (packet.type === "BYE" && this.#isOfOurSource(packet.sources)) this.#endSoon();
    }
  }

  #isOfOurSource(sources: readonly number[]): boolean {
    const { source } = this.#reports;
    return source === undefined || sources.length === 0 || sources.includes(source);
  }

  /** BYE may overtake the last packets on its way: they get a moment. */
  #endSoon(): void {
    this.options.clock.setTimer(WATCH_MS, () => this.#end("complete"));
  }

  /** Looks now and then whether the stream has ended, and does what is due while it has not. */
  #watch(): void {
    if (!this.#playing || this.#closed) return;
    const { clock, signal } = this.options;
    this.#receiver.expire();
    if (signal?.aborted) return this.#end("stopped");
    const silent = clock.now() - this.#lastPacketAt;
    if (this.statistics.packets === 0 ? this.#judgeNoMedia(silent) : this.#judgeEnd(silent)) return;
    if (this.#linkLost === undefined) this.#keepAlive?.check(clock.now());
    const report = this.#reports.due(clock.now());
    if (report !== undefined) this.#link.transport.sendControl(report);
    this.#timer = clock.setTimer(WATCH_MS, () => this.#watch());
  }

  /** Before the first packet. @returns whether the watch is over */
  #judgeNoMedia(silent: number): boolean {
    const { timeout, transport } = this.options;
    const mayFallBack = transport === "auto" && this.transport === "udp";
    if (mayFallBack && silent >= Math.min(UDP_SILENCE_MS, timeout / 2)) {
      this.#fallBack(silent);
      return true;
    }
    if (silent < timeout && !this.#isCutOff()) return false;
    const over = this.transport.toUpperCase();
    const why = this.#linkLost ?? `no RTP packet came over ${over} in ${timeout / 1000} s`;
    this.#settle.reject(new NoMediaError(`the server accepted PLAY, but ${why}`));
    return true;
  }

  /** After the first packet. @returns whether the watch is over */
  #judgeEnd(silent: number): boolean {
    const isAtEnd = this.#progress?.isAtEnd ?? false;
    if (isAtEnd && (silent >= END_SILENCE_MS || this.#isCutOff())) this.#end("complete");
    else if (this.#isCutOff() || silent >= this.options.timeout) this.#end("cut");
    else return false;
    return true;
  }

  /** Whether no more can come because the connection that carries it has ended. */
  #isCutOff(): boolean {
    return this.#linkLost !== undefined && this.transport === "tcp";
  }

  /** Nothing came over UDP: the same again over TCP, on a new connection. */
  async #fallBack(silent: number): Promise<void> {
    this.options.observer.note?.({
      code: "udp-silent",
      message: `No packet came over UDP in ${(silent / 1000).toFixed(1)} s ` +
        "(a firewall between?); trying TCP",
    });
    try {
      await this.#link.close();
      const feed = new Feed();
      this.#link = await RtspLink.open(this.url, linkOptions(this.options, "tcp", feed));
      this.#follow(this.#link, feed);
      if (this.#closed) return await this.#link.close();
      await this.play(this.#asked);
    } catch (error) {
      this.#settle.reject(error);
    }
  }

  #end(reason: EndReason): void {
    this.#playing = false;
    this.#timer?.cancel();
    this.#receiver.flush();
    this.#depacketizer.flush(this.options.clock.wallTime());
    this.#settle.resolve(reason);
  }
}

function linkOptions(
  options: RtspSessionOptions,
  transport: RtspSessionOptions["transport"],
  feed: Feed,
): LinkOptions {
  const udp: LinkOptions["transports"][number] = (connection) => {
    return new UdpTransport(connection, options.rtpPort, feed);
  };
  const tcp: typeof udp = (connection) => new InterleavedTransport(connection, feed);
  return { ...options, transports: { auto: [udp, tcp], udp: [udp], tcp: [tcp] }[transport] };
}
