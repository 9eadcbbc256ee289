/** One second of a stream, for the charts. Rates are undefined while nothing played. */
export interface Sample {
  /** The second's end, ms since the Unix epoch. */
  time: number;
  /** Complete frames a second. */
  fps: number | undefined;
  /** Of RTP packets, headers included. */
  bitsPerSecond: number | undefined;
  jitterMs: number | undefined;
  /** Per cent of the second's packets that did not come. */
  lossPercent: number | undefined;
}

/** The counters that samples are the differences of. */
export interface Counters {
  frames: number;
  bytes: number;
  expected: number;
  lost: number;
  jitterMs: number;
}

/** A minute, and the second under way. */
const MOST_SAMPLES = 61;

/** The last minute, second by second. */
export class SampleRing {
  #samples: Sample[] = [];
  #before: { now: number; counters: Counters } | undefined;

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** From here on; what was counted before is no part of the next sample. */
  begin(now: number, counters: Counters): void {
    this.#before = { now, counters };
  }

  /** Nothing plays: the line breaks here. */
  interrupt(time: number): Sample | undefined {
    if (this.#before === undefined) return undefined;
    this.#before = undefined;
    const nothing = undefined;
    return this.#keep({
      time,
      fps: nothing,
      bitsPerSecond: nothing,
      jitterMs: nothing,
      lossPercent: nothing,
    });
  }

  /**
   * What came since the sample before.
   * @param now ms on a clock that never jumps
   * @param time ms since the Unix epoch
   */
  sample(now: number, time: number, counters: Counters): Sample | undefined {
    const before = this.#before;
    this.#before = { now, counters };
    if (before === undefined || now <= before.now) return undefined;
    const seconds = (now - before.now) / 1000;
    const expected = counters.expected - before.counters.expected;
    const lost = Math.max(0, counters.lost - before.counters.lost);
    return this.#keep({
      time,
      fps: Math.max(0, counters.frames - before.counters.frames) / seconds,
      bitsPerSecond: Math.max(0, 8 * (counters.bytes - before.counters.bytes)) / seconds,
      jitterMs: counters.jitterMs,
      lossPercent: expected > 0 ? Math.min(100, 100 * lost / expected) : 0,
    });
  }

  #keep(sample: Sample): Sample {
    this.#samples.push(sample);
    if (this.#samples.length > MOST_SAMPLES) this.#samples.shift();
    return sample;
  }
}
