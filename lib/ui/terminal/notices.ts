import type { PlayerSnapshot } from "../player/snapshot.ts";
import { type Span, span } from "./text.ts";

/** How long a message stands, in ms. */
const FINDING_MS = 6000;
const HINT_MS = 3000;

/** Messages that stand in place of the keys for a while: refusals, findings, and hints. */
export class Notices {
  #shown: { spans: Span[]; until: number } | undefined;
  readonly #told = new Set<string>();

  /** A word about a key that does nothing here. */
  hint(text: string, now: number): void {
    this.#shown = { spans: [span(` ${text}`, "yellow")], until: now + HINT_MS };
  }

  /** What stands now; undefined for nothing. */
  at(now: number, { notice, findings }: PlayerSnapshot): Span[] | undefined {
    if (notice !== undefined) return [span(` ${notice}`, "yellow")];
    const next = findings.find(({ code, level }) => level !== "info" && !this.#told.has(code));
    if (next !== undefined && !this.#stands(now)) {
      this.#told.add(next.code);
      const look = next.level === "error" ? "red" : "yellow";
      const spans = [span(` ${next.level}: `, look), span(next.message)];
      this.#shown = { spans, until: now + FINDING_MS };
    }
    return this.#stands(now) ? this.#shown!.spans : undefined;
  }

  #stands(now: number): boolean {
    return this.#shown !== undefined && now < this.#shown.until;
  }
}
