/** How each sample of a line is made of samples of another line. */
export interface Taps {
  /** Samples that each one is made of. */
  readonly count: number;
  /** `count` places in the other line for each sample. */
  readonly index: Int32Array;
  /** `count` shares for each sample, together 1. */
  readonly weight: Float64Array;
}

/** Below this a share is an error of rounding. */
const NOTHING = 1e-9;

/**
 * Gives a line of samples another resolution: each new sample is the average of what it covers. So
 * a line that is made finer by a whole factor repeats its samples, and shows what it showed before;
 * nothing is invented between them.
 *
 * @param from samples of the line there is
 * @param to samples of the new line that are made; those behind the last repeat it
 * @param options `length`: samples wanted, with the repeated ones; `step`: samples of the old line
 * that a new one covers, above 0
 */
export function resamplingTaps(
  from: number,
  to: number,
  { length, step }: { length: number; step: number },
): Taps {
  const parts = Number.isInteger(step) || Number.isInteger(1 / step) ? 0 : 1;
  const count = Math.ceil(step) + parts;
  const index = new Int32Array(count * length);
  const weight = new Float64Array(count * length);
  for (let i = 0; i < length; i++) {
    const begin = Math.min(i, to - 1) * step;
    // Beyond the picture's edge lies nothing.
    const end = Math.min(begin + step, from);
    const first = Math.min(Math.floor(begin + NOTHING), from - 1);
    let sum = 0;
    for (let n = 0; n < count; n++) {
      const at = first + n;
      const share = Math.min(at + 1, end) - Math.max(at, begin);
      const tap = i * count + n;
      index[tap] = Math.min(at, from - 1);
      weight[tap] = share > NOTHING ? share : 0;
      sum += weight[tap]!;
    }
    if (sum === 0) weight[i * count] = sum = 1;
    for (let n = 0; n < count; n++) weight[i * count + n]! /= sum;
  }
  return { count, index, weight };
}
