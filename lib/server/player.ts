import { type FrameAnswer, type FrameSource, MediaChangedError } from "../stream/frame_source.ts";
import { Pace } from "../stream/pace.ts";
import type { PhasePlace } from "./phases.ts";
import { ScheduledTask } from "./moments.ts";
import type { Scheduler } from "./scheduler.ts";

/** Where a player's frames go. */
export interface FrameSink {
  /**
   * Sends one frame at its time. Must not wait.
   * @param jpeg the frame; shared with other viewers, never to be changed
   * @param index its place in the source, from 0
   * @param passed frames of the passes before this one, 0 unless looping
   * @param tick the frame's place in the stretch being played, from 0
   * @returns true when it has left, and nothing waits for the runtime
   */
  sendFrame(jpeg: Uint8Array, index: number, passed: number, tick: number): boolean | void;
  /** The stretch has come to its end, or the source has and does not start over. */
  mediaEnded(): void;
  /** A frame could not be had; the player goes on with the next. */
  frameFailed(index: number, error: unknown): void;
}

/** How a stretch of the source is played. */
export interface Stretch {
  /** Frames from one to the next that is shown: 1 all of them, 2 every other, -1 backwards. */
  step: number;
  /** ms from one to the next. */
  interval: number;
  /** The first frame not to be shown any more, in the direction of play; undefined for all. */
  until?: number | undefined;
}

/** How late a frame may be, in ms, before the player stops catching up and goes on from now. */
const STALL_TOLERANCE_MS = 1000;

/**
 * One viewer's way through a source: its own position, its own time. Frame n of a stretch leaves
 * n × interval after PLAY; pausing keeps the position, so nothing is skipped or sent twice.
 */
export class Player {
  #position = 0;
  #passed = 0;
  #stretch: Stretch;
  #pace: Pace | undefined;
  /** Its moments, shared with others; undefined while paused. */
  #place: PhasePlace | undefined;
  /** When the stretch began, in ms on the scheduler's clock. */
  #begunAt = 0;
  #ended = false;
  #lastSentAt = -Infinity;
  /** Counts the viewer's decisions, so that a frame asked for before one does not leave after it. */
  #course = 0;
  readonly #task = new ScheduledTask((now) => this.#step(now));

  /** @param fps frames per second, above 0, unless a stretch says otherwise */
  constructor(
    readonly source: FrameSource,
    fps: number,
    readonly loop: boolean,
    readonly sink: FrameSink,
    readonly scheduler: Scheduler,
  ) {
    this.#stretch = { step: 1, interval: 1000 / fps };
  }

  /** The next frame to leave, from 0. */
  get position(): number {
    return Math.max(0, Math.floor(this.#position));
  }

  /** Frames of the passes before this one, 0 unless looping. */
  get passed(): number {
    return this.#passed;
  }

  /** Whether frames are leaving, or would but for the end of the source. */
  get playing(): boolean {
    return this.#pace !== undefined;
  }

  /** Whether the source or the stretch ended while playing. */
  get ended(): boolean {
    return this.#ended;
  }

  /** When the current tick is due, in ms on the scheduler's clock; undefined while paused. */
  get dueAt(): number | undefined {
    return this.#pace?.dueAt;
  }

  /** When the last frame left, in ms on the scheduler's clock; -Infinity before the first. */
  get lastSentAt(): number {
    return this.#lastSentAt;
  }

  /**
   * Starts at the current position, from the first frame again when the source had ended.
   * @param stretch as before when left out
   */
  play(stretch: Stretch = this.#stretch): void {
    this.#course++;
    if (this.#ended && stretch.step > 0) this.#moveTo(0);
    this.#leavePlace();
    this.#stretch = stretch;
    this.#begunAt = this.scheduler.clock.now();
    this.#place = this.scheduler.join(stretch.interval);
    this.#pace = new Pace(this.#place.origin, stretch.interval, this.#place.past);
    this.scheduler.schedule(this.#task, this.#begunAt);
  }

  /** Lets the stretch being played end elsewhere. @param until as in {@linkcode Stretch} */
  endAt(until: number): void {
    this.#stretch = { ...this.#stretch, until };
  }

  /** Stops; {@linkcode play} goes on with the next frame. */
  pause(): void {
    this.#course++;
    this.#leavePlace();
    this.#pace = undefined;
    this.scheduler.cancel(this.#task);
  }

  /** Keeps frames from leaving until {@linkcode jump} or {@linkcode play} says where to go on. */
  hold(): void {
    this.#course++;
    this.scheduler.cancel(this.#task);
  }

  /**
   * Goes on at another frame, on the same time grid, no earlier than `notBefore`. Paused players
   * stay paused there.
   * @param passed what {@linkcode Player.passed} is from then on; as it was when left out
   */
  jump(position: number, notBefore = -Infinity, passed = this.#passed): void {
    this.#course++;
    this.#passed = passed;
    this.#moveTo(position);
    if (this.#pace === undefined) return;
    this.#pace.holdUntil(notBefore);
    this.scheduler.schedule(this.#task, this.#pace.dueAt);
  }

  #leavePlace(): void {
    if (this.#place !== undefined) this.scheduler.leave(this.#stretch.interval, this.#place);
    this.#place = undefined;
  }

  #moveTo(position: number): void {
    this.#position = position;
    this.#ended = false;
  }

  /** @returns true when nothing waits for the runtime */
  #step(now: number): boolean | void {
    if (this.#isPastEnd()) return this.#reachEnd();
    try {
      const frame = this.source.frame(this.position);
      if (!(frame instanceof Promise)) return this.#deliver(frame, now);
      this.#await(frame);
    } catch (error) {
      // Whatever it was, it is this viewer's alone.
      this.#skip(error);
    }
  }

  #isPastEnd(): boolean {
    const { step, until } = this.#stretch;
    if (step < 0) return this.#position < 0 || this.#position <= (until ?? -1);
    return until !== undefined && this.#position >= until;
  }

  /** A frame that was not at hand: sent when it comes, unless the viewer has moved on by then. */
  #await(frame: Promise<FrameAnswer>): void {
    const course = this.#course;
    frame.then((answer) => {
      if (course === this.#course) this.#deliver(answer, this.scheduler.clock.now());
    }).catch((error) => {
      if (course === this.#course) this.#skip(error);
    });
  }

  /** @returns true when nothing waits for the runtime */
  #deliver(frame: FrameAnswer, now: number): boolean | void {
    if (frame === undefined) return this.#reachEnd();
    const { dueAt, tick } = this.#pace!;
    const hasLeft = this.sink.sendFrame(frame, this.position, this.#passed, tick) === true;
    // The first frame leaves at once, whenever its tick is due.
    this.scheduler.metrics.frameLateness.add(
      Math.max(0, now - Math.max(dueAt, this.#begunAt)),
      now,
    );
    this.#lastSentAt = now;
    return this.#next(now) && hasLeft;
  }

  #skip(error: unknown): void {
    this.sink.frameFailed(this.position, error);
    if (error instanceof MediaChangedError) return this.#finish();
    this.#next(this.scheduler.clock.now());
  }

  /** @returns whether nothing waits for the runtime */
  #next(now: number): boolean {
    this.#position += this.#stretch.step;
    // The next frame is read while this one's interval passes.
    const isAtHand = this.#isPastEnd() ||
      this.source.prefetch(this.position, this.#stretch.step);
    const pace = this.#pace;
    if (pace === undefined) return false;
    pace.catchUp(now, STALL_TOLERANCE_MS);
    pace.advance();
    this.scheduler.schedule(this.#task, pace.dueAt);
    return isAtHand;
  }

  #reachEnd(): void {
    const { step, until } = this.#stretch;
    if (this.loop && until === undefined && step > 0 && this.#position > 0) {
      // The place where the source ended is its length, which may not have been known before.
      this.#passed += this.position;
      this.#position = 0;
      this.#step(this.scheduler.clock.now());
      return;
    }
    // Where frames were late they left in a hurry, and who learns of the end too soon, ffmpeg say,
    // does not look at the last one any more.
    const { interval } = this.#stretch;
    const told = this.#lastSentAt + interval;
    if (told - this.scheduler.clock.now() > interval / 2) {
      return this.scheduler.schedule(this.#task, told);
    }
    this.#finish();
  }

  #finish(): void {
    this.#ended = true;
    this.#leavePlace();
    this.sink.mediaEnded();
  }
}
