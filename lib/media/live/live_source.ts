import type { LiveFeed, LiveFrame, LiveViewer } from "../../stream/frame_source.ts";
import { type MediaLease, MediaUnavailableError } from "../../stream/media_provider.ts";
import { BackOff } from "./back_off.ts";
import { type Clock, sleep, type Timer } from "./live_clock.ts";
import { LiveHold } from "./live_hold.ts";
import type { LiveSink, Pull } from "./origin.ts";

/** Who watches a source, and may want to know what is wrong while nothing comes. */
export interface LiveWatcher extends LiveViewer {
  trouble?(problem: string): void;
}

/** What happens to a live source, for people. */
export type LiveState =
  /** The first picture came, or the first after a time without. */
  | { state: "receiving" }
  /** It cannot be had now; the next attempt is in `retryMs`. */
  | { state: "waiting"; problem: string; retryMs: number }
  /** It goes on in spite of something. */
  | { state: "troubled"; problem: string }
  /** Nobody watches any more, so it is not pulled. */
  | { state: "idle" }
  /** There will be no more pictures. */
  | { state: "ended" };

/** What a {@linkcode LiveSource} is made of. */
export interface LiveSourceOptions {
  /** The name it is asked for by. */
  name: string;
  pull: Pull;
  clock: Clock;
  /** Gives numbers of 0 … 1. */
  random: () => number;
  /** Whether it is pulled all the time, and not only while somebody watches. */
  always?: boolean;
  /** Whether it is over when the origin ends; otherwise that is asked again. */
  once?: boolean;
  /** How long it is pulled after the last viewer has gone, in ms; default {@linkcode LINGER_MS}. */
  lingerMs?: number;
  onState?: (state: LiveState) => void;
}

/** How long an origin is pulled for nobody: DESCRIBE, SETUP and the next viewer come soon. */
export const LINGER_MS = 10_000;
/** How long a viewer who comes first waits for a picture, in ms, before it is told there is none. */
export const FIRST_FRAME_MS = 8000;
/** Trouble of an origin is told at most this often, in ms. */
const TROUBLE_EVERY_MS = 10_000;

/**
 * Something live with any number of viewers and one origin, which is pulled while somebody watches.
 * When the origin is away it is asked again and again; who watches waits. Of its pictures only the
 * newest is kept.
 */
export class LiveSource implements LiveFeed {
  readonly name: string;
  readonly #options: LiveSourceOptions;
  readonly #viewers = new Set<LiveWatcher>();
  #newest: LiveFrame | undefined;
  #over = false;
  #users = 0;
  /** Aborted to stop pulling; undefined while nothing is pulled. */
  #pulling: AbortController | undefined;
  #linger: Timer | undefined;
  #problem: string | undefined;
  #receiving = false;
  #troubleAt = -Infinity;
  #closed = false;

  constructor(options: LiveSourceOptions) {
    this.name = options.name;
    this.#options = options;
    if (options.always) this.#start();
  }

  get newest(): LiveFrame | undefined {
    return this.#newest;
  }

  get over(): boolean {
    return this.#over;
  }

  /** What is wrong, while no picture comes. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Whether the origin is being pulled, or waited for. */
  get pulling(): boolean {
    return this.#pulling !== undefined;
  }

  /** Viewers and leases. */
  get users(): number {
    return this.#users;
  }

  watch(viewer: LiveWatcher): () => void {
    const leave = this.#use();
    this.#viewers.add(viewer);
    return () => {
      this.#viewers.delete(viewer);
      leave();
    };
  }

  /**
   * Opens it for one viewer, once there is a picture to be shown.
   * @throws {MediaUnavailableError} (as a rejection) when none comes in time, saying what is wrong
   */
  async open(): Promise<MediaLease> {
    const release = this.#use();
    try {
      await this.#firstFrame();
      return { name: this.name, source: new LiveHold(this), origin: this, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Tells of something that is wrong with its pictures. */
  report(problem: string): void {
    this.#troubled(problem);
  }

  /** Ends it for all who watch. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stop();
    this.#end();
  }

  /** One user more. @returns what makes it one fewer */
  #use(): () => void {
    this.#users++;
    this.#linger?.cancel();
    this.#linger = undefined;
    this.#start();
    let using = true;
    return () => {
      if (!using) return;
      using = false;
      if (--this.#users === 0) this.#lingerOn();
    };
  }

  #lingerOn(): void {
    if (this.#options.always || this.#pulling === undefined) return;
    const { clock, lingerMs = LINGER_MS } = this.#options;
    if (lingerMs === 0) return this.#idle();
    this.#linger = clock.setTimer(lingerMs, () => this.#idle());
  }

  #idle(): void {
    this.#stop();
    this.#tell({ state: "idle" });
  }

  #start(): void {
    if (this.#pulling !== undefined || this.#over || this.#closed) return;
    this.#pulling = new AbortController();
    this.#run(this.#pulling.signal);
  }

  /** An old picture would be taken for a new one when somebody comes back. */
  #stop(): void {
    this.#linger?.cancel();
    this.#linger = undefined;
    this.#pulling?.abort();
    this.#pulling = undefined;
    this.#newest = undefined;
    this.#problem = undefined;
    this.#receiving = false;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const backOff = new BackOff(this.#options.random);
    while (!signal.aborted) {
      this.#receiving = false;
      let problem = "the origin ended";
      try {
        await this.#options.pull(this.#sink(signal, backOff), signal);
        if (this.#options.once && !signal.aborted) return this.#end();
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
      }
      if (signal.aborted) return;
      const retryMs = backOff.next();
      this.#note(problem);
      this.#tell({ state: "waiting", problem, retryMs });
      await sleep(this.#options.clock, retryMs, signal).catch(() => {});
    }
  }

  #sink(signal: AbortSignal, backOff: BackOff): LiveSink {
    return {
      frame: (jpeg) => {
        if (signal.aborted) return;
        backOff.reset();
        this.#publish({ jpeg, arrivedAt: this.#options.clock.now() });
      },
      trouble: (problem) => {
        if (!signal.aborted) this.#troubled(problem);
      },
    };
  }

  #publish(frame: LiveFrame): void {
    this.#newest = frame;
    this.#problem = undefined;
    if (!this.#receiving) {
      this.#receiving = true;
      this.#tell({ state: "receiving" });
    }
    for (const viewer of [...this.#viewers]) viewer.frame(frame);
  }

  #troubled(problem: string): void {
    this.#note(problem);
    const now = this.#options.clock.now();
    if (now - this.#troubleAt < TROUBLE_EVERY_MS) return;
    this.#troubleAt = now;
    this.#tell({ state: "troubled", problem });
  }

  #note(problem: string): void {
    this.#problem = problem;
    for (const viewer of [...this.#viewers]) viewer.trouble?.(problem);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#linger?.cancel();
    this.#pulling = undefined;
    this.#newest = undefined;
    this.#tell({ state: "ended" });
    for (const viewer of [...this.#viewers]) viewer.ended();
  }

  #firstFrame(): Promise<void> {
    if (this.#over) return Promise.reject(new MediaUnavailableError(this.name, "it has ended"));
    if (this.#newest !== undefined) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const fail = (problem: string): void => reject(new MediaUnavailableError(this.name, problem));
    const viewer: LiveViewer = { frame: () => resolve(), ended: () => fail("it has ended") };
    this.#viewers.add(viewer);
    const timer = this.#options.clock.setTimer(FIRST_FRAME_MS, () => {
      fail(this.#problem ?? `no picture came within ${FIRST_FRAME_MS / 1000} s`);
    });
    return promise.finally(() => {
      timer.cancel();
      this.#viewers.delete(viewer);
    });
  }

  #tell(state: LiveState): void {
    this.#options.onState?.(state);
  }
}
