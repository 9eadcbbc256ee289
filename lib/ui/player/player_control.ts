import { StatusError } from "../../client/errors.ts";
import type { EndReason, PlayRequest } from "../../client/media_session.ts";
import { mayPass } from "../../client/reconnection.ts";
import type { Credentials } from "../../client/rtsp/requester.ts";
import { ALLOWED_ACTIONS, PLAYER_ACTIONS, type PlayerAction, type PlayerState } from "./actions.ts";
import { type ExchangeEntry, ExchangeLog } from "./exchange_log.ts";
import { describePacket, type PacketDiagram } from "./packet_diagram.ts";
import { cutOff, type Failure, failureOf } from "./plain_words.ts";
import { PlayedStream, type StreamListener, type StreamOptions } from "./played_stream.ts";
import { Retry } from "./retry.ts";
import { Sampler } from "./sampler.ts";
import type { Sample } from "./samples.ts";
import { NO_NUMBERS, type PlayerSnapshot, type ShownFrame } from "./snapshot.ts";
import { addressForm, commandLine, type StreamAddress, streamName } from "./stream_address.ts";

/** Who shows a player. Everything is optional and must not throw. */
export interface PlayerListener {
  /** The snapshot is another one. */
  changed?(): void;
  frame?(frame: ShownFrame): void;
  exchange?(entry: ExchangeEntry): void;
  sample?(sample: Sample): void;
}

type Busy = PlayerAction | "seek";

/** What a player needs from outside. */
export interface PlayerOptions extends StreamOptions {
  /**
   * How long a stream that broke off in the middle is asked for again before it is given up, in ms;
   * 0 for never, for ever if absent.
   */
  reconnectMs?: number | undefined;
}

/**
 * One stream on show, whatever shows it: the state machine, the seven actions, and everything there
 * is to be seen of the session. Actions never throw: what goes wrong is in the snapshot.
 */
export class PlayerControl {
  readonly log = new ExchangeLog();
  #stream: PlayedStream | undefined;
  #busy: Busy | undefined;
  #failure: Failure | undefined;
  #notice: string | undefined;
  #frame: ShownFrame | undefined;
  #serial = 0;
  /** Settled when the action under way is done; never rejects. */
  #running: Promise<void> = Promise.resolve();
  readonly #listeners = new Set<PlayerListener>();
  readonly #sampler: Sampler;
  readonly #retry: Retry;

  constructor(readonly options: PlayerOptions) {
    const { clock, randomBytes, reconnectMs: mostMs = Infinity } = options;
    const random = (): number => randomBytes(1)[0]! / 256;
    this.#retry = new Retry({ clock, random, mostMs }, () => this.#tryAgain());
    this.#sampler = new Sampler(options.clock, (sample) => {
      this.#tell((listener) => listener.sample?.(sample));
    });
  }

  /** The newest complete picture. */
  get frame(): ShownFrame | undefined {
    return this.#frame;
  }

  get address(): StreamAddress | undefined {
    return this.#stream?.address;
  }

  /** The last minute, second by second. */
  get samples(): readonly Sample[] {
    return this.#sampler.ring.samples;
  }

  /** The last packet bit by bit; undefined before any. */
  get packet(): PacketDiagram | undefined {
    const last = this.#stream?.watch?.lastPacket;
    return last === undefined ? undefined : describePacket(last);
  }

  /** @returns what ends it */
  listen(listener: PlayerListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Chooses the stream; one that plays is torn down. */
  async choose(address: StreamAddress, credentials?: Credentials): Promise<void> {
    this.#retry.stop();
    this.#retry.successes = 0;
    await this.#stream?.drop();
    await this.#running;
    const { log, options } = this;
    this.#stream = new PlayedStream(address, credentials, log, this.#streamListener, options);
    this.#failure = this.#notice = undefined;
    this.#frame = undefined;
    this.#changed();
  }

  /** What the first PLAY asks for. */
  begin({ start, scale }: PlayRequest): void {
    if (start !== undefined) this.#stream?.startAt(start);
    if (scale !== undefined && this.#stream !== undefined) this.#stream.scale = scale;
  }

  /** Whether a button works now. */
  allows(action: PlayerAction): boolean {
    // It calls off what is under way or to come.
    if (action === "teardown" && (this.#busy !== undefined || this.#retry.isOn)) return true;
    const stream = this.#stream;
    if (this.#busy !== undefined || stream === undefined) return false;
    return ALLOWED_ACTIONS[stream.state].has(action) &&
      stream.abilities.missing(action) === undefined;
  }

  /** Does what a button says, if it works now; a button that does not is as if not pressed. */
  async act(action: PlayerAction): Promise<void> {
    const stream = this.#stream;
    if (stream === undefined || !this.allows(action)) return;
    // Who gives up waiting is to see what for.
    if (!this.#retry.isOn || action !== "teardown") this.#failure = undefined;
    this.#retry.stop();
    await this.#during(action, () => stream.act(action));
  }

  /** SETUP and PLAY in one go; at once where that is waited for. */
  async start(): Promise<void> {
    if (this.#retry.isOn) {
      this.#retry.now();
      return await this.#running;
    }
    if (this.#stream?.state === "Init") await this.act("setup");
    if (this.#stream?.state === "Ready") await this.act("play");
  }

  /** Goes on at another time of the media; paused players stay paused there. */
  async seek(seconds: number): Promise<void> {
    const stream = this.#stream;
    if (this.#busy !== undefined || !stream?.abilities.seekable) return;
    await this.#during("seek", () => stream.moveTo(seconds));
  }

  /** Plays at another rate from here on, below 0 backwards. */
  async setScale(scale: number): Promise<void> {
    const stream = this.#stream;
    if (!Number.isFinite(scale) || scale === 0 || !stream?.abilities.scalable) return;
    if (this.#busy !== undefined) return;
    stream.scale = scale;
    if (stream.state === "Playing") await this.#during("seek", () => stream.playAnew());
    else this.#changed();
  }

  /** Ends it all; the player cannot be used after. */
  async close(): Promise<void> {
    this.#retry.stop();
    await this.#stream?.drop();
    this.#listeners.clear();
  }

  get snapshot(): PlayerSnapshot {
    const stream = this.#stream;
    const { address, session, watch, abilities } = stream ?? {};
    const time = watch?.time;
    return {
      name: address === undefined ? "" : streamName(address),
      form: address === undefined ? undefined : addressForm(address),
      commandLine: address === undefined ? "rtspkit play" : commandLine(address),
      state: stream?.state ?? "Init",
      busy: this.#busy,
      ended: stream?.ended ?? false,
      allowed: recordOf((action) => this.allows(action)),
      missing: abilities?.allMissing ?? {},
      failure: this.#failure,
      notice: this.#notice,
      retry: this.#retry.snapshot,
      reconnects: this.#retry.successes,
      transport: session?.transport,
      dialect: watch?.dialect,
      encoding: session?.encoding,
      frame: time?.frame ?? (watch && watch.frames > 0 ? watch.frames : undefined),
      frames: session?.totalFrames ?? time?.frames,
      elapsed: time?.position,
      duration: time?.duration,
      seekable: abilities?.seekable ?? false,
      scale: stream?.scale ?? 1,
      scalable: abilities?.scalable ?? false,
      numbers: watch?.numbers ?? NO_NUMBERS,
      findings: watch?.findingsNow ?? [],
    };
  }

  readonly #streamListener: StreamListener = {
    picture: (picture) => this.#show(picture),
    exchange: (entry) => this.#tell((listener) => listener.exchange?.(entry)),
    began: () => this.#sampler.begin(() => this.#stream!.watch!.counters),
    stopped: () => this.#sampler.interrupt(),
    ended: (reason) => this.#end(reason),
    failed: (error) => this.#fail(failureOf(error), mayPass(error)),
  };

  #during(action: Busy, work: () => Promise<void>): Promise<void> {
    this.#busy = action;
    this.#notice = undefined;
    this.#changed();
    return this.#running = this.#carryOut(action, work);
  }

  async #carryOut(action: Busy, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // What was called off meanwhile failed for that reason alone.
      if (this.#busy === action && !this.#stream!.isCalledOff) this.#judge(error, action);
    } finally {
      if (this.#busy === action) this.#busy = undefined;
      this.#changed();
    }
  }

  /** A refusal leaves the session as it was; everything else ends it. */
  #judge(error: unknown, action: Busy): void {
    const failure = failureOf(error);
    const isRefusal = error instanceof StatusError && action !== "setup";
    if (this.#retry.isOn && isRefusal) this.#retry.resumeAt = undefined;
    if (!isRefusal || this.#retry.isOn || this.#stream?.session === undefined) {
      return this.#fail(failure, mayPass(error));
    }
    this.#stream.stay();
    this.#notice = `${failure.title}: ${failure.text} ${failure.hint}`;
  }

  #end(reason: EndReason): void {
    if (reason === "cut") this.#fail(cutOff(this.#place()), true);
    else this.#changed();
  }

  #place(): string {
    const { frame, frames } = this.snapshot;
    if (frame === undefined) return "";
    return frames === undefined ? ` after frame ${frame}` : ` after frame ${frame} of ${frames}`;
  }

  /** @param passes whether it may be over in a while */
  #fail(failure: Failure, passes: boolean): void {
    this.#failure = failure;
    const stream = this.#stream!;
    const at = stream.abilities.seekable ? stream.watch?.time.position : undefined;
    const dropped = stream.drop();
    // What has never shown a picture is more likely to be asked for wrongly.
    if (!passes || this.#frame === undefined) this.#retry.stop();
    else this.#retry.failed(at);
    this.#changed();
    dropped.then(() => this.#changed());
  }

  /** One more attempt at a stream that broke off. */
  async #tryAgain(): Promise<void> {
    const stream = this.#stream!;
    await this.#running;
    const { resumeAt } = this.#retry;
    if (resumeAt !== undefined) stream.startAt(resumeAt);
    await this.#during("setup", () => stream.setup());
    const reached = (state: PlayerState): boolean => this.#retry.isOn && stream.state === state;
    if (!reached("Ready")) return;
    await this.#during("play", () => stream.play());
    if (!reached("Playing")) return;
    this.#failure = undefined;
    this.#retry.succeeded();
    this.#changed();
  }

  #show({ jpeg, timestamp, arrivedAt }: Omit<ShownFrame, "serial" | "number">): void {
    const watch = this.#stream?.watch;
    const number = watch?.time.frame ?? watch?.frames ?? 0;
    this.#retry.settled();
    const frame = this.#frame = { jpeg, timestamp, arrivedAt, number, serial: ++this.#serial };
    this.#tell((listener) => listener.frame?.(frame));
    this.#changed();
  }

  #changed(): void {
    this.#tell((listener) => listener.changed?.());
  }

  #tell(what: (listener: PlayerListener) => void): void {
    for (const listener of this.#listeners) what(listener);
  }
}

function recordOf(value: (action: PlayerAction) => boolean): Record<PlayerAction, boolean> {
  return Object.fromEntries(PLAYER_ACTIONS.map((action) => [action, value(action)])) as Record<
    PlayerAction,
    boolean
  >;
}
