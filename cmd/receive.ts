import { openLabMedia, type OpenOptions, openUrlMedia } from "../lib/client/open.ts";
import { Impairments } from "../lib/net/impairment/impairments.ts";
import type { TlsTrust } from "../lib/net/tls_trust.ts";
import type { ImpairmentCounts, ImpairmentSettings } from "../lib/stream/impairment.ts";
import type {
  ChooseTracks,
  EndReason,
  MediaSession,
  PlayRequest,
} from "../lib/client/media_session.ts";
import type { Observer } from "../lib/client/observer.ts";
import { mayPass, Reconnection } from "../lib/client/reconnection.ts";
import { sleep, type Timer } from "../lib/net/clock.ts";
import type { ReceivedFrame } from "../lib/stream/received_frame.ts";
import type { CommandContext } from "./command.ts";
import { FrameQueue, type TakeFrame } from "./frame_queue.ts";
import { EarlierSessions, FrameTally } from "./summary.ts";
import { credentialsOf, type StreamTarget } from "./target.ts";
import type { Credentials } from "../lib/client/rtsp/requester.ts";

const DEFAULT_TIMEOUT_MS = 10_000;
const BROKE_OFF = "the stream broke off";

/** Notes for a person who did not ask for the exchange: why it takes longer than it should. */
const WORTH_TALK: ReadonlySet<string> = new Set(["udp-silent", "transport-refused", "dialect"]);

/** How a command receives. */
export interface ReceiveOptions {
  target: StreamTarget;
  /** ms; undefined for 10 s. */
  timeout?: number | undefined;
  /** Stop after this many ms of playing, from the PLAY on that media come for. */
  duration?: number | undefined;
  /** Stop after this many complete frames. */
  frames?: number | undefined;
  dialect?: string | undefined;
  transport?: string | undefined;
  credentials?: Credentials | undefined;
  /** For rtsps: what is trusted beside the authorities that the machine knows. */
  trust?: TlsTrust | undefined;
  /** A bad network that media goes through on its way in; undefined for none. */
  impairment?: ImpairmentSettings | undefined;
  /** Whether streams that are no JPEG, and so have no frames, are of use too. */
  anyEncoding?: boolean;
  /** Whether all streams of a presentation are wanted, and not only the one that matters most. */
  allTracks?: boolean;
  /** Who chooses the streams otherwise; the two wishes above do not count then. */
  chooseTracks?: ChooseTracks;
  /** What to play; everything where nothing is said. */
  play?: PlayRequest;
  /**
   * Takes every frame, whole or damaged, in order. What it returns is waited for before the stream
   * counts as received; when it fails, the stream is ended and the failure told. While it takes too
   * long, frames are left out and counted.
   */
  onFrame?: TakeFrame;
  observer?: Observer;
  /** Called, and waited for, when the streams are set up and before anything is played. */
  onOpen?: (session: MediaSession) => Promise<void>;
  /** Ends it when it settles; a rejection is what it fails with. */
  until?: Promise<EndReason>;
  /**
   * How long a stream that broke off in the middle is asked for again, in ms; never if absent.
   * {@linkcode onOpen} is called for every session then.
   */
  reconnectMs?: number | undefined;
  /** Called once the server has accepted PLAY. */
  onPlaying?: (session: MediaSession) => void;
}

/** A session that has ended. */
type EndedSession = Pick<Received, "session" | "reason">;

/** What came of it. */
export interface Received {
  tally: FrameTally;
  /** The last one that brought anything. */
  session: MediaSession;
  /** What those before it counted. */
  before: EarlierSessions;
  reason: EndReason;
  /** When the duration was over, in ms since the Unix epoch; undefined where it did not begin. */
  due: number | undefined;
  /** Frames that came faster than they could be taken, and were not. */
  leftOut: number;
  /** What was done to packets on purpose; undefined where nothing was to be. */
  impaired: ImpairmentCounts | undefined;
}

/**
 * Plays a stream to its end, to a limit, or until the person ends it, and tears it down.
 * @throws what opening, playing and taking frames throw; the session is closed then too
 */
export async function receive(options: ReceiveOptions, context: CommandContext): Promise<Received> {
  const reception = new Reception(options, context);
  return await reception.run();
}

class Reception {
  readonly #tally = new FrameTally();
  readonly #enough = Promise.withResolvers<EndReason>();
  readonly #queue: FrameQueue;
  readonly #impairments: Impairments | undefined;
  readonly #reconnection: Reconnection | undefined;
  readonly #before = new EarlierSessions();
  #resumeAt: number | undefined;
  #durationTimer: Timer | undefined;
  #due: number | undefined;
  #done = false;

  constructor(readonly options: ReceiveOptions, readonly context: CommandContext) {
    this.#enough.promise.catch(() => {});
    this.#queue = new FrameQueue(options.onFrame ?? (() => {}));
    const { impairment } = options;
    this.#impairments = impairment && new Impairments(impairment, context.clock);
    if (options.reconnectMs !== undefined) {
      const { clock } = context;
      const mostMs = options.reconnectMs;
      this.#reconnection = new Reconnection({ clock, random: Math.random, mostMs });
    }
  }

  async run(): Promise<Received> {
    try {
      return await this.#run();
    } finally {
      this.#impairments?.close();
    }
  }

  async #run(): Promise<Received> {
    const { signal } = this.context;
    const stop = (): void => this.#enough.resolve("stopped");
    signal.addEventListener("abort", stop, { once: true });
    this.options.until?.then(this.#enough.resolve, this.#enough.reject);
    try {
      const { session, reason } = await this.#receiveAll();
      await this.#queue.taken;
      const { leftOut } = this.#queue;
      const impaired = this.#impairments?.counts;
      const before = this.#before;
      return { tally: this.#tally, session, before, reason, due: this.#due, leftOut, impaired };
    } finally {
      this.#durationTimer?.cancel();
      signal.removeEventListener("abort", stop);
    }
  }

  /** One session after the other, while they break off and are to be had again. */
  async #receiveAll(): Promise<EndedSession> {
    let last: EndedSession | undefined;
    for (;;) {
      let problem = BROKE_OFF;
      try {
        const ended = await this.#receiveOne();
        const { packets } = ended.session.statistics;
        if (last !== undefined && packets > 0) this.#before.add(last.session.statistics);
        if (last === undefined || packets > 0) last = ended;
        if (ended.reason !== "cut" || this.#reconnection === undefined) return last;
        this.#resumeAt = ended.session.position ?? this.#resumeAt;
      } catch (error) {
        if (last === undefined || !mayPass(error)) throw error;
        problem = (error as Error).message;
      }
      if (!await this.#waitForAnother(problem)) return last;
    }
  }

  /** @returns whether there is to be another session */
  async #waitForAnother(problem: string): Promise<boolean> {
    const { signal, clock } = this.context;
    const wait = this.#reconnection?.next();
    if (wait === undefined || this.#done) return false;
    this.context.talk(`${problem}; next try in ${(wait / 1000).toFixed(1)} s`);
    const over = new AbortController();
    const slept = sleep(clock, wait, AbortSignal.any([signal, over.signal])).then(() => true);
    try {
      return await Promise.race([slept, this.#enough.promise.then(() => false)]);
    } catch (error) {
      if (!signal.aborted) throw error;
      return false;
    } finally {
      over.abort();
      slept.catch(() => {});
    }
  }

  async #receiveOne(): Promise<EndedSession> {
    const session = await this.#open();
    try {
      await this.options.onOpen?.(session);
      await this.#play(session);
      this.#limit(session);
      const ended = session.ended.catch((error) => {
        // What came of it counts, where it is not the end.
        if (this.#reconnection === undefined || !mayPass(error)) throw error;
        if (session.statistics.packets === 0) throw error;
        return "cut" as const;
      });
      const reason = await Promise.race([ended, this.#enough.promise]);
      await session.close();
      return { session, reason };
    } finally {
      await session.close();
    }
  }

  /** A silent transport that another one follows is not what was asked to be played so long. */
  async #limit({ playingSince }: MediaSession): Promise<void> {
    const { options: { duration }, context: { clock } } = this;
    if (duration === undefined) return;
    const since = await playingSince ?? clock.now();
    const left = Math.max(0, since + duration - clock.now());
    this.#due ??= clock.wallTime() + left;
    this.#durationTimer ??= clock.setTimer(left, () => this.#enough.resolve("stopped"));
  }

  /** A person who ends it now has what was asked for: nothing more. */
  async #play(session: MediaSession): Promise<void> {
    const { signal } = this.context;
    try {
      signal.throwIfAborted();
      await session.play(this.#playRequest);
      this.options.onPlaying?.(session);
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
      this.#enough.resolve("stopped");
    }
  }

  /** What was asked for, or from where it broke off. */
  get #playRequest(): PlayRequest | undefined {
    const { play } = this.options;
    return this.#resumeAt === undefined ? play : { ...play, start: this.#resumeAt };
  }

  #open(): Promise<MediaSession> {
    const { target, timeout = DEFAULT_TIMEOUT_MS, dialect, transport, credentials } = this.options;
    const { clock, signal } = this.context;
    const observer: Observer = {
      ...this.options.observer,
      frame: (frame, stream) => {
        this.options.observer?.frame?.(frame, stream);
        this.#take(frame);
      },
      note: this.options.observer?.note ?? ((note) => {
        if (WORTH_TALK.has(note.code)) this.context.talk(note.message);
      }),
    };
    const options: OpenOptions = {
      clock,
      timeout,
      observer,
      signal,
      dialect: isDialect(dialect) ? dialect : "auto",
      transport: isTransport(transport) ? transport : "auto",
      encodings: this.options.anyEncoding ? undefined : ["JPEG"],
      allTracks: this.options.allTracks,
      chooseTracks: this.options.chooseTracks,
      rtpPort: target.form === "lab" ? target.rtpPort : 0,
      credentials: credentials ?? credentialsOf(target),
      trust: this.options.trust,
      impairments: this.#impairments,
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    };
    return target.form === "lab"
      ? openLabMedia(target, options)
      : openUrlMedia(target.url, options);
  }

  #take(frame: ReceivedFrame): void {
    if (this.#done) return;
    this.#tally.add(frame);
    this.#reconnection?.reset();
    if (!this.#queue.push(frame)) this.#tellLeftOut();
    this.#queue.taken.catch((error) => {
      this.#done = true;
      this.#enough.reject(error);
    });
    if (this.#tally.frames === this.options.frames) {
      this.#done = true;
      this.#enough.resolve("stopped");
    }
  }

  /** Once; how many they were is told at the end. */
  #tellLeftOut(): void {
    if (this.#queue.leftOut > 1) return;
    this.context.talk("frames come faster than they can be written: some are left out");
  }
}

function isDialect(text: string | undefined): text is OpenOptions["dialect"] {
  return text === "auto" || text === "rtsp" || text === "lab";
}

function isTransport(text: string | undefined): text is OpenOptions["transport"] {
  return text === "auto" || text === "udp" || text === "tcp" || text === "multicast";
}
