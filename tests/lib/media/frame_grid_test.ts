import fc from "fast-check";
import { fractionOf, FrameGrid, measuredRate } from "../../../lib/media/frame_grid.ts";
import { assert, assertEquals } from "../../support/assert.ts";

/** Rates as people state them, and as files do. */
const RATES: [fps: number, rate: number, scale: number][] = [
  [25, 25, 1],
  [1, 1, 1],
  [29.97, 30_000, 1001],
  [23.976, 24_000, 1001],
  [59.94, 60_000, 1001],
  [12.5, 25, 2],
  [7.5, 15, 2],
  [0.2, 200_000, 1_000_000],
  [17.25, 17_250_000, 1_000_000],
];

for (const [fps, rate, scale] of RATES) {
  Deno.test(`${fps} frames a second are ${rate}/${scale}`, () => {
    assertEquals(fractionOf(fps), { rate, scale });
  });
}

/** Times of frames, in ms. */
function times(count: number, step: (index: number) => number): number[] {
  const all = [1000];
  for (let i = 1; i < count; i++) all.push(all[i - 1]! + step(i));
  return all;
}

Deno.test("a rate is measured over steps that are rounded, late, or have holes in them", () => {
  const rateOf = (steps: (index: number) => number): unknown => measuredRate(times(25, steps));
  assertEquals(rateOf(() => 40), { rate: 25, scale: 1 });
  assertEquals(rateOf((i) => i % 3 === 0 ? 34 : 33), { rate: 30, scale: 1 });
  assertEquals(rateOf((i) => i % 2 === 0 ? 41 : 59), { rate: 20, scale: 1 });
  assertEquals(rateOf((i) => i === 7 ? 480 : 40), { rate: 25, scale: 1 });
  assertEquals(rateOf(() => 3003 / 90), { rate: 30_000, scale: 1001 });
});

Deno.test("without two different times there is no rate", () => {
  assertEquals(measuredRate([]), undefined);
  assertEquals(measuredRate([5]), undefined);
  assertEquals(measuredRate([5, 5, 5]), undefined);
});

/** Places of frames at these times at 25 a second. */
function placed(at: (number | undefined)[], exact = false): { empty: number[]; grid: FrameGrid } {
  const grid = new FrameGrid({ rate: 25, scale: 1 }, exact);
  return { grid, empty: at.map((time) => grid.place(time)) };
}

Deno.test("places stay empty where frames are missing, and only there", () => {
  assertEquals(placed([500, 540, 580, 700, 740]).empty, [0, 0, 0, 2, 0]);
  assertEquals(placed([0, 40, 10_040, 10_080]).empty, [0, 0, 249, 0]);
});

Deno.test("a frame that is late, with the next ones in time, leaves no place empty for good", () => {
  const { grid } = placed([0, 40, 80, 155, 160, 200, 240, 280]);
  assertEquals(grid.places, 8 + 1);
  const jitter = placed(times(400, (i) => i % 2 === 0 ? 21 : 59));
  assertEquals(jitter.grid.places, 400);
});

Deno.test("frames at the same time, or without one, take the next place", () => {
  assertEquals(placed([0, 0, 0, 0]).empty, [0, 0, 0, 0]);
  assertEquals(placed([undefined, undefined, undefined]).empty, [0, 0, 0]);
  assertEquals(placed([undefined, undefined]).grid.rate, { rate: 25, scale: 1 });
});

Deno.test("a jump of the clock by more than a day is no pause", () => {
  assertEquals(placed([0, 40, 90_000_000, 90_000_040, 90_000_160]).empty, [0, 0, 0, 0, 2]);
});

Deno.test("frames that come slower than the rate are shown longer now and then", () => {
  const slow = placed(times(101, () => 50)).grid;
  // 5 seconds are 125 places; a few may be owed.
  assert(Math.abs(slow.places - 126) <= 5, String(slow.places));
});

Deno.test("when frames come faster than the beginning promised, the rate is theirs in the end", () => {
  assertEquals(placed(times(201, () => 20)).grid.rate, { rate: 50, scale: 1 });
  assertEquals(placed(times(201, () => 20), true).grid.rate, { rate: 25, scale: 1 });
  assertEquals(placed(times(201, () => 40)).grid.rate, { rate: 25, scale: 1 });
});

Deno.test("whatever the times, the end is where it was, within a few places", () => {
  const steps = fc.array(fc.integer({ min: 40, max: 5000 }), { minLength: 30, maxLength: 200 });
  fc.assert(fc.property(steps, (steps) => {
    const all = times(steps.length + 1, (i) => steps[i - 1]!);
    const { grid, empty } = placed(all);
    assert(empty.every((count) => count >= 0));
    const end = (all.at(-1)! - all[0]!) / 40 + 1;
    assert(Math.abs(grid.places - end) <= 5, `${grid.places} places, ${end} expected`);
  }));
});
