import { type Finding, finding } from "./finding.ts";
import type { InspectedPacket, StreamFacts, StreamRule } from "./rule.ts";
import { grouped, hexSsrc } from "./words.ts";

/** Who sends, and whether all that was announced came. */
export class SourceRule implements StreamRule {
  #ssrc: number | undefined;
  #changes = 0;
  #firstChange = "";

  packet({ packet, number }: InspectedPacket): void {
    if (this.#ssrc !== undefined && packet.ssrc !== this.#ssrc) {
      this.#changes++;
      this.#firstChange ||= `packet ${number} has SSRC ${hexSsrc(packet.ssrc)} after ${
        hexSsrc(this.#ssrc)
      }`;
    }
    this.#ssrc = packet.ssrc;
  }

  conclude({ statistics, ending }: StreamFacts): Finding[] {
    const findings: Finding[] = [];
    if (this.#changes > 0) {
      const message = "The SSRC changed within the stream: a receiver that follows the standard " +
        "takes the packets for another sender's";
      findings.push(finding("ssrc-changed", message, this.#firstChange));
    }
    const { reason, totalFrames } = ending;
    const highest = statistics.highest ?? 0;
    if (reason === "silence" && totalFrames !== undefined && highest < totalFrames) {
      const message = `The stream stopped at frame ${grouped(highest)} of ${grouped(totalFrames)}`;
      findings.push(finding("stream-cut", message, "nothing came any more"));
    }
    return findings;
  }
}
