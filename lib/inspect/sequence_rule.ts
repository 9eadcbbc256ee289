import { sameBytes } from "../jpeg/huffman.ts";
import { type Finding, finding } from "./finding.ts";
import type { InspectedPacket, StreamFacts, StreamRule } from "./rule.ts";
import { count, Examples, grouped } from "./words.ts";

/** Gaps remembered, to be able to say which stayed open. */
const MOST_GAPS = 100;

interface Gap {
  after: number;
  missing: Set<number>;
}

/** Loss, duplicates, reordering and restarts, told by sequence numbers. */
export class SequenceRule implements StreamRule {
  #gaps: Gap[] = [];
  #duplicates = new Examples();
  #reordered = new Examples();
  #reused = new Examples();
  #last: InspectedPacket | undefined;

  packet(seen: InspectedPacket): void {
    const { place, sequence, sequenceDelta } = seen.counted;
    if (place === "gap") this.#openGap(sequence!, sequenceDelta);
    if (place === "reordered") this.#fillGap(seen, sequence!);
    if (place === "duplicate") this.#repeat(seen);
    this.#last = seen;
  }

  conclude({ statistics }: StreamFacts): Finding[] {
    const { lost, packets, restarts } = statistics;
    const findings: Finding[] = [];
    if (lost > 0) findings.push(this.#loss(lost, packets - statistics.duplicated));
    if (this.#reused.count > 0) {
      const message = "Different packets carry the same sequence number, so a receiver that " +
        "follows the standard takes all but the first for duplicates";
      findings.push(finding("sequence-reused", message, this.#reused.text));
    }
    if (this.#duplicates.count > 0) {
      const message = `${count(this.#duplicates.count, "packet")} came more than once`;
      findings.push(finding("sequence-duplicate", message, this.#duplicates.text));
    }
    if (this.#reordered.count > 0) {
      const message = `${count(this.#reordered.count, "packet")} came out of order`;
      findings.push(finding("sequence-reordered", message, this.#reordered.text));
    }
    if (restarts > 0) {
      const message = "The numbering of packets began anew while the stream went on";
      findings.push(finding("sequence-restart", message, count(restarts, "new beginning")));
    }
    return findings;
  }

  #openGap(sequence: number, delta: number): void {
    if (this.#gaps.length >= MOST_GAPS) return;
    const after = sequence - delta;
    const missing = Array.from({ length: delta - 1 }, (_, i) => after + 1 + i);
    this.#gaps.push({ after, missing: new Set(missing) });
  }

  #fillGap({ packet, counted }: InspectedPacket, sequence: number): void {
    for (const gap of this.#gaps) gap.missing.delete(sequence);
    this.#reordered.add(() => {
      return `sequence ${packet.sequence} came ${-counted.sequenceDelta} behind the highest`;
    });
  }

  #repeat({ packet, number }: InspectedPacket): void {
    const before = this.#last?.packet;
    const where = `packet ${number} repeats sequence ${packet.sequence}`;
    const other = before?.sequence === packet.sequence &&
      !sameBytes(before.payload, packet.payload);
    if (other) this.#reused.add(() => `${where} with another payload`);
    else this.#duplicates.add(() => where);
  }

  #loss(lost: number, received: number): Finding {
    const sent = lost + received;
    const share = (100 * lost / sent).toFixed(1);
    const message = `${grouped(lost)} of ${count(sent, "packet")} did not come (${share} %)`;
    const open = new Examples();
    for (const { after, missing } of this.#gaps) {
      if (missing.size === 0) continue;
      open.add(() => `${grouped(missing.size)} missing after sequence ${after & 0xffff}`);
    }
    return finding("sequence-gap", message, open.text);
  }
}
