import type { Finding } from "../../inspect/finding.ts";
import { SessionInspector } from "../../inspect/session_inspector.ts";
import type { InspectedPacket } from "../../inspect/rule.ts";
import type {
  ObservedMessage,
  ObservedNote,
  ObservedPacket,
  ObservedStray,
} from "../../stream/observation.ts";
import type { ReceivedFrame } from "../../stream/received_frame.ts";

/** Messages the inspector is told again when it begins anew. */
const MOST_MESSAGES = 100;

/**
 * Judges a session that plays. A jump or a pause begins a new stretch with an inspector of its own:
 * what lies between two stretches is no loss.
 */
export class FindingsWatch {
  #inspector = new SessionInspector();
  #messages: ObservedMessage[] = [];
  #before = new Map<string, Finding>();
  #packets = 0;

  message(message: ObservedMessage): void {
    if (this.#messages.length < MOST_MESSAGES) this.#messages.push(message);
    this.#inspector.message(message);
  }

  packet(packet: ObservedPacket): InspectedPacket {
    this.#packets++;
    return this.#inspector.packet(packet);
  }

  frame(frame: ReceivedFrame): void {
    this.#inspector.frame(frame);
  }

  stray(stray: ObservedStray): void {
    this.#inspector.stray(stray);
  }

  note(note: ObservedNote): void {
    this.#inspector.note(note);
  }

  /** What comes from now on does not follow what came before. */
  beginStretch(): void {
    if (this.#packets === 0) return;
    for (const finding of this.#conclude()) this.#before.set(finding.code, finding);
    this.#inspector = new SessionInspector();
    for (const message of this.#messages) this.#inspector.message(message);
    this.#packets = 0;
  }

  /** What there is to say so far, what matters most first. */
  findings(totalFrames: number | undefined, hostDrops: number | undefined): Finding[] {
    const now = this.#packets === 0 ? [] : this.#conclude(totalFrames, hostDrops);
    const codes = new Set<string>(now.map(({ code }) => code));
    const rank = ({ level }: Finding): number => ["error", "warning", "info"].indexOf(level);
    const before = [...this.#before.values()].filter(({ code }) => !codes.has(code));
    return [...now, ...before].sort((a, b) => rank(a) - rank(b));
  }

  #conclude(totalFrames?: number, hostDrops?: number): Finding[] {
    return this.#inspector.conclude({ reason: "stopped", totalFrames, hostDrops });
  }
}
