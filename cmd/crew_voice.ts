import type { Clock } from "../lib/net/clock.ts";
import type { ServerEvent } from "../lib/server/events.ts";
import { describeServerEvent } from "./server_log.ts";

/** Workers come upon the same change of a file within this, in ms; what is said later is news. */
const SAME_MS = 10_000;

/**
 * What the workers of a crew say, told as one server would: each reads the files and the certificate
 * for itself, and to a person they are one.
 */
export class CrewVoice {
  /** When what was said of a file was told. */
  readonly #toldAt = new Map<string, number>();
  /** What each worker said of the certificate last. */
  readonly #certificates = new Map<number, string>();

  /**
   * @param workers how many speak
   * @param tell told what is left; without a worker what is said of all of them
   */
  constructor(
    readonly workers: number,
    readonly clock: Pick<Clock, "now">,
    readonly tell: (event: ServerEvent, worker?: number) => void,
  ) {}

  /** Takes what a worker says. @param worker its number, from 1 */
  hear(event: ServerEvent, worker: number): void {
    if (event.event === "certificate") return this.#hearOfCertificate(event.message, worker);
    const ofFile = event.event === "media-transcoded" || event.event === "media-changed";
    if (!ofFile || this.#isNew(describeServerEvent(event))) this.tell(event, worker);
  }

  /** Told when every worker has looked at it, and uses it. */
  #hearOfCertificate(message: string, worker: number): void {
    this.#certificates.set(worker, message);
    if (this.#certificates.size < this.workers) return;
    const messages = new Set(this.#certificates.values());
    this.#certificates.clear();
    for (const each of messages) this.tell({ event: "certificate", message: each });
  }

  #isNew(line: string): boolean {
    const now = this.clock.now();
    for (const [told, at] of this.#toldAt) {
      if (now - at >= SAME_MS) this.#toldAt.delete(told);
    }
    if (this.#toldAt.has(line)) return false;
    this.#toldAt.set(line, now);
    return true;
  }
}
