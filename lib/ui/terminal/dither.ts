/** Side of the square of thresholds that is repeated over the picture. */
const SIDE = 8;
const STEPS = 3;

/**
 * Thresholds between 0 and 1, evenly spread (Bayer's ordered dithering): what lies between two
 * colours of a small palette is a pattern of both. The pattern stays where it is, so that nothing
 * swims from picture to picture.
 */
const THRESHOLDS: Float32Array = Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
  const x = i % SIDE, y = Math.floor(i / SIDE);
  let value = 0;
  for (let bit = 0; bit < STEPS; bit++) {
    const place = 2 * (STEPS - 1 - bit);
    value |= ((((x ^ y) >> bit) & 1) << (place + 1)) | (((y >> bit) & 1) << place);
  }
  return (value + 0.5) / (SIDE * SIDE);
});

/** The threshold of a pixel. */
export function thresholdAt(x: number, y: number): number {
  return THRESHOLDS[(y % SIDE) * SIDE + x % SIDE]!;
}
