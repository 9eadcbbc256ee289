import fc from "fast-check";
import {
  addToTimestamp,
  millisecondsToTicks,
  ticksToMilliseconds,
  TIMESTAMP_MODULUS,
  timestampDelta,
  TimestampExtender,
} from "../../../lib/rtp/timestamp.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";

Deno.test("timestamps are subtracted over the wrap", () => {
  const rows: [a: number, b: number, delta: number][] = [
    [7, 7, 0],
    [0, 0xffffffff, 1],
    [0xffffffff, 0, -1],
    [0x7fffffff, 0, 0x7fffffff],
    [0x80000000, 0, -0x80000000],
    [0, 0x80000000, -0x80000000],
  ];
  for (const [a, b, delta] of rows) assertEquals(timestampDelta(a, b), delta, `${a} - ${b}`);
});

Deno.test("ticks added to a timestamp wrap, and the delta gives them back", () => {
  assertEquals(addToTimestamp(0xffffffff, 1), 0);
  assertEquals(addToTimestamp(0, -1), 0xffffffff);
  assertEquals(addToTimestamp(5, 3 * TIMESTAMP_MODULUS), 5);
  const ticks = fc.integer({ min: -0x80000000, max: 0x7fffffff });
  fc.assert(fc.property(fc.integer({ min: 0, max: 0xffffffff }), ticks, (from, count) => {
    assertEquals(timestampDelta(addToTimestamp(from, count), from), count);
  }));
});

Deno.test("ticks and milliseconds convert by the clock rate", () => {
  const rows: [ticks: number, milliseconds: number, clockRate: number][] = [
    [90_000, 1000, 90_000],
    [3600, 40, 90_000],
    [-4500, -50, 90_000],
    [8, 1, 8000],
    [0, 0, 44_100],
  ];
  for (const [ticks, milliseconds, clockRate] of rows) {
    assertEquals(ticksToMilliseconds(ticks, clockRate), milliseconds);
    assertEquals(millisecondsToTicks(milliseconds, clockRate), ticks);
  }
  assertEquals(millisecondsToTicks(1000 / 30, 90_000), 3000);
  assertEquals(millisecondsToTicks(1000 / 29, 90_000), 3103, "rounded to the nearest tick");
});

Deno.test("a clock rate that is not above 0 is refused", () => {
  for (const clockRate of [0, -1, NaN]) {
    assertThrows(() => ticksToMilliseconds(1, clockRate), RangeError, "Clock rate");
    assertThrows(() => millisecondsToTicks(1, clockRate), RangeError, "Clock rate");
  }
});

Deno.test("timestamps extend over the wrap, forward and back", () => {
  const extender = new TimestampExtender();
  assertEquals(extender.latest, undefined);
  const extended = [0xfffffff0, 0x10, 0xfffffff8, 0x10].map((t) => extender.extend(t));
  assertEquals(extended, [0xfffffff0, 0x1_00000010, 0xfffffff8, 0x1_00000010]);
  assertEquals(extender.latest, 0x1_00000010);
});

Deno.test("a timestamp before the first comes out below 0", () => {
  const extender = new TimestampExtender();
  assertEquals([1, 0xffffffff].map((t) => extender.extend(t)), [1, -1]);
});

Deno.test("any steps below half a cycle are followed exactly through many cycles", () => {
  const steps = fc.array(fc.integer({ min: -0x7fffffff, max: 0x7fffffff }), { maxLength: 200 });
  fc.assert(fc.property(fc.integer({ min: 0, max: 0xffffffff }), steps, (first, ticks) => {
    const extender = new TimestampExtender();
    let expected = extender.extend(first);
    for (const step of ticks) {
      expected += step;
      assertEquals(extender.extend(addToTimestamp(expected, 0)), expected);
    }
  }));
});
