import { type Finding, finding } from "./finding.ts";
import type { InspectedPacket, StreamFacts, StreamRule } from "./rule.ts";
import { count, grouped } from "./words.ts";

/** Encodings whose frames end with the marker. */
const MARKED: ReadonlySet<string> = new Set([
  ...["JPEG", "H264", "H265", "MP4V-ES", "H263", "H263-1998", "H263-2000", "VP8", "VP9", "AV1"],
]);
/** Of fewer frames nothing can be said. */
const LEAST_FRAMES = 3;

/** Whether the marker ends frames, and only those. */
export class MarkerRule implements StreamRule {
  #packets = 0;
  #markers = 0;
  /** Packets that another of the same frame follows, and those among them with a marker. */
  #inner = 0;
  #innerMarkers = 0;
  #markedBefore = false;

  packet({ packet, counted, isForeign, step }: InspectedPacket): void {
    if (isForeign) return;
    if (counted.place === "duplicate" || counted.place === "reordered") return;
    this.#packets++;
    if (packet.marker) this.#markers++;
    if (this.#packets > 1 && step.timestampDelta === 0) {
      this.#inner++;
      if (this.#markedBefore) this.#innerMarkers++;
    }
    this.#markedBefore = packet.marker;
  }

  conclude({ format, payload, clock }: StreamFacts): Finding[] {
    if (!MARKED.has(format.encoding.toUpperCase()) || payload === "bare-jpeg") return [];
    if (clock.frames < LEAST_FRAMES) return [];
    const frames = count(clock.frames, "frame");
    const packets = `${grouped(this.#packets)} packets of ${frames}`;
    if (this.#markers === 0) {
      const message = "No packet has the marker that ends a frame: receivers learn only from the " +
        "next frame that one is whole";
      return [finding("marker-never", message, `marker 0 in all of ${packets}`)];
    }
    if (this.#markers < this.#packets || this.#innerMarkers < LEAST_FRAMES) return [];
    const message = "Every packet has the marker that ends a frame, also those that more of the " +
      "same frame follow";
    const evidence = `marker 1 in all of ${packets}; ${
      grouped(this.#inner)
    } of them within a frame`;
    return [finding("marker-always", message, evidence)];
  }
}
