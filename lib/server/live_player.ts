import type { FrameSource, LiveFeed, LiveFrame } from "../stream/frame_source.ts";
import type { FrameSink, Stretch } from "./player.ts";
import { ScheduledTask } from "./moments.ts";
import type { Scheduler } from "./scheduler.ts";

/** What a live player works with. */
export interface LivePlayerOptions {
  /** Frames per second that ticks are counted by. */
  fps: number;
  sink: FrameSink;
  scheduler: Scheduler;
}

/** Two frames are at least this far apart in ms, or receivers would take them for one. */
const LEAST_APART_MS = 1;

/**
 * One viewer of something that goes on by itself. It joins at the newest frame and gets the others as
 * they come; nothing waits for it, and nothing can be gone back to. A frame's tick is its time of
 * arrival, counted in frame intervals from the first frame of the stretch, so it has a fraction.
 */
export class LivePlayer {
  /** What does not end by itself does not start over. */
  readonly loop = false;
  readonly passed = 0;
  readonly #sink: FrameSink;
  readonly #scheduler: Scheduler;
  #interval: number;
  #position = 0;
  #lastSentAt = -Infinity;
  #ended = false;
  #held = false;
  /** Ends the watching; undefined while paused. */
  #leave: (() => void) | undefined;
  /** The time of tick 0; undefined before the stretch's first frame. */
  #origin: number | undefined;
  /** The time of the frame that left last, or of the stretch's beginning. */
  #time = 0;
  readonly #join = new ScheduledTask((now) => this.#showNewest(now));

  constructor(readonly source: FrameSource, readonly feed: LiveFeed, options: LivePlayerOptions) {
    this.#sink = options.sink;
    this.#scheduler = options.scheduler;
    this.#interval = 1000 / options.fps;
  }

  /** How many frames have left. */
  get position(): number {
    return this.#position;
  }

  get playing(): boolean {
    return this.#leave !== undefined;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get dueAt(): number | undefined {
    return this.playing ? this.#time : undefined;
  }

  get lastSentAt(): number {
    return this.#lastSentAt;
  }

  /** Joins at the newest frame. Only the stretch's interval is looked at, by which ticks count. */
  play(stretch?: Stretch): void {
    this.pause();
    this.#held = false;
    this.#interval = stretch?.interval ?? this.#interval;
    this.#origin = undefined;
    this.#time = this.#scheduler.clock.now();
    this.#leave = this.feed.watch({
      frame: (frame) => this.#show(frame, frame.arrivedAt),
      ended: () => this.#end(),
    });
    // Later, as a player's frames do: whoever starts it has something to do first.
    this.#scheduler.schedule(this.#join, this.#time);
  }

  /** Nothing: the end is not the viewer's to choose. */
  endAt(): void {}

  pause(): void {
    this.#scheduler.cancel(this.#join);
    this.#leave?.();
    this.#leave = undefined;
  }

  /** Keeps frames from leaving until {@linkcode jump} or {@linkcode play}. */
  hold(): void {
    this.#held = true;
  }

  /** Goes on at the newest frame: there is no other. */
  jump(): void {
    this.#held = false;
  }

  #showNewest(now: number): void {
    if (this.feed.over) return this.#end();
    const { newest } = this.feed;
    // It may be old; to this viewer it comes now.
    if (newest !== undefined) this.#show(newest, Math.max(newest.arrivedAt, now - this.#interval));
  }

  #show({ jpeg }: LiveFrame, arrivedAt: number): void {
    this.#scheduler.cancel(this.#join);
    if (this.#held) return;
    const least = this.#origin === undefined ? -Infinity : this.#time + LEAST_APART_MS;
    this.#time = Math.max(arrivedAt, least);
    this.#origin ??= this.#time;
    this.#lastSentAt = this.#scheduler.clock.now();
    const tick = (this.#time - this.#origin) / this.#interval;
    const index = this.#position++;
    try {
      this.#sink.sendFrame(jpeg, index, 0, tick);
    } catch (error) {
      // Whatever it was, it is this viewer's alone.
      this.#sink.frameFailed(index, error);
    }
  }

  #end(): void {
    this.pause();
    // Still playing, as a file is at its end: only the media is over.
    this.#leave = () => {};
    this.#ended = true;
    this.#sink.mediaEnded();
  }
}
