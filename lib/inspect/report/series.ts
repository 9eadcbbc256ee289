/** What a stretch of time brought. */
export interface Sample {
  packets: number;
  bytes: number;
  lost: number;
  frames: number;
  /** The highest in it, in ms. */
  jitterMs: number;
}

/** How a stream stood after one of its packets; counts are from the beginning on. */
export interface StreamCounts {
  lost: number;
  frames: number;
  jitterMs: number;
}

/** Length of a stretch at first, in ms. */
const FIRST_WIDTH_MS = 500;
/** Stretches that are kept; when there are more, each two become one. */
export const MOST_SAMPLES = 600;
/** Later times than this are no times of a session: a recording that is broken. In ms. */
const LONGEST_MS = 10 * 365 * 86_400_000;

/** What a stream brought over time, in so many stretches at most however long it lasts. */
export class Series {
  #samples: Sample[] = [];
  #width = FIRST_WIDTH_MS;
  #start: number | undefined;
  #last = 0;
  #lost = 0;
  #frames = 0;

  /** Length of each stretch, in ms. */
  get widthMs(): number {
    return this.#width;
  }

  /** Time of the first packet; undefined before any. */
  get start(): number | undefined {
    return this.#start;
  }

  /** From the first packet to the last, in ms. */
  get lengthMs(): number {
    return this.#last;
  }

  /** Frames up to the last packet. */
  get framesSoFar(): number {
    return this.#frames;
  }

  get samples(): readonly Readonly<Sample>[] {
    return this.#samples;
  }

  /** @param time ms; one before the first counts as the first */
  add(time: number, bytes: number, { lost, frames, jitterMs }: StreamCounts): void {
    this.#start ??= time;
    const at = Math.min(Math.max(0, time - this.#start), LONGEST_MS);
    this.#last = Math.max(this.#last, at);
    const sample = this.#sampleAt(at);
    sample.packets++;
    sample.bytes += bytes;
    sample.lost += lost - this.#lost;
    sample.frames += frames - this.#frames;
    sample.jitterMs = Math.max(sample.jitterMs, jitterMs);
    this.#lost = lost;
    this.#frames = frames;
  }

  #sampleAt(at: number): Sample {
    let index = Math.floor(at / this.#width);
    while (index >= MOST_SAMPLES) {
      this.#halve();
      index = Math.floor(at / this.#width);
    }
    while (this.#samples.length <= index) this.#samples.push(nothing());
    return this.#samples[index]!;
  }

  #halve(): void {
    this.#width *= 2;
    const halved: Sample[] = [];
    for (let i = 0; i < this.#samples.length; i += 2) {
      const [first, second = nothing()] = [this.#samples[i]!, this.#samples[i + 1]];
      halved.push({
        packets: first.packets + second.packets,
        bytes: first.bytes + second.bytes,
        lost: first.lost + second.lost,
        frames: first.frames + second.frames,
        jitterMs: Math.max(first.jitterMs, second.jitterMs),
      });
    }
    this.#samples = halved;
  }
}

function nothing(): Sample {
  return { packets: 0, bytes: 0, lost: 0, frames: 0, jitterMs: 0 };
}
