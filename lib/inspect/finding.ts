/** How much a finding matters: `--strict` fails on errors. */
export type FindingLevel = "info" | "warning" | "error";

/** Something about a stream that a person should know. */
export interface Finding {
  level: FindingLevel;
  /** Stable: scripts look for it. */
  code: FindingCode;
  /** What it is and what it means, a sentence. */
  message: string;
  /** What was seen that shows it. */
  evidence: string;
  /** The section of the standard that it departs from, where it departs from one. */
  reference?: string;
}

interface CatalogueEntry {
  level: FindingLevel;
  reference?: string;
}

/**
 * Every finding there is. Habits of the course-lab dialect that its own clients live with are
 * information; what keeps some of them from showing the picture is a warning; pictures that are
 * missing or broken are errors.
 */
const CATALOGUE = {
  "lab-dialect": { level: "info" },
  "lab-bare-jpeg": { level: "info", reference: "RFC 2435 section 3.1" },
  "lab-payload-type": { level: "warning", reference: "RFC 3551 section 6" },
  "lab-sequence-is-frame-number": { level: "info", reference: "RFC 3550 section 5.1" },
  "lab-timestamp-seconds": { level: "info", reference: "RFC 2435 section 3" },
  "lab-marker-missing": { level: "info", reference: "RFC 2435 section 3" },
  "lab-version": { level: "warning", reference: "RFC 3550 section 5.1" },
  "lab-ssrc-zero": { level: "info", reference: "RFC 3550 section 8" },
  "lab-frame-size": { level: "warning" },
  "lab-stopped-at-255": { level: "error", reference: "RFC 3550 section 5.1" },
  "lab-rtsp-line-ends": { level: "info", reference: "RFC 2326 section 4" },
  "lab-rtsp-no-blank-line": { level: "info", reference: "RFC 2326 section 7" },
  "lab-rtsp-version": { level: "info", reference: "RFC 2326 section 3.1" },
  "rtsp-cseq": { level: "warning", reference: "RFC 2326 section 12.17" },
  "rtsp-note": { level: "info" },
  "sequence-gap": { level: "warning", reference: "RFC 3550 section 5.1" },
  "host-drops": { level: "warning" },
  "sequence-reordered": { level: "info" },
  "sequence-duplicate": { level: "warning", reference: "RFC 3550 section 5.1" },
  "sequence-reused": { level: "error", reference: "RFC 3550 section 5.1" },
  "sequence-restart": { level: "warning", reference: "RFC 3550 section 5.1" },
  "timestamp-rate": { level: "warning", reference: "RFC 3550 section 5.1" },
  "ssrc-changed": { level: "warning", reference: "RFC 3550 section 8.2" },
  "frame-damaged": { level: "error" },
  "picture-frozen": { level: "warning" },
  "stray-datagram": { level: "warning", reference: "RFC 3550 section 5.1" },
  "stream-cut": { level: "error" },
  "no-media": { level: "error" },
} as const satisfies Record<string, CatalogueEntry>;

/** Names of all findings. */
export type FindingCode = keyof typeof CATALOGUE;

/** A finding with the level and the reference its code has in the catalogue. */
export function finding(code: FindingCode, message: string, evidence: string): Finding {
  const { level, reference }: CatalogueEntry = CATALOGUE[code];
  const found: Finding = { level, code, message, evidence };
  if (reference !== undefined) found.reference = reference;
  return found;
}

const ORDER: readonly FindingLevel[] = ["error", "warning", "info"];

/** What the stream is comes first, then what matters most. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const rank = ({ code, level }: Finding): number => {
    return code === "lab-dialect" ? -1 : ORDER.indexOf(level);
  };
  return findings.toSorted((a, b) => rank(a) - rank(b));
}
