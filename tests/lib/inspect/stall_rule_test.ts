// Silence at the end: when it is a stream that stopped, and when it is as it should be.
import type { Ending } from "../../../lib/inspect/rule.ts";
import type { Finding } from "../../../lib/inspect/finding.ts";
import { assertEquals } from "../../support/assert.ts";
import { described, stopsAt } from "../../support/faulty_filters.ts";
import {
  healthy,
  healthyFor,
  judged,
  PLAYED_AT,
  type Session,
} from "../../support/faulty_media.ts";
import { AAC, H264, JPEG, type Medium } from "../../support/healthy_media.ts";
import { findingOf, labPackets, START } from "./observations.ts";

/** What is said of stalls when it was watched until `until`, in ms after PLAY. */
function stalls(
  session: Session,
  until: number | undefined,
  reason: Ending["reason"] = "stopped",
): Finding[] {
  const time = until === undefined ? undefined : PLAYED_AT + until;
  const { findings } = judged({ ...session, ending: { reason, totalFrames: undefined, time } });
  return findings.filter(({ code }) => code === "stream-stalled");
}

/** Frames so many ms apart. */
function seldom(medium: Medium, ms: number, duration: number): Session {
  return healthyFor(duration, { ...medium, frameTicks: medium.clockRate * ms / 1000 });
}

for (const reason of ["stopped", "silence"] as const) {
  Deno.test(`a picture that stays away for good is an error: ${reason}`, () => {
    const [found, ...others] = stalls(stopsAt(2000)(healthy(H264)), 5000, reason);
    assertEquals(others, []);
    assertEquals(found?.level, "error");
    assertEquals(
      found?.message,
      "Nothing came for the last 3.0 s: the stream has stopped, and the server did not say that " +
        "it ends",
    );
  });
}

Deno.test("sound that stays away for good is a warning, as it may be silent", () => {
  assertEquals(stalls(stopsAt(2000)(healthy(AAC)), 5000).map(({ level }) => level), ["warning"]);
});

Deno.test("one stream that stops while the other goes on is the one that is named", () => {
  const session = healthy(H264, AAC);
  const sent = session.sent.filter(({ at, stream }) => stream === 1 || at < 2000);
  const told = stalls({ ...session, sent }, 5000).map(({ stream, level }) => [stream, level]);
  assertEquals(told, [["video", "error"]]);
});

const stopped = (): Session => stopsAt(2000)(healthy(H264));
const FINE: [name: string, session: () => Session, until?: number, reason?: Ending["reason"]][] = [
  ["nobody knows until when something could have come", stopped],
  ["it was told to be cut", stopped, 5000, "cut"],
  ["it came to its end", stopped, 5000, "complete"],
  ["it is silent for less than two seconds", stopped, 3900],
  ["its end is described", () => described(stopped(), "a=range:npt=0-2.000"), 5000],
  ["it has one frame a second", () => seldom(H264, 1000, 5000), 5900],
  ["it has a picture every ten seconds", () => seldom(JPEG, 10_000, 30_000), 29_900],
  ["it has had one picture", () => seldom(JPEG, 10_000, 5000), 5000],
];

for (const [name, session, until, reason] of FINE) {
  Deno.test(`a stream has not stopped for good where ${name}`, () => {
    const told = stalls(session(), until, reason).map(({ message }) => message)
      .filter((message) => message.startsWith("Nothing came"));
    assertEquals(told, []);
  });
}

Deno.test("who said goodbye has not stalled", () => {
  const { inspector } = judged(stopped());
  inspector.rtcp({ time: PLAYED_AT + 2000, packet: { type: "BYE", sources: [0xdecade01] } });
  const found = inspector.conclude({
    ...{ reason: "stopped", totalFrames: undefined },
    time: PLAYED_AT + 5000,
  });
  assertEquals(found.filter(({ code }) => code === "stream-stalled"), []);
});

Deno.test("a lab server that is silent may have sent all there is", () => {
  const ending = { reason: "silence", totalFrames: undefined, time: START + 60_000 } as const;
  assertEquals(findingOf({ packets: labPackets(1, 40), ending }, "stream-stalled"), undefined);
});
