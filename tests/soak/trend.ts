/** A straight line through points, by least squares. */
export interface Trend {
  mean: number;
  /** What the line rises over the whole width of the points. */
  rise: number;
  /** The standard error of {@linkcode rise}, as far as the points scatter independently. */
  error: number;
}

/** How much rise is taken for a flat curve. */
export interface Tolerance {
  /** In the curve's own unit. */
  absolute: number;
  /** Share of the curve's mean. */
  relative: number;
}

/** Standard errors a rise must be away from none to be believed. */
const SIGNIFICANT = 3;

/** @param points at least 3, at different x */
export function trend(points: readonly (readonly [x: number, y: number])[]): Trend {
  const count = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count;
  const mean = points.reduce((sum, [, y]) => sum + y, 0) / count;
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - mean), 0) / spread;
  const residue = points.reduce((sum, [x, y]) => sum + (y - mean - slope * (x - meanX)) ** 2, 0);
  const width = Math.max(...points.map(([x]) => x)) - Math.min(...points.map(([x]) => x));
  return {
    mean,
    rise: slope * width,
    error: Math.sqrt(residue / (count - 2) / spread) * width,
  };
}

/** Whether a curve does not rise: by no more than is tolerated, or than chance explains. */
export function isFlat({ mean, rise, error }: Trend, { absolute, relative }: Tolerance): boolean {
  return rise <= Math.max(absolute, relative * Math.abs(mean)) || rise <= SIGNIFICANT * error;
}
