/** When a packet was captured. */
export interface CaptureTime {
  /** ms since the Unix epoch, with a fraction. */
  time: number;
  /** ms since the first packet of the capture: exact to the nanosecond. */
  arrival: number;
}

/** Turns the times of a recording's packets into {@linkcode CaptureTime}. */
export class CaptureClock implements CaptureTime {
  time = 0;
  arrival = 0;
  #seconds: number | undefined;
  #nanoseconds = 0;

  /** A packet of this time is being looked at. */
  set(seconds: number, nanoseconds: number): void {
    if (this.#seconds === undefined) {
      this.#seconds = seconds;
      this.#nanoseconds = nanoseconds;
    }
    this.time = seconds * 1000 + nanoseconds / 1e6;
    this.arrival = (seconds - this.#seconds) * 1000 + (nanoseconds - this.#nanoseconds) / 1e6;
  }
}
