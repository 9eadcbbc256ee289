import type { CountedPacket } from "../stream/receive_statistics.ts";
import type { MediaStep } from "./rule.ts";

/** How far packets of a stream are apart, where foreign ones come between them. */
export class MediaSteps {
  /** From the last packet of the stream to the last foreign one: ticks and ms. */
  #ticks = 0;
  #milliseconds = 0;

  /** @returns from the last packet that is not foreign to this one; `counted` where they are next */
  next(counted: CountedPacket, isForeign: boolean): MediaStep {
    const ticks = this.#ticks, milliseconds = this.#milliseconds;
    const { timestampDelta, arrivalDelta } = counted;
    this.#ticks = isForeign ? ticks + timestampDelta : 0;
    this.#milliseconds = isForeign ? milliseconds + arrivalDelta : 0;
    if (ticks === 0 && milliseconds === 0) return counted;
    return {
      timestampDelta: ticks + timestampDelta,
      arrivalDelta: milliseconds + arrivalDelta,
    };
  }
}
