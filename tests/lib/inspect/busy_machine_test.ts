// A healthy stream on a machine that has little time for it: what comes waits, and comes at once.
import fc from "fast-check";
import type { Finding } from "../../../lib/inspect/finding.ts";
import { assertEquals } from "../../support/assert.ts";
import { healthyFor, inTime, judged, type Sent } from "../../support/faulty_media.ts";
import { AAC, H264, JPEG, type Medium } from "../../support/healthy_media.ts";

/** The longest that a machine with three times the work it can do was seen to leave a process. */
const LONGEST_MS = 900;
/** It runs for so long between. */
const LEAST_RUN_MS = 50;

/** From when to when nothing runs, in ms after PLAY. */
type Pause = [from: number, to: number];

function pausesOf(lengths: readonly (readonly [run: number, pause: number])[]): Pause[] {
  let at = 0;
  return lengths.map(([run, pause]) => {
    const from = at + run;
    at = from + pause;
    return [from, at];
  });
}

function held(at: number, pauses: readonly Pause[]): number {
  return pauses.find(([from, to]) => at >= from && at < to)?.[1] ?? at;
}

/** What is found above information, with sender reports that vouch for the clock or without. */
function grave(
  media: readonly Medium[],
  duration: number,
  pauses: readonly Pause[],
  reports: boolean,
): Finding[] {
  const session = healthyFor(duration, ...media);
  const sent = session.sent.filter(({ kind }) => reports || kind === "rtp")
    .map((each): Sent => ({ ...each, at: held(each.at, pauses) }));
  const { findings } = judged({ ...session, sent: inTime(sent) });
  return findings.filter(({ level }) => level !== "info");
}

const pauses = fc.array(
  fc.tuple(
    fc.integer({ min: LEAST_RUN_MS, max: 1500 }),
    fc.integer({ min: LONGEST_MS / 10, max: LONGEST_MS }),
  ),
  { minLength: 1, maxLength: 20 },
).map(pausesOf);

for (const media of [[JPEG], [H264], [AAC], [H264, AAC]]) {
  const name = media.map(({ name }) => name).join(" and ");

  Deno.test(`a healthy stream stays healthy on a busy machine: ${name}`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 500, max: 6000 }),
        pauses,
        fc.boolean(),
        (duration, pauses, reports) => {
          assertEquals(grave(media, duration, pauses, reports), []);
        },
      ),
      { numRuns: 100 },
    );
  });
}

Deno.test("packets thrown away while the machine stood still are no jump of the timestamps", () => {
  const session = healthyFor(8000, JPEG);
  // It stood still for four seconds, and there was room for what came in two of them.
  const sent = session.sent.filter(({ at }) => at < 4000 || at >= 6000)
    .map((each) => each.at < 2000 ? each : { ...each, at: Math.max(each.at, 6000) });
  const dropped = session.sent.length - sent.length;
  const { findings } = judged({
    ...{ ...session, sent: inTime(sent) },
    ending: { reason: "stopped", totalFrames: undefined, hostDrops: dropped },
  });
  const codes = findings.filter(({ level }) => level !== "info").map(({ code }) => code);
  assertEquals(codes, ["host-drops"]);
});
