import type { Timer } from "../../net/clock.ts";
import type { Impairments } from "../../net/impairment/impairments.ts";
import type { RtspUrl } from "../../rtsp/url.ts";
import type { ReceiveStatistics } from "../../stream/receive_statistics.ts";
import { NoMediaError } from "../errors.ts";
import type {
  ChooseTracks,
  EndReason,
  MediaSession,
  MediaTrack,
  PlayRequest,
} from "../media_session.ts";
import type { RtspConnectionOptions } from "./connection.ts";
import { IncomingStreams } from "./incoming_streams.ts";
import { KeepAlive } from "./keep_alive.ts";
import { RtspLink } from "./link.ts";
import { playHeaders } from "./play_progress.ts";
import type { RequesterOptions } from "./requester.ts";
import type { TransportChoice } from "./transport_choice.ts";

/** What an RTSP session needs from outside. */
export interface RtspSessionOptions extends RtspConnectionOptions, RequesterOptions {
  transport: TransportChoice;
  /** UDP port for RTP; 0 for any even one. */
  rtpPort: number;
  /** Encodings the caller can make use of, in upper case; undefined for any. */
  encodings?: readonly string[] | undefined;
  /** Whether all streams of those encodings are played, and not only the one that matters most. */
  allTracks?: boolean | undefined;
  /** Who chooses the streams otherwise; the other wishes do not count then. */
  chooseTracks?: ChooseTracks | undefined;
  /**
   * A bad network that media goes through on its way in; undefined for none. To be closed by its maker
   * when the session is.
   */
  impairments?: Impairments | undefined;
}

/** How long datagrams may stay away after PLAY before TCP is tried, in ms. */
const UDP_SILENCE_MS = 3000;
/** How long silence lasts until it is the end of media that should have ended, in ms. */
const END_SILENCE_MS = 1000;
/** How long silence lasts until it is the end when the RTSP connection has ended before, in ms. */
const LOST_SILENCE_MS = 3000;
const WATCH_MS = 50;

/** Plays the streams of one presentation from an RTSP server. */
export class RtspMediaSession implements MediaSession {
  readonly totalFrames = undefined;
  readonly ended: Promise<EndReason>;
  readonly playingSince: Promise<number>;
  readonly #settle: PromiseWithResolvers<EndReason> = Promise.withResolvers();
  readonly #since: PromiseWithResolvers<number> = Promise.withResolvers();
  /** When the server last accepted PLAY, in ms of the clock. */
  #acceptedAt = 0;
  readonly #incoming: IncomingStreams;
  #link: RtspLink;
  /** Why the link's connection ended, once it has. */
  #linkLost: string | undefined;
  #keepAlive: KeepAlive;
  #asked: PlayRequest = {};
  #state: "ready" | "playing" | "paused" | "over" = "ready";
  #watchTimer: Timer | undefined;
  #endTimer: Timer | undefined;
  #fallingBack: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** @param calledOff aborts what is under way when the session is closed */
  private constructor(
    readonly url: RtspUrl,
    readonly options: RtspSessionOptions,
    readonly calledOff: AbortController,
    link: RtspLink,
  ) {
    this.ended = this.#settle.promise;
    this.ended.catch(() => {});
    this.playingSince = this.#since.promise;
    const { clock, observer } = options;
    const onGoodbye = (): void => this.#judgeGoodbye();
    this.#incoming = new IncomingStreams(link, { clock, observer, onGoodbye });
    this.#link = link;
    this.#keepAlive = this.#follow(link);
    this.#watch();
  }

  /** Connects, describes and sets up; see {@linkcode RtspLink.open} for what it throws. */
  static async open(url: RtspUrl, options: RtspSessionOptions): Promise<RtspMediaSession> {
    const calledOff = new AbortController();
    const signals = [calledOff.signal, ...(options.signal === undefined ? [] : [options.signal])];
    const own = { ...options, signal: AbortSignal.any(signals), sources: new Map() };
    const link = await RtspLink.open(url, own);
    return new RtspMediaSession(url, own, calledOff, link);
  }

  get statistics(): ReceiveStatistics {
    return this.#incoming.main.receiver.statistics;
  }

  get tracks(): MediaTrack[] {
    return this.#incoming.tracks;
  }

  get hostDrops(): number | undefined {
    return this.#link.main.transport.hostDrops;
  }

  get transport(): string {
    return this.#link.main.transport.kind;
  }

  get position(): number | undefined {
    const { hasEnd, position } = this.#incoming.main.progress;
    return hasEnd ? position : undefined;
  }

  get encoding(): string {
    return this.#link.main.track.format.encoding;
  }

  async play(request: PlayRequest = {}): Promise<void> {
    this.#asked = request;
    this.#incoming.begin(request.start);
    const reply = await this.#link.play(playHeaders(request, this.#state === "paused"));
    this.#acceptedAt = this.options.clock.now();
    this.#incoming.accepted(reply, this.#acceptedAt);
    if (!this.#mayFallBack) this.#since.resolve(this.#acceptedAt);
    if (this.#state !== "over") this.#state = "playing";
  }

  async pause(): Promise<void> {
    await this.#link.pause();
    this.#endTimer?.cancel();
    this.#endTimer = undefined;
    this.#incoming.pause();
    this.#state = "paused";
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#end("stopped");
    this.#watchTimer?.cancel();
    this.calledOff.abort(new DOMException("The session is closed", "AbortError"));
    await this.#fallingBack;
    // In the connection it could come after TEARDOWN, at which gortsplib hangs up.
    if (this.transport !== "tcp") this.#incoming.sendGoodbye(this.options.clock.now());
    await this.#link.close();
  }

  /** Takes what a link receives from now on. */
  #follow(link: RtspLink): KeepAlive {
    const { clock, observer } = this.options;
    this.#linkLost = undefined;
    this.#incoming.follow(link);
    link.connection.closed.then((reason) => {
      if (link === this.#link) this.#linkLost = reason;
    });
    return new KeepAlive(link, observer, clock.now());
  }

  /** BYE may overtake the last packets on its way: they get a moment. */
  #judgeGoodbye(): void {
    const { clock } = this.options;
    // Another member of the group has left.
    if (this.transport === "multicast" && this.#incoming.packets === 0) return;
    if (!this.#incoming.hasSaidGoodbye(clock.now())) return;
    this.#endTimer ??= clock.setTimer(WATCH_MS, () => this.#end("complete"));
  }

  /** Looks now and then whether the stream has ended, and does what is due while it has not. */
  #watch(): void {
    const { clock, signal } = this.options;
    if (signal?.aborted) return this.#end("stopped");
    const now = clock.now();
    if (this.#state === "playing") this.#watchMedia(now);
    if (this.#linkLost === undefined && this.#fallingBack === undefined) this.#keepAlive.check(now);
    this.#watchTimer = clock.setTimer(WATCH_MS, () => this.#watch());
  }

  #watchMedia(now: number): void {
    this.#incoming.attend(now);
    const silent = now - this.#incoming.lastPacketAt;
    if (this.#incoming.packets === 0) return this.#judgeNoMedia(silent);
    this.#since.resolve(this.#acceptedAt);
    this.#judgeGoodbye();
    this.#judgeEnd(silent);
  }

  /** Whether TCP is to be tried when no packet comes. */
  get #mayFallBack(): boolean {
    if (this.options.transport !== "auto" || this.transport === "tcp") return false;
    // What comes and cannot be opened by one transport cannot by another.
    return this.#link.main.srtp?.problem === undefined;
  }

  /** Before the first packet. */
  #judgeNoMedia(silent: number): void {
    const { timeout } = this.options;
    const { problem } = this.#link.main.srtp ?? {};
    if (!this.#mayFallBack) this.#since.resolve(this.#acceptedAt);
    else if (silent >= Math.min(UDP_SILENCE_MS, timeout / 2)) {
      this.#state = "ready";
      this.#fallingBack = this.#fallBack(silent).finally(() => this.#fallingBack = undefined);
      return;
    }
    if (silent < timeout && !this.#isCutOff()) return;
    if (problem !== undefined) {
      return this.#fail(new NoMediaError(`SRTP packets came and all were refused: ${problem}`));
    }
    const why = this.#isCutOff()
      ? `then ${this.#linkLost}`
      : `no RTP packet came to ${this.#link.main.transport.place} in ${timeout / 1000} s`;
    const hint = this.transport === "tcp" ? "" : " (a firewall between? try --transport tcp)";
    this.#fail(new NoMediaError(`RTSP works, the server accepted PLAY, but ${why}${hint}`));
  }

  /** After the first packet. */
  #judgeEnd(silent: number): void {
    const { timeout, clock } = this.options;
    const { isAtEnd, hasEnd } = this.#incoming.main.progress;
    const isLost = this.#isCutOff() ||
      (this.#linkLost !== undefined && silent >= Math.min(LOST_SILENCE_MS, timeout));
    if (isAtEnd && (silent >= END_SILENCE_MS || isLost)) return this.#end("complete");
    // A server that stops says BYE, and hangs up right behind it.
    if (isLost) return this.#end(this.#endTimer === undefined ? "cut" : "complete");
    // A server that still answers has no more to send; one that does not has gone.
    if (silent >= timeout / 2) {
      this.#keepAlive.checkSilence(clock.now(), this.#incoming.lastPacketAt);
    }
    if (silent >= timeout) this.#end(hasEnd || !this.#keepAlive.isAnswered ? "cut" : "silence");
  }

  /** Whether no more can come because the connection that carries it has ended. */
  #isCutOff(): boolean {
    return this.#linkLost !== undefined && this.transport === "tcp";
  }

  /** No datagram came: the same again over TCP, on a new connection. */
  async #fallBack(silent: number): Promise<void> {
    const { transport } = this.#link.main;
    this.options.observer.note?.({
      code: "udp-silent",
      message: `RTSP works, but no packet came to ${transport.place} in ` +
        `${(silent / 1000).toFixed(1)} s (a firewall between?); trying TCP`,
    });
    try {
      await this.#link.close();
      this.#link = await RtspLink.open(this.url, { ...this.options, transport: "tcp" });
      this.#keepAlive = this.#follow(this.#link);
      await this.play(this.#asked);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#state = "over";
    this.#settle.reject(error);
  }

  #end(reason: EndReason): void {
    this.#state = "over";
    this.#endTimer?.cancel();
    this.#incoming.end();
    this.#settle.resolve(reason);
  }
}
