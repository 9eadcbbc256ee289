import { type Finding, finding } from "./finding.ts";
import { LossPlace } from "./loss_place.ts";
import { RecentPackets } from "./recent_packets.ts";
import type { InspectedPacket, InspectedRtcp, StreamFacts, StreamRule } from "./rule.ts";
import { count, Examples, grouped } from "./words.ts";

/** Gaps remembered, to be able to say which stayed open. */
const MOST_GAPS = 100;
/** Packets of a gap that are remembered one by one. */
const MOST_MISSING = 1000;

interface Gap {
  after: number;
  size: number;
  missing: Set<number>;
}

/** Loss, duplicates, reordering and restarts, told by sequence numbers. */
export class SequenceRule implements StreamRule {
  #gaps: Gap[] = [];
  #duplicates = new Examples();
  #reordered = new Examples();
  #reused = new Examples();
  readonly #recent = new RecentPackets();
  readonly #place = new LossPlace();
  #last: InspectedPacket | undefined;
  #restarts = new Examples();

  packet(seen: InspectedPacket): void {
    const { place, sequence, sequenceDelta } = seen.counted;
    if (place === "gap") this.#openGap(sequence!, sequenceDelta);
    else if (place === "reordered") this.#fillGap(seen, sequence!);
    else if (place === "duplicate") this.#repeat(seen, sequence!);
    else if (place === "first") this.#begin(seen);
    if (place !== "duplicate" && sequence !== undefined) this.#recent.add(sequence, seen.packet);
    this.#last = seen;
  }

  rtcp(rtcp: InspectedRtcp): void {
    this.#place.rtcp(rtcp);
  }

  conclude(facts: StreamFacts): Finding[] {
    const findings = this.#losses(facts);
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
    if (this.#restarts.count > 0) {
      const message = "The numbering of packets began anew while the stream went on";
      const evidence = `${count(this.#restarts.count, "new beginning")}: ${this.#restarts.text}`;
      findings.push(finding("sequence-restart", message, evidence));
    }
    return findings;
  }

  #openGap(sequence: number, delta: number): void {
    if (this.#gaps.length >= MOST_GAPS) return;
    const after = sequence - delta;
    const size = delta - 1;
    const missing = Array.from({ length: Math.min(size, MOST_MISSING) }, (_, i) => after + 1 + i);
    this.#gaps.push({ after, size, missing: new Set(missing) });
  }

  #fillGap({ packet, counted }: InspectedPacket, sequence: number): void {
    for (const gap of this.#gaps) if (gap.missing.delete(sequence)) gap.size--;
    this.#reordered.add(() => {
      return `sequence ${packet.sequence} came ${-counted.sequenceDelta} behind the highest`;
    });
  }

  #repeat({ packet, number }: InspectedPacket, sequence: number): void {
    const difference = this.#recent.difference(sequence, packet);
    const where = (): string => `packet ${number} repeats sequence ${packet.sequence}`;
    if (difference === undefined) this.#duplicates.add(where);
    else this.#reused.add(() => `${where()} with another ${difference}`);
  }

  #begin({ packet, number }: InspectedPacket): void {
    this.#recent.clear();
    const before = this.#last?.packet;
    if (before === undefined) return;
    this.#restarts.add(() => {
      return `packet ${number} has sequence ${packet.sequence} after ${before.sequence}`;
    });
  }

  #losses(facts: StreamFacts): Finding[] {
    const { lost, packets, duplicated, restarts } = facts.statistics;
    // A gap of thousands looks like a new beginning.
    const here = restarts > 0 ? facts.hostDrops : Math.min(lost, facts.hostDrops);
    if (lost === 0 && here === 0) return [];
    const sent = Math.max(lost, here) + packets - duplicated;
    const findings = here === 0 ? [] : [droppedHere(here, sent, facts.hostDrops)];
    if (lost > here) findings.push(this.#place.loss(lost - here, sent, facts, this.#openGaps()));
    return findings;
  }

  #openGaps(): string {
    const open = new Examples();
    for (const { after, size } of this.#gaps) {
      if (size > 0) open.add(() => `${grouped(size)} missing after sequence ${after & 0xffff}`);
    }
    return open.text;
  }
}

function droppedHere(lost: number, sent: number, drops: number): Finding {
  const share = (100 * lost / sent).toFixed(1);
  const message = `This machine received ${grouped(lost)} of ${count(sent, "packet")} and threw ` +
    `them away (${share} %), as its receive buffer was full: neither the server nor the network ` +
    "lost these";
  return finding("host-drops", message, `the socket's drop counter is ${grouped(drops)}`);
}
