import { type Finding, finding, type FindingCode } from "./finding.ts";
import type { InspectedRtcp, StreamFacts } from "./rule.ts";
import { count, grouped } from "./words.ts";

/** What the sender and we had counted when a sender report came. */
interface Point {
  /** The sender's own count. */
  sent: number;
  /** Sequence numbers since our first packet. */
  numbered: number;
  received: number;
}

/** So many packets may be on their way when a report comes. */
const IN_FLIGHT = 3;
/** Of fewer losses nobody can tell the place. */
const LEAST_LOST = 3;
/** So many times nearer to one count than to the other is clear. */
const CLEARLY = 2;

/**
 * Finds out where packets are lost. Over TCP none can be lost on the way. Otherwise sender reports
 * tell how many packets were sent: where that is as many as sequence numbers were used, the network
 * lost them; where it is as many as came, they were never sent (RFC 3550, section 6.4.1).
 */
export class LossPlace {
  #first: Point | undefined;
  #last: Point | undefined;
  #ssrc: number | undefined;
  #restarts = 0;

  rtcp({ packet, statistics, ssrc }: InspectedRtcp): void {
    if (packet.type !== "SR" || statistics.packets === 0 || packet.ssrc !== ssrc) return;
    if (packet.ssrc !== this.#ssrc || statistics.restarts !== this.#restarts) {
      this.#first = undefined;
      this.#ssrc = packet.ssrc;
      this.#restarts = statistics.restarts;
    }
    const { expected, received } = statistics;
    const point = { sent: packet.packetCount, numbered: expected, received };
    this.#first ??= beginning(point);
    if (point.sent >= this.#first.sent) this.#last = point;
  }

  /**
   * @param lost packets that did not come, those aside that this machine threw away
   * @param sent packets by their sequence numbers
   * @param gaps where they are missing
   */
  loss(lost: number, sent: number, { transport }: StreamFacts, gaps: string): Finding {
    const share = (100 * lost / sent).toFixed(1);
    const what = `${grouped(lost)} of ${count(sent, "packet")} did not come (${share} %)`;
    const [code, why] = transport === "tcp"
      ? ["loss-sender" as FindingCode, "over TCP none can be lost on the way"]
      : this.#judge();
    const message = why === "" ? what : `${what}: ${why}`;
    return finding(code, message, gaps);
  }

  #judge(): [code: FindingCode, why: string] {
    const first = this.#first, last = this.#last;
    if (first === undefined || last === undefined) return ["sequence-gap", ""];
    const sent = last.sent - first.sent;
    const numbered = last.numbered - first.numbered;
    const received = last.received - first.received;
    // A report may be overtaken by packets or overtake them: of a few losses it tells nothing.
    if (numbered - received < LEAST_LOST) return ["sequence-gap", ""];
    const told = `its reports say that it sent ${grouped(sent)} while it numbered ${
      grouped(numbered)
    } and ${grouped(received)} came`;
    const fromNumbered = Math.abs(sent - numbered), fromReceived = Math.abs(sent - received);
    const nearer = Math.min(fromNumbered, fromReceived);
    const farther = Math.max(fromNumbered, fromReceived);
    if (nearer * CLEARLY > farther) return ["sequence-gap", ""];
    return fromNumbered < fromReceived
      ? ["loss-network", `the sender sent them, ${told}`]
      : ["loss-sender", `the sender never sent them, ${told}`];
  }
}

/**
 * Where counting begins: with our first packet, if the sender cannot have counted any before, else
 * with its first report.
 */
function beginning(point: Point): Point {
  const forUs = point.sent <= point.numbered + IN_FLIGHT;
  return forUs ? { sent: 0, numbered: 0, received: 0 } : point;
}
