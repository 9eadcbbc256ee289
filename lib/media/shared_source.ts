import {
  type FrameAnswer,
  type FrameFault,
  type FrameSource,
  SourceClosedError,
} from "../stream/frame_source.ts";
import type { MediaLease } from "../stream/media_provider.ts";

/** What is known of shared media beside its frames. */
export interface SharedSourceOptions {
  /** Name below the root, with `/` between folders. */
  name: string;
  /** Length in bytes. */
  size: number;
  /** Called once, when this user is done with it. */
  onRelease: () => void;
}

/** One user's hold on a source that others may hold too: closing it ends this hold only. */
export class SharedSource implements FrameSource, MediaLease {
  readonly name: string;
  readonly size: number;
  readonly #source: FrameSource;
  readonly #onRelease: () => void;
  #released = false;

  constructor(source: FrameSource, options: SharedSourceOptions) {
    this.#source = source;
    this.name = options.name;
    this.size = options.size;
    this.#onRelease = options.onRelease;
  }

  /** Itself: what is leased is the hold. */
  get source(): FrameSource {
    return this;
  }

  /** What is held by all. */
  get origin(): FrameSource {
    return this.#source;
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
    if (this.#released) return Promise.reject(new SourceClosedError());
    return this.#source.frameCount();
  }

  frame(index: number): FrameAnswer | Promise<FrameAnswer> {
    if (this.#released) return Promise.reject(new SourceClosedError());
    return this.#source.frame(index);
  }

  prefetch(index: number, step?: number): boolean {
    return this.#released || this.#source.prefetch(index, step);
  }

  position(index: number): number | undefined {
    return this.#source.position?.(index);
  }

  close(): void {
    if (this.#released) return;
    this.#released = true;
    this.#onRelease();
  }

  release(): void {
    this.close();
  }
}
