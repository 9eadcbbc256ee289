import { type Finding, finding } from "./finding.ts";
import type { Ending, InspectedPacket, StreamFacts, StreamRule } from "./rule.ts";
import { grouped, hexSsrc } from "./words.ts";

/** Who sends, and whether all that was announced came. */
export class SourceRule implements StreamRule {
  #ssrc: number | undefined;
  #changes = 0;
  #firstChange = "";

  packet({ packet, number }: InspectedPacket): void {
    if (packet.ssrc === this.#ssrc) return;
    if (this.#ssrc !== undefined) {
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
    if (isCut(statistics.highest ?? 0, ending)) findings.push(cut(statistics.highest, ending));
    return findings;
  }
}

function isCut(highest: number, { reason, totalFrames }: Ending): boolean {
  if (reason === "cut") return true;
  // The lab numbers packets as frames.
  return reason === "silence" && totalFrames !== undefined && highest < totalFrames;
}

function cut(highest: number | undefined, { totalFrames }: Ending): Finding {
  const message = totalFrames === undefined
    ? "The stream broke off before its announced end"
    : `The stream broke off before its last frame, number ${grouped(totalFrames)}`;
  const last = highest === undefined
    ? "no packet came"
    : `the last sequence number was ${highest & 0xffff}`;
  return finding("stream-cut", message, last);
}
