import { addToTimestamp } from "../rtp/timestamp.ts";

/**
 * The RTP timestamps of one sender. They go on without a gap over pauses and jumps in the media
 * (RFC 2326, appendix B), and are computed from the stretch's start so that no rounding adds up.
 */
export class RtpClock {
  #stretchStart: number;
  #ticksPerFrame = 0;
  #framesShown = 0;

  /**
   * @param start the first timestamp, random (RFC 3550, section 5.1)
   * @param clockRate Hz
   */
  constructor(start: number, readonly clockRate: number) {
    this.#stretchStart = start;
  }

  /** The timestamp of the next stretch's first frame. */
  get nextStart(): number {
    return this.at(this.#framesShown);
  }

  /**
   * Begins a stretch.
   * @param interval media time from frame to frame, in ms
   */
  begin(interval: number): void {
    this.#stretchStart = this.nextStart;
    this.#ticksPerFrame = interval * this.clockRate / 1000;
    this.#framesShown = 0;
  }

  /**
   * The timestamp of a tick of this stretch.
   * @param tick from 0; it counts as used
   */
  use(tick: number): number {
    this.#framesShown = Math.max(this.#framesShown, tick + 1);
    return this.at(tick);
  }

  /** The timestamp of a tick of this stretch, fractions of ticks allowed, without using it. */
  at(tick: number): number {
    return addToTimestamp(this.#stretchStart, Math.round(tick * this.#ticksPerFrame));
  }
}
