import fc from "fast-check";
import { assert, assertEquals } from "../support/assert.ts";
import { isFlat, trend } from "./trend.ts";

const NONE = { absolute: 0, relative: 0 };

/** `count` points of a line, and of what is added to it. */
function points(count: number, y: (x: number) => number): [number, number][] {
  return Array.from({ length: count }, (_, x) => [x, y(x)]);
}

Deno.test("a line is found as it is", () => {
  assertEquals(trend(points(11, (x) => 5 + 2 * x)), { mean: 15, rise: 20, error: 0 });
  assertEquals(trend(points(5, () => 7)), { mean: 7, rise: 0, error: 0 });
});

Deno.test("a curve that rises by more than is tolerated is not flat", () => {
  const line = trend(points(11, (x) => 100 + x));
  assertEquals(isFlat(line, NONE), false);
  assertEquals(isFlat(line, { absolute: 10, relative: 0 }), true);
  assertEquals(isFlat(line, { absolute: 9.9, relative: 0 }), false);
  assertEquals(isFlat(line, { absolute: 0, relative: 0.1 }), true);
  assertEquals(isFlat(line, { absolute: 0, relative: 0.09 }), false);
});

Deno.test("a curve that falls is flat", () => {
  assert(isFlat(trend(points(11, (x) => 100 - 5 * x)), NONE));
});

Deno.test("what goes up and down is flat, and a rise among it is still seen", () => {
  const noise = (x: number): number => x % 2 === 0 ? 10 : -10;
  assert(isFlat(trend(points(100, (x) => 200 + noise(x))), NONE));
  assertEquals(isFlat(trend(points(100, (x) => 200 + noise(x) + x)), NONE), false);
});

Deno.test("where the points begin does not matter to the rise", () => {
  const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 3, maxLength: 30 });
  fc.assert(fc.property(numbers, fc.nat(10_000), (values, from) => {
    const here = trend(values.map((y, x) => [x, y]));
    const there = trend(values.map((y, x) => [x + from, y + from]));
    assert(Math.abs(here.rise - there.rise) < 1e-6 && Math.abs(here.error - there.error) < 1e-6);
  }));
});
