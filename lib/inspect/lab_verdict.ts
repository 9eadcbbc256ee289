import { type Finding, finding } from "./finding.ts";
import type { StreamFacts } from "./rule.ts";
import { count } from "./words.ts";

/** Over less time than this a pace cannot be told. */
const LEAST_MEASURED_MS = 400;

/** What a course-lab stream is, in one plain sentence; undefined for other streams. */
export function labVerdict(facts: StreamFacts, findings: readonly Finding[]): Finding | undefined {
  if (facts.payload !== "bare-jpeg") return undefined;
  const { statistics, frames, damagedFrames, fps } = facts;
  const whole = statistics.packets <= frames + damagedFrames + statistics.duplicated;
  const shape = whole ? "one whole JPEG file per packet" : "JPEG files cut over several packets";
  const pace = statistics.activeMs >= LEAST_MEASURED_MS
    ? `, ${Math.round(fps * 10) / 10} frames a second`
    : "";
  const trouble = findings.filter(({ level }) => level !== "info").length;
  const health = trouble === 0
    ? "it is healthy: lab clients and rtspkit show it, standard players do not"
    : `${count(trouble, "thing")} about it ${trouble === 1 ? "needs" : "need"} a look`;
  return finding(
    "lab-dialect",
    `course-lab dialect: ${shape}${pace}; ${health}`,
    `${count(frames, "complete frame")} in ${count(statistics.packets, "packet")}`,
  );
}
