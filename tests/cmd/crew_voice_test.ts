import { CrewVoice } from "../../cmd/crew_voice.ts";
import type { ServerEvent } from "../../lib/server/events.ts";
import { assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";

const CUT: ServerEvent = { event: "media-changed", file: "a.avi", message: "The file was cut" };
const USED: ServerEvent = { event: "certificate", message: "used" };
const REFUSED: ServerEvent = { event: "certificate", message: "refused" };
const FAULT: ServerEvent = { event: "error", peer: "-", message: "odd" };

function voiceOf(workers: number): {
  voice: CrewVoice;
  clock: FakeClock;
  told: [ServerEvent, number | undefined][];
} {
  const told: [ServerEvent, number | undefined][] = [];
  const clock = new FakeClock();
  const voice = new CrewVoice(workers, clock, (event, worker) => told.push([event, worker]));
  return { voice, clock, told };
}

Deno.test("what several workers find of one file is told once, and again when it happens again", async () => {
  const { voice, clock, told } = voiceOf(2);
  voice.hear(CUT, 2);
  voice.hear(CUT, 1);
  voice.hear({ ...CUT, file: "b.avi" }, 1);
  assertEquals(told, [[CUT, 2], [{ ...CUT, file: "b.avi" }, 1]]);
  await clock.advance(60_000);
  voice.hear(CUT, 1);
  assertEquals(told.at(-1), [CUT, 1]);
  assertEquals(told.length, 3);
});

Deno.test("a renewed certificate is told of when every worker has looked, for all of them", () => {
  const { voice, told } = voiceOf(3);
  voice.hear(USED, 1);
  voice.hear(USED, 3);
  assertEquals(told, []);
  voice.hear(USED, 2);
  assertEquals(told, [[USED, undefined]]);
  for (const worker of [1, 2]) voice.hear(USED, worker);
  voice.hear(REFUSED, 3);
  assertEquals(told.slice(1), [[USED, undefined], [REFUSED, undefined]]);
});

Deno.test("what happens in one worker is told as often as it happens", () => {
  const { voice, told } = voiceOf(2);
  for (const worker of [1, 2, 2]) voice.hear(FAULT, worker);
  assertEquals(told, [[FAULT, 1], [FAULT, 2], [FAULT, 2]]);
});
