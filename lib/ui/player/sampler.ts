import type { Clock, Timer } from "../../net/clock.ts";
import { type Counters, type Sample, SampleRing } from "./samples.ts";

const SAMPLE_MS = 1000;

/** Takes a sample every second while something plays. */
export class Sampler {
  readonly ring = new SampleRing();
  #timer: Timer | undefined;

  /** @param onSample told of each, and of breaks */
  constructor(readonly clock: Clock, readonly onSample: (sample: Sample) => void) {}

  /** Something plays; nothing changes where it did already. */
  begin(counters: () => Counters): void {
    if (this.#timer !== undefined) return;
    this.ring.begin(this.clock.now(), counters());
    const next = (): void => {
      const { clock } = this;
      this.#tell(this.ring.sample(clock.now(), clock.wallTime(), counters()));
      this.#timer = clock.setTimer(SAMPLE_MS, next);
    };
    this.#timer = this.clock.setTimer(SAMPLE_MS, next);
  }

  /** Nothing plays any more. */
  interrupt(): void {
    if (this.#timer === undefined) return;
    this.#timer.cancel();
    this.#timer = undefined;
    this.#tell(this.ring.interrupt(this.clock.wallTime()));
  }

  #tell(sample: Sample | undefined): void {
    if (sample !== undefined) this.onSample(sample);
  }
}
