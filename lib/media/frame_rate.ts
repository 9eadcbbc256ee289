/** Frames per second above which a rate that a file states is not believed. */
export const MAX_FRAME_RATE = 1000;

/** `rate` frames in `scale` seconds, or undefined where a file states nothing that can be. */
export function frameRateOf(rate: number, scale: number): number | undefined {
  const fps = rate / scale;
  return fps > 0 && fps <= MAX_FRAME_RATE ? fps : undefined;
}
