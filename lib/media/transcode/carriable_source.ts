import { MalformedError } from "../../bytes/malformed.ts";
import type { JpegInfo } from "../../jpeg/inspect.ts";
import { JpegInspector } from "../../jpeg/inspector.ts";
import {
  checkFrameIndex,
  type FrameAnswer,
  FrameDamagedError,
  type FrameFault,
  type FrameSource,
  isFrameIndex,
  SourceClosedError,
} from "../../stream/frame_source.ts";
import type { Carrier } from "../../stream/media_provider.ts";
import { FrameShelf, type FrameStore } from "../frame_store.ts";
import { isFit } from "./fitness.ts";
import type { TranscodedFrame, TranscodeJob, Transcoder } from "./transcoder.ts";

/** Frames asked for ahead of those that are shown, once some needed work. */
export const LOOK_AHEAD = 8;
/** Damaged frames remembered, so that each is tried once. */
const MOST_FAILURES = 1000;

/** What a {@linkcode CarriableSource} works with. */
export interface CarriableSourceOptions {
  carrier: Carrier;
  transcoder: Transcoder;
  /** Where transcoded frames are kept, with a bound. */
  store: FrameStore;
  /** Told what was done to a frame, the first time for each. */
  onWork?: (frame: TranscodedFrame) => void;
}

/** A frame being made fit. */
interface Pending {
  readonly job: TranscodeJob;
  readonly answer: Promise<FrameAnswer>;
}

/**
 * The frames of a source as a carrier takes them. Those that are fit pass as they are, the same
 * objects; the others are transcoded, once for all viewers, and ahead of their time where playing
 * can be foreseen. Live sources are not for here: their frames have no numbers.
 */
export class CarriableSource implements FrameSource {
  readonly #source: FrameSource;
  readonly #options: CarriableSourceOptions;
  /** What was transcoded. */
  readonly #shelf: FrameShelf;
  readonly #fit = new WeakSet<Uint8Array>();
  readonly #inspector = new JpegInspector();
  readonly #pending = new Map<number, Pending>();
  /** The same by frame: a still, or a frame repeated in a recording, is one object at many places. */
  readonly #pendingOf = new WeakMap<Uint8Array, Pending>();
  /** What was made last, and of what. */
  #last: { from: Uint8Array; jpeg: Uint8Array } | undefined;
  /** Frames being read, for their own sake or to be transcoded, ahead of their time. */
  readonly #ahead = new Set<number>();
  readonly #failures = new Map<number, Error>();
  /** Whether any frame needed work yet. */
  #works = false;
  #closed = false;

  /** @param source not closed with this one */
  constructor(source: FrameSource, options: CarriableSourceOptions) {
    this.#source = source;
    this.#options = options;
    this.#shelf = new FrameShelf(options.store);
  }

  get frameRate(): number | undefined {
    return this.#source.frameRate;
  }

  get knownFrameCount(): number | undefined {
    return this.#source.knownFrameCount;
  }

  get faults(): readonly FrameFault[] {
    return this.#source.faults;
  }

  frameCount(): Promise<number> {
    return this.#source.frameCount();
  }

  position(index: number): number | undefined {
    return this.#source.position?.(index);
  }

  frame(index: number): FrameAnswer | Promise<FrameAnswer> {
    checkFrameIndex(index);
    if (this.#closed) return Promise.reject(new SourceClosedError());
    if (this.#works) {
      const made = this.#made(index);
      if (made !== undefined) return made;
    }
    const answer = this.#source.frame(index);
    if (answer instanceof Promise) return answer.then((frame) => this.#fitting(index, frame, true));
    return this.#fitting(index, answer, true);
  }

  prefetch(index: number, step = 1): boolean {
    const isAtHand = this.#source.prefetch(index, step);
    if (!this.#works || this.#closed) return isAtHand;
    this.#lookAhead(index, step);
    return false;
  }

  #lookAhead(index: number, step: number): void {
    for (let k = 0; k < LOOK_AHEAD; k++) {
      const next = Math.floor(index + k * step);
      if (!isFrameIndex(next)) return;
      const { transcoder } = this.#options;
      const known = this.#ahead.has(next) || this.#pending.has(next) || this.#failures.has(next);
      if (known || this.#shelf.has(next)) continue;
      if (transcoder.crowded) return;
      this.#prepare(next);
    }
  }

  /** Drops what was transcoded; the source below stays open. */
  close(): void {
    this.#closed = true;
    this.#last = undefined;
    this.#shelf.clear();
  }

  /** What is known of a frame that needed work: itself, when it will be there, or why never. */
  #made(index: number): Uint8Array | Promise<FrameAnswer> | undefined {
    const kept = this.#shelf.get(index);
    if (kept !== undefined) return kept;
    const failure = this.#failures.get(index);
    if (failure !== undefined) return Promise.reject(failure);
    const pending = this.#pending.get(index);
    pending?.job.hurry();
    return pending?.answer;
  }

  async #prepare(index: number): Promise<void> {
    this.#ahead.add(index);
    try {
      const frame = await this.#source.frame(index);
      await this.#fitting(index, frame, false);
    } catch {
      // Told when the frame is asked for.
    } finally {
      this.#ahead.delete(index);
    }
  }

  #fitting(index: number, frame: FrameAnswer, urgent: boolean): FrameAnswer | Promise<FrameAnswer> {
    if (frame === undefined || this.#fit.has(frame)) return frame;
    try {
      const inspect = (frame: Uint8Array): JpegInfo => this.#inspector.inspect(frame);
      if (!isFit(frame, this.#options.carrier, inspect)) return this.#work(index, frame, urgent);
      this.#fit.add(frame);
      return frame;
    } catch (error) {
      return Promise.reject(this.#failed(index, error));
    }
  }

  #work(index: number, from: Uint8Array, urgent: boolean): Uint8Array | Promise<FrameAnswer> {
    this.#works = true;
    if (this.#last?.from === from) return this.#last.jpeg;
    // Another may have asked while it was read.
    const made = this.#made(index) ?? this.#pendingOf.get(from)?.answer;
    if (made !== undefined) return made;
    const load = (): FrameAnswer | Promise<FrameAnswer> => {
      if (this.#closed) throw new SourceClosedError();
      return this.#source.frame(index);
    };
    const { transcoder, carrier } = this.#options;
    const job = transcoder.transcode({ load, carrier, urgent });
    const pending = { job, answer: this.#finish(index, from, job) };
    this.#pending.set(index, pending);
    this.#pendingOf.set(from, pending);
    return pending.answer;
  }

  async #finish(index: number, from: Uint8Array, job: TranscodeJob): Promise<FrameAnswer> {
    try {
      const frame = await job.result;
      if (frame === undefined) return undefined;
      if (!this.#closed) this.#shelf.put(index, frame.jpeg);
      this.#last = { from, jpeg: frame.jpeg };
      this.#options.onWork?.(frame);
      return frame.jpeg;
    } catch (error) {
      throw this.#failed(index, error);
    } finally {
      this.#pending.delete(index);
      this.#pendingOf.delete(from);
    }
  }

  /** Damage told with the frame's place in the file; anything else as it is. */
  #failed(index: number, error: unknown): unknown {
    if (!(error instanceof MalformedError)) return error;
    const start = this.#source.position?.(index);
    const problem = start === undefined ? `${error.problem} (byte of the frame)` : error.problem;
    const damage = new FrameDamagedError(index + 1, (start ?? 0) + error.position, problem);
    if (this.#failures.size < MOST_FAILURES) this.#failures.set(index, damage);
    return damage;
  }
}
