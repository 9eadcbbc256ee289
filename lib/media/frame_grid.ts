/** A frame rate as a fraction, in frames a second. */
export interface Fraction {
  readonly rate: number;
  readonly scale: number;
}

/** Rates that programs and cameras really have, beside whole numbers. */
const USUAL_RATES: readonly Fraction[] = [24, 30, 48, 60, 120]
  .map((rate) => ({ rate: rate * 1000, scale: 1001 }))
  .concat([{ rate: 25, scale: 2 }, { rate: 15, scale: 2 }]);
/** A measured rate is taken for a usual one when it differs by no more than this share. */
const USUAL_WITHIN = 0.004;
/** A rate that is stated, e.g. 29.97, is taken for a usual one when it is so near. */
const STATED_WITHIN = 0.000_05;
const PRECISION = 1_000_000;
/** A rate that was found at the beginning stays unless the whole differs by more than this share. */
const TRUE_WITHIN = 0.002;

/** A step between frames that is so many intervals long has a hole in it. */
const HOLE = 1.5;
/** So many frames may be late, each a little, before one is shown twice. */
const MOST_DRIFT = 4;
/** A step in time so long is a jump of the clock and no pause: one day. */
const LONGEST_HOLE_MS = 24 * 60 * 60 * 1000;

/** `fps` as a fraction: 25 is 25/1, 29.97 is 30000/1001. */
export function fractionOf(fps: number): Fraction {
  const rate = Math.max(1, Math.round(fps * PRECISION));
  return usual(fps, STATED_WITHIN) ?? { rate, scale: PRECISION };
}

/**
 * The rate of frames shown at these times: the mean of the steps that are no holes.
 * @param times in ms, in order
 * @returns undefined when there is nothing to tell it from
 */
export function measuredRate(times: readonly number[]): Fraction | undefined {
  const steps = times.slice(1).map((time, i) => time - times[i]!).filter((step) => step > 0);
  if (steps.length === 0) return undefined;
  const median = steps.slice().sort((a, b) => a - b)[Math.floor(steps.length / 2)]!;
  let sum = 0, count = 0;
  for (const step of steps) {
    if (step < median / HOLE || step > median * HOLE) continue;
    sum += step;
    count++;
  }
  const fps = 1000 * count / sum;
  return usual(fps, USUAL_WITHIN) ?? fractionOf(fps);
}

function usual(fps: number, within: number): Fraction | undefined {
  const near = ({ rate, scale }: Fraction): boolean => Math.abs(fps * scale / rate - 1) <= within;
  const whole = { rate: Math.max(1, Math.round(fps)), scale: 1 };
  const nearWhole = near(whole);
  const other = USUAL_RATES.find(near);
  if (other === undefined) return nearWhole ? whole : undefined;
  const distance = ({ rate, scale }: Fraction): number => Math.abs(fps - rate / scale);
  return nearWhole && distance(whole) <= distance(other) ? whole : other;
}

/**
 * Puts frames that are shown at any time into the even steps of a file that has one rate: where
 * frames are missing, places stay empty, so that time is kept.
 */
export class FrameGrid {
  readonly #interval: number;
  #places = 0;
  #origin = 0;
  #last = 0;

  /**
   * @param rate of the file
   * @param exact whether it is the file's whatever the frames' times say
   */
  constructor(readonly nominal: Fraction, readonly exact: boolean) {
    this.#interval = 1000 * nominal.scale / nominal.rate;
  }

  /** Places given so far, empty ones too. */
  get places(): number {
    return this.#places;
  }

  /**
   * Gives a frame the next place that fits its time.
   * @param at in ms; undefined for the very next place
   * @returns how many places stay empty before it
   */
  place(at?: number): number {
    const time = at ?? (this.#places === 0 ? 0 : this.#last + this.#interval);
    const empty = this.#places === 0 ? this.#begin(time) : this.#emptyBefore(time);
    this.#places += empty + 1;
    this.#last = Math.max(this.#last, time);
    return empty;
  }

  /** The rate of the file now that all frames have their places. */
  get rate(): Fraction {
    const seconds = (this.#last - this.#origin) / 1000;
    if (this.exact || this.#places < 2 || seconds <= 0) return this.nominal;
    const fps = (this.#places - 1) / seconds;
    const { rate, scale } = this.nominal;
    if (Math.abs(fps * scale / rate - 1) <= TRUE_WITHIN) return this.nominal;
    // By the last frame's time alone a few frames say little.
    if (Math.abs(seconds * rate / scale - (this.#places - 1)) < MOST_DRIFT) return this.nominal;
    return usual(fps, STATED_WITHIN) ?? fractionOf(fps);
  }

  #begin(time: number): number {
    this.#origin = this.#last = time;
    return 0;
  }

  #emptyBefore(time: number): number {
    const step = time - this.#last;
    if (step > LONGEST_HOLE_MS) {
      this.#origin += step - this.#interval;
      return 0;
    }
    const late = (time - this.#origin) / this.#interval - this.#places;
    if (step >= HOLE * this.#interval) return Math.max(0, Math.round(late));
    return late >= MOST_DRIFT ? 1 : 0;
  }
}
