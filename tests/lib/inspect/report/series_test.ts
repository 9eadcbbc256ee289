import { MOST_SAMPLES, Series } from "../../../../lib/inspect/report/series.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import fc from "fast-check";

const CALM = { lost: 0, frames: 0, jitterMs: 0 };

Deno.test("a stretch has what came in it: counts by difference, jitter at its highest", () => {
  const series = new Series();
  series.add(10_000, 100, { lost: 0, frames: 1, jitterMs: 2 });
  series.add(10_499, 50, { lost: 3, frames: 2, jitterMs: 5 });
  series.add(11_200, 70, { lost: 2, frames: 2, jitterMs: 1 });
  assertEquals([...series.samples], [
    { packets: 2, bytes: 150, lost: 3, frames: 2, jitterMs: 5 },
    { packets: 0, bytes: 0, lost: 0, frames: 0, jitterMs: 0 },
    { packets: 1, bytes: 70, lost: -1, frames: 0, jitterMs: 1 },
  ]);
  assertEquals([series.start, series.lengthMs, series.framesSoFar], [10_000, 1200, 2]);
});

Deno.test("the stretches are as many as there may be, and one more makes each two one", () => {
  const series = new Series();
  const width = series.widthMs;
  for (let i = 0; i < MOST_SAMPLES; i++) series.add(i * width, 1, CALM);
  assertEquals([series.samples.length, series.widthMs], [MOST_SAMPLES, width]);
  series.add(MOST_SAMPLES * width, 1, CALM);
  assertEquals([series.samples.length, series.widthMs], [MOST_SAMPLES / 2 + 1, 2 * width]);
  assertEquals(series.samples.slice(0, 2).map(({ packets }) => packets), [2, 2]);
});

Deno.test("however long and in whatever order, nothing is lost and little is kept", () => {
  const times = fc.array(fc.double({ min: -1e6, max: 1e15, noNaN: true }), { minLength: 1 });
  fc.assert(fc.property(times, (all) => {
    const series = new Series();
    all.forEach((time, i) => series.add(time, 10, { lost: i, frames: i, jitterMs: i }));
    const sum = (number: "packets" | "bytes" | "frames" | "lost"): number => {
      return series.samples.reduce((sum, sample) => sum + sample[number], 0);
    };
    assert(series.samples.length <= MOST_SAMPLES);
    assertEquals([sum("packets"), sum("bytes")], [all.length, 10 * all.length]);
    assertEquals([sum("lost"), sum("frames")], [all.length - 1, all.length - 1]);
  }));
});
