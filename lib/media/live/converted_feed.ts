import type { LiveFeed, LiveFrame, LiveViewer } from "../../stream/frame_source.ts";

/** Makes a picture fit for what it is needed for; the same object when it is fit already. */
export type Convert = (jpeg: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** The pictures of another feed, each converted once for all who watch. */
export class ConvertedFeed implements LiveFeed {
  readonly #feed: LiveFeed;
  readonly #convert: Convert;
  readonly #onProblem: (problem: string) => void;
  readonly #converted = new WeakMap<Uint8Array, Uint8Array | Promise<Uint8Array>>();
  readonly #viewers = new Set<LiveViewer>();
  #newest: LiveFrame | undefined;
  #leave: (() => void) | undefined;
  #busy = false;
  /** The picture that came while another was being converted; one before it is left out. */
  #waiting: LiveFrame | undefined;

  constructor(feed: LiveFeed, convert: Convert, onProblem: (problem: string) => void = () => {}) {
    this.#feed = feed;
    this.#convert = convert;
    this.#onProblem = onProblem;
  }

  get newest(): LiveFrame | undefined {
    const { newest } = this.#feed;
    if (newest === undefined) return undefined;
    const known = this.#converted.get(newest.jpeg);
    if (known instanceof Uint8Array) return { ...newest, jpeg: known };
    return this.#leave === undefined ? undefined : this.#newest;
  }

  get over(): boolean {
    return this.#feed.over;
  }

  /** The newest picture of the other feed, converted; undefined while there is none. */
  async picture(): Promise<Uint8Array | undefined> {
    const { newest } = this.#feed;
    return newest === undefined ? undefined : await this.#make(newest.jpeg);
  }

  watch(viewer: LiveViewer): () => void {
    this.#viewers.add(viewer);
    this.#leave ??= this.#feed.watch({
      frame: (frame) => this.#take(frame),
      ended: () => {
        for (const each of [...this.#viewers]) each.ended();
      },
    });
    return () => {
      if (!this.#viewers.delete(viewer) || this.#viewers.size > 0) return;
      this.#leave?.();
      this.#leave = undefined;
      this.#newest = undefined;
      this.#waiting = undefined;
    };
  }

  #take(frame: LiveFrame): void {
    if (this.#busy) this.#waiting = frame;
    else this.#next(frame);
  }

  #next(frame: LiveFrame): void {
    let made: Uint8Array | Promise<Uint8Array>;
    try {
      made = this.#make(frame.jpeg);
    } catch (error) {
      return this.#failed(error);
    }
    if (made instanceof Uint8Array) return this.#show(frame, made);
    this.#busy = true;
    made.then((jpeg) => this.#show(frame, jpeg), (error) => this.#failed(error)).finally(() => {
      this.#busy = false;
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting !== undefined) this.#next(waiting);
    });
  }

  #make(jpeg: Uint8Array): Uint8Array | Promise<Uint8Array> {
    const known = this.#converted.get(jpeg);
    if (known !== undefined) return known;
    const made = this.#convert(jpeg);
    this.#converted.set(jpeg, made);
    if (made instanceof Promise) {
      made.then((done) => this.#converted.set(jpeg, done), () => this.#converted.delete(jpeg));
    }
    return made;
  }

  #show({ arrivedAt }: LiveFrame, jpeg: Uint8Array): void {
    if (this.#leave === undefined) return;
    this.#newest = { jpeg, arrivedAt };
    for (const viewer of [...this.#viewers]) viewer.frame(this.#newest);
  }

  #failed(error: unknown): void {
    this.#onProblem(error instanceof Error ? error.message : String(error));
  }
}
