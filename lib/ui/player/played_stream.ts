import type { EndReason, MediaSession, PlayRequest } from "../../client/media_session.ts";
import type { Credentials } from "../../client/rtsp/requester.ts";
import type { Clock } from "../../net/clock.ts";
import type { TlsTrust } from "../../net/tls_trust.ts";
import { Abilities } from "./abilities.ts";
import type { PlayerAction, PlayerState } from "./actions.ts";
import type { ExchangeLog } from "./exchange_log.ts";
import { openStream, type OpenStreamOptions } from "./open_stream.ts";
import { SessionWatch, type WatchListener } from "./session_watch.ts";
import type { StreamAddress } from "./stream_address.ts";

/** What a stream needs from outside. */
export interface StreamOptions {
  clock: Clock;
  /** Random bytes that cannot be guessed. */
  randomBytes: (length: number) => Uint8Array;
  /** Bound on every wait for the server, in ms. */
  timeout: number;
  /** For rtsps: what is trusted beside the authorities that the machine knows. */
  trust?: TlsTrust | undefined;
  /** Opens streams; {@linkcode openStream} if absent. */
  open?: typeof openStream;
}

/** Who is told of what becomes of a stream. */
export interface StreamListener extends WatchListener {
  /** It began to play. */
  began(): void;
  /** It plays no more, for whatever reason. */
  stopped(): void;
  /** It came to its end by itself. */
  ended(reason: EndReason): void;
  failed(error: unknown): void;
}

/** How far forward and backward go where the server has no such requests, in seconds. */
const SEEK_STEP_SECONDS = 5;
/** How near the end of the media a seek may come, in seconds. */
const BEFORE_END = 0.05;

/** Where the jumps lead from a time, in seconds. */
const JUMP_TARGETS = {
  restart: () => 0,
  forward: (at: number) => at + SEEK_STEP_SECONDS,
  backward: (at: number) => at - SEEK_STEP_SECONDS,
} as const;

/**
 * The conversation with one server about one stream, a session at a time. Its methods do what the
 * buttons say, on both sides of the wire, and throw what the server or the network has against it.
 */
export class PlayedStream {
  state: PlayerState = "Init";
  /** Whether the end of the media has come. */
  ended = false;
  /** Rate of the next PLAY, below 0 backwards. */
  scale = 1;
  /** The session's watch, or the last one's. */
  watch: SessionWatch | undefined;
  session: MediaSession | undefined;
  #next: PlayRequest = {};
  #calledOff: AbortController | undefined;

  constructor(
    readonly address: StreamAddress,
    readonly credentials: Credentials | undefined,
    readonly log: ExchangeLog,
    readonly listener: StreamListener,
    readonly options: StreamOptions,
  ) {}

  get abilities(): Abilities {
    return new Abilities(this.session, this.watch);
  }

  /** Whether what is under way has been called off. */
  get isCalledOff(): boolean {
    return this.#calledOff?.signal.aborted ?? false;
  }

  /** Where the next PLAY begins, in seconds. */
  startAt(seconds: number): void {
    this.#next.start = seconds;
  }

  /** What the next PLAY would have begun with is forgotten. */
  stay(): void {
    this.#next = {};
  }

  /** Does what a button says. */
  act(action: PlayerAction): Promise<void> {
    return ACTIONS[action](this);
  }

  async setup(): Promise<void> {
    const { signal } = this.#calledOff = new AbortController();
    const before = this.watch;
    const watch = this.watch = new SessionWatch(this.options.clock, this.log, this.listener);
    this.ended = false;
    const { observer } = watch;
    const { credentials } = this;
    const options = { ...this.options, credentials, observer, signal };
    const session = await this.#open(options, before);
    if (signal.aborted) return await session.close();
    this.session = watch.session = session;
    this.state = "Ready";
  }

  /** @param before the watch that goes on being shown when nothing comes of it */
  async #open(options: OpenStreamOptions, before: SessionWatch | undefined): Promise<MediaSession> {
    try {
      return await (this.options.open ?? openStream)(this.address, options);
    } catch (error) {
      if (before?.session !== undefined) this.watch = before;
      throw error;
    }
  }

  async play(): Promise<void> {
    if (this.ended && !(this.session?.playsAgain ?? false)) await this.#renew();
    const session = this.session!;
    const watch = this.watch!;
    const request: PlayRequest = { ...this.#next };
    if (this.scale !== 1) request.scale = this.scale;
    if (this.ended && request.start === undefined && this.scale > 0) request.start = 0;
    watch.askedScale = request.scale;
    watch.beginStretch();
    await session.play(request);
    this.#next = {};
    this.#goOn(session);
  }

  async pause(): Promise<void> {
    await this.session!.pause();
    this.state = "Ready";
    this.listener.stopped();
  }

  /** By a request of the server's own where it has one, else by a time, else by a new session. */
  async jump(name: keyof typeof JUMP_TARGETS): Promise<void> {
    const session = this.session!;
    if (session.jumps !== undefined) {
      this.watch!.beginStretch();
      await session.jumps[name]();
      // At the end lab servers still stand in Playing, and a jump makes them go on.
      if (this.ended) this.#goOn(session);
      return;
    }
    if (this.abilities.seekable) {
      return await this.moveTo(JUMP_TARGETS[name](this.watch!.time.position ?? 0));
    }
    const wasPlaying = this.state === "Playing";
    await this.#renew();
    if (wasPlaying) await this.play();
  }

  /** Goes on at a time; where it is paused, the next PLAY begins there. */
  async moveTo(seconds: number): Promise<void> {
    const { time } = this.watch!;
    const most = Math.max(0, (time.duration ?? Infinity) - BEFORE_END);
    const start = Math.round(1000 * Math.min(most, Math.max(0, seconds))) / 1000;
    this.startAt(start);
    if (this.state === "Playing") await this.playAnew();
    else time.moveTo(start);
  }

  /** PAUSE and PLAY: a Range while it plays would wait its turn (RFC 2326, section 10.5). */
  async playAnew(): Promise<void> {
    await this.pause();
    await this.play();
  }

  /** Whatever there is of a session ends, and what is under way is called off. */
  async drop(): Promise<void> {
    this.#calledOff?.abort(new DOMException("Called off", "AbortError"));
    const { session } = this;
    this.session = undefined;
    this.state = "Init";
    this.ended = false;
    this.#next = {};
    this.listener.stopped();
    await session?.close();
  }

  /** A session that is over is of no more use: another one in its place. */
  async #renew(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    this.listener.stopped();
    await session?.close();
    await this.setup();
  }

  #goOn(session: MediaSession): void {
    // It may have been called off while the server thought about it.
    if (session !== this.session) return;
    this.ended = false;
    this.state = "Playing";
    this.listener.began();
    session.ended.then(
      (reason) => this.#isPlaying(session) && this.#end(reason),
      (error) => session === this.session && this.listener.failed(error),
    );
  }

  #isPlaying(session: MediaSession): boolean {
    return session === this.session && this.state === "Playing";
  }

  #end(reason: EndReason): void {
    if (reason === "complete" || reason === "silence") {
      this.state = "Ready";
      this.ended = true;
      this.listener.stopped();
    }
    this.listener.ended(reason);
  }
}

/** What each button does. */
const ACTIONS: Readonly<Record<PlayerAction, (stream: PlayedStream) => Promise<void>>> = {
  setup: (stream) => stream.setup(),
  play: (stream) => stream.play(),
  pause: (stream) => stream.pause(),
  restart: (stream) => stream.jump("restart"),
  backward: (stream) => stream.jump("backward"),
  forward: (stream) => stream.jump("forward"),
  teardown: (stream) => stream.drop(),
};
