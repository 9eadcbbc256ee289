/** Above it the numbers are no frame rate but a clock, as with rates given in microseconds. */
const MAX_FRAME_RATE = 1000;

/** A rate from a clock, where it is one: above 0 and at most 1000 frames a second. */
export function frameRateOf(timeScale: number, units: number): number | undefined {
  const rate = timeScale / units;
  return units > 0 && rate > 0 && rate <= MAX_FRAME_RATE ? rate : undefined;
}
