import { type Finding, finding } from "./finding.ts";
import type { InspectedPacket, StreamFacts, StreamRule } from "./rule.ts";
import { Examples } from "./words.ts";

/** Silence that a person sees as a freeze, in ms. */
const STALL_MS = 2000;
/** A stream whose packets come that seldom anyway does not stall: times the mean distance. */
const TIMES_USUAL = 10;

/** Whether a stream that flows stays away for seconds and comes back. */
export class StallRule implements StreamRule {
  #packets = 0;
  #flowing = 0;
  #stalls = new Examples();

  packet({ counted, packet }: InspectedPacket): void {
    const { arrivalDelta, place } = counted;
    const usual = this.#packets < 2 ? Infinity : this.#flowing / (this.#packets - 1);
    this.#packets++;
    // Where packets are missing too, the way was interrupted: that is told as loss.
    if (arrivalDelta < STALL_MS || arrivalDelta < TIMES_USUAL * usual || place === "gap") {
      this.#flowing += arrivalDelta;
      return;
    }
    this.#stalls.add(() => {
      return `nothing came for ${(arrivalDelta / 1000).toFixed(1)} s before sequence ` +
        packet.sequence;
    });
  }

  conclude({ described }: StreamFacts): Finding[] {
    if (this.#stalls.count === 0 || described?.mediaType === "application") return [];
    const message = "The stream stops for seconds and goes on, with no packet missing: the " +
      "picture stands still meanwhile";
    return [finding("stream-stalled", message, this.#stalls.text)];
  }
}
