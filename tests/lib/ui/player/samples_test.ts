import { type Counters, SampleRing } from "../../../../lib/ui/player/samples.ts";
import { assertEquals } from "../../../support/assert.ts";

const counters = (frames: number, bytes: number, expected: number, lost: number): Counters => ({
  frames,
  bytes,
  expected,
  lost,
  jitterMs: 1.5,
});

Deno.test("a sample is what came since the one before, by the time that really passed", () => {
  const ring = new SampleRing();
  ring.begin(1000, counters(10, 1000, 10, 0));
  const sample = ring.sample(3000, 50_000, counters(50, 251_000, 110, 5));
  assertEquals(sample, {
    time: 50_000,
    fps: 20,
    bitsPerSecond: 1_000_000,
    jitterMs: 1.5,
    lossPercent: 5,
  });
});

Deno.test("while nothing plays there is a break in the line, once", () => {
  const ring = new SampleRing();
  assertEquals(ring.interrupt(0), undefined);
  ring.begin(0, counters(0, 0, 0, 0));
  ring.sample(1000, 1000, counters(20, 20, 20, 0));
  assertEquals(ring.interrupt(1500)?.fps, undefined);
  assertEquals(ring.interrupt(1600), undefined);
  ring.begin(9000, counters(20, 20, 20, 0));
  assertEquals(ring.sample(10_000, 9000, counters(40, 40, 40, 0))?.fps, 20, "the pause is no part");
  assertEquals(ring.samples.length, 3);
});

Deno.test("a new session's counters, which begin at 0, are no negative rate", () => {
  const ring = new SampleRing();
  ring.begin(0, counters(100, 1000, 100, 9));
  const sample = ring.sample(1000, 1000, counters(3, 10, 3, 0));
  assertEquals([sample?.fps, sample?.bitsPerSecond, sample?.lossPercent], [0, 0, 0]);
});

Deno.test("a minute is kept and no more", () => {
  const ring = new SampleRing();
  ring.begin(0, counters(0, 0, 0, 0));
  for (let i = 1; i <= 200; i++) ring.sample(1000 * i, 1000 * i, counters(i, i, i, 0));
  assertEquals(ring.samples.length, 61);
  assertEquals(ring.samples.at(-1)?.time, 200_000);
});
