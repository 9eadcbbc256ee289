import { timestampDelta } from "../rtp/timestamp.ts";

/** RFC 3550 appendix A.8: each deviation moves the estimate by a sixteenth. */
const GAIN = 1 / 16;

/** Interarrival jitter as RFC 3550 section 6.4.1 defines it, in milliseconds. */
export class JitterEstimator {
  #milliseconds = 0;
  #most = 0;
  #arrival: number | undefined;
  #timestamp = 0;

  /** @param clockRate of the RTP timestamps, in Hz */
  constructor(readonly clockRate: number) {}

  /** The running estimate. */
  get milliseconds(): number {
    return this.#milliseconds;
  }

  /** The highest the estimate has been. */
  get most(): number {
    return this.#most;
  }

  /**
   * @param timestamp RTP timestamp
   * @param arrival in ms
   */
  add(timestamp: number, arrival: number): void {
    if (this.#arrival !== undefined) {
      const sent = timestampDelta(timestamp, this.#timestamp) * 1000 / this.clockRate;
      const deviation = Math.abs(arrival - this.#arrival - sent);
      this.#milliseconds += (deviation - this.#milliseconds) * GAIN;
      this.#most = Math.max(this.#most, this.#milliseconds);
    }
    this.#arrival = arrival;
    this.#timestamp = timestamp;
  }

  /** A new stretch begins: the time between the last packet and the next says nothing. */
  restart(): void {
    this.#arrival = undefined;
  }
}

/**
 * Jitter where timestamps carry no media time, as the course lab's wall-clock seconds do: how far
 * each interval between packets is from their running mean, smoothed alike.
 */
export class IntervalJitterEstimator {
  #milliseconds = 0;
  #most = 0;
  #arrival: number | undefined;
  #mean: number | undefined;

  get milliseconds(): number {
    return this.#milliseconds;
  }

  get most(): number {
    return this.#most;
  }

  /**
   * @param packets how many sequence numbers after the one before it, at least 1
   * @param arrival in ms
   */
  add(packets: number, arrival: number): void {
    if (this.#arrival !== undefined) {
      const interval = (arrival - this.#arrival) / packets;
      this.#mean ??= interval;
      const deviation = Math.abs(interval - this.#mean);
      this.#mean += (interval - this.#mean) * GAIN;
      this.#milliseconds += (deviation - this.#milliseconds) * GAIN;
      this.#most = Math.max(this.#most, this.#milliseconds);
    }
    this.#arrival = arrival;
  }

  restart(): void {
    this.#arrival = undefined;
  }
}
