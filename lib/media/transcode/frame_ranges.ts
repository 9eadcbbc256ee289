/** Ranges remembered; what comes behind them is only counted. */
const MOST_RANGES = 1000;

/** Numbers of frames, added in rising order, kept as ranges. */
export class FrameRanges {
  readonly #ranges: [first: number, last: number][] = [];
  #count = 0;

  /** How many were added. */
  get count(): number {
    return this.#count;
  }

  /** The first 1,000 ranges, both ends in them. */
  get ranges(): readonly (readonly [first: number, last: number])[] {
    return this.#ranges;
  }

  add(frame: number): void {
    this.#count++;
    const last = this.#ranges.at(-1);
    if (last !== undefined && last[1] === frame - 1) last[1] = frame;
    else if (this.#ranges.length < MOST_RANGES) this.#ranges.push([frame, frame]);
  }
}
