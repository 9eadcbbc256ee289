/** Pixels of a picture sent as such at most, and at least. */
export const MOST_PIXELS_SENT = 640 * 480;
export const LEAST_PIXELS_SENT = 160 * 120;

/** Between these times, in ms, from sending a picture until it is drawn, all is well. */
const SLOW_MS = 80;
const QUICK_MS = 30;
const FEWER = 0.6;
const MORE = 1.1;

/**
 * How many pixels are sent to a terminal that scales pictures itself: fewer where it, or the way to
 * it, is slow, so that the picture rather loses sharpness than frames.
 */
export class PixelBudget {
  #pixels = MOST_PIXELS_SENT;

  get pixels(): number {
    return Math.round(this.#pixels);
  }

  /** The last picture took so long. @param ms from sending it until the terminal said it was drawn */
  took(ms: number): void {
    if (ms > SLOW_MS) this.#pixels = Math.max(LEAST_PIXELS_SENT, FEWER * this.#pixels);
    else if (ms < QUICK_MS) this.#pixels = Math.min(MOST_PIXELS_SENT, MORE * this.#pixels);
  }
}
