import { FINDINGS } from "./catalogue.ts";
import type { Finding, FindingCode } from "./finding.ts";
import { count } from "./words.ts";

/** What a session comes down to, in one line. */
export interface Verdict {
  /** `healthy` where nothing above information was found. */
  level: "healthy" | "warning" | "error";
  /** Of the finding that matters most. */
  code: "healthy" | FindingCode;
  /** One line for people. */
  message: string;
  /** The next thing to try. */
  advice?: string;
}

/**
 * The verdict on a session.
 * @param findings all of it, what matters most first
 * @param healthy what to say when there is nothing to complain about: that, and what plays
 */
export function verdictOf(findings: readonly Finding[], healthy: string): Verdict {
  const grave = findings.filter(({ level }) => level !== "info");
  const [worst] = grave;
  const lab = findings.find(({ code }) => code === "lab-dialect");
  if (worst === undefined || worst.level === "info") {
    return { level: "healthy", code: "healthy", message: lab?.message ?? healthy };
  }
  const { level, code, advice, stream } = worst;
  const others = new Set(grave.map(({ code }) => code)).size - 1;
  const more = others > 0 ? ` (and ${count(others, "other finding")})` : "";
  const where = stream === undefined ? "" : `${stream}: `;
  const message = `${where}${FINDINGS[code].title}: ${worst.message}${more}`;
  return { level, code, message, ...(advice === undefined ? {} : { advice }) };
}
