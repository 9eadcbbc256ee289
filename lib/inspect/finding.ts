import { type FindingCode, type FindingLevel, FINDINGS } from "./catalogue.ts";

export type { FindingCode, FindingLevel };

/** Something about a stream that a person should know. */
export interface Finding {
  level: FindingLevel;
  /** Stable: scripts look for it. */
  code: FindingCode;
  /** What it is and what it means, a sentence. */
  message: string;
  /** What was seen that shows it. */
  evidence: string;
  /** The next thing to try, a sentence; absent where there is nothing to be done. */
  advice?: string;
  /** The section of the standard that it departs from, where it departs from one. */
  reference?: string;
  /** Which of the session's streams it is about; absent where there is one, or it is about all. */
  stream?: string;
}

/** What may differ from the catalogue. */
export type FindingParts = Partial<Pick<Finding, "level" | "advice">>;

/** A finding with what its code has in the catalogue. */
export function finding(
  code: FindingCode,
  message: string,
  evidence: string,
  parts: FindingParts = {},
): Finding {
  const { level, reference, advice } = FINDINGS[code];
  const found: Finding = { level, code, message, evidence };
  if (advice !== undefined) found.advice = advice;
  if (reference !== undefined) found.reference = reference;
  return Object.assign(found, parts);
}

const ORDER: readonly FindingLevel[] = ["error", "warning", "info"];

/** What the stream is comes first, then what matters most. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const rank = ({ code, level }: Finding): number => {
    return code === "lab-dialect" ? -1 : ORDER.indexOf(level);
  };
  return findings.toSorted((a, b) => rank(a) - rank(b));
}

/**
 * Tells mere consequences as evidence of what causes them. A consequence hands on its level too:
 * loss that breaks pictures is worse than loss that does not.
 */
export function withoutConsequences(findings: readonly Finding[]): Finding[] {
  const kept = new Map(findings.map((found) => [found, { ...found }]));
  for (const found of findings) {
    const cause = causeOf(found, findings);
    if (cause === undefined) continue;
    kept.delete(found);
    const told = kept.get(rootOf(cause, findings));
    if (told === undefined) continue;
    told.evidence += `; so: ${lowerFirst(found.message)}`;
    if (ORDER.indexOf(found.level) < ORDER.indexOf(told.level)) told.level = found.level;
  }
  return [...kept.values()];
}

function causeOf(found: Finding, findings: readonly Finding[]): Finding | undefined {
  const follows = FINDINGS[found.code].follows ?? [];
  return findings.find((other) => {
    return other !== found && follows.includes(other.code) &&
      (other.stream === found.stream || other.stream === undefined || found.stream === undefined);
  });
}

/** The catalogue has no circles, so that this ends. */
function rootOf(found: Finding, findings: readonly Finding[]): Finding {
  const cause = causeOf(found, findings);
  return cause === undefined ? found : rootOf(cause, findings);
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;
}
