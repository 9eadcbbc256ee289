import fc from "fast-check";
import { Pace } from "../../../lib/stream/pace.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";

Deno.test("a million frames do not drift", () => {
  for (const fps of [20, 24, 25, 29.97, 30, 60, 1000 / 7]) {
    const interval = 1000 / fps;
    const pace = new Pace(123.456, interval);
    for (let i = 0; i < 1_000_000; i++) pace.advance();
    // Adding the interval up a million times would be wrong by far more.
    assert(Math.abs(pace.dueAt - (123.456 + 1e6 * interval)) < 1e-6, `${fps} fps`);
    assertEquals(pace.tick, 1_000_000);
  }
});

Deno.test("holding until a time skips ticks and keeps the grid", () => {
  const pace = new Pace(100, 50);
  pace.holdUntil(90);
  assertEquals([pace.dueAt, pace.tick], [100, 0]);
  pace.holdUntil(100);
  assertEquals([pace.dueAt, pace.tick], [100, 0]);
  pace.holdUntil(101);
  assertEquals([pace.dueAt, pace.tick], [150, 1]);
  pace.holdUntil(400);
  assertEquals([pace.dueAt, pace.tick], [400, 6]);
  pace.holdUntil(-Infinity);
  assertEquals([pace.dueAt, pace.tick], [400, 6]);
});

Deno.test("after holding the tick is the first of the grid that is not before the time", () => {
  const whole = fc.integer({ min: 1, max: 100_000 });
  fc.assert(fc.property(whole, whole, whole, (origin, interval, time) => {
    const pace = new Pace(origin, interval);
    pace.holdUntil(time);
    assert(pace.dueAt >= time);
    assert(pace.dueAt === origin || pace.dueAt - interval < time);
    assertEquals((pace.dueAt - origin) % interval, 0);
  }));
});

Deno.test("a tick within the tolerance stays late, one beyond it goes on from now", () => {
  const pace = new Pace(0, 50);
  pace.advance();
  pace.catchUp(1050, 1000);
  assertEquals(pace.dueAt, 50);
  pace.catchUp(1051, 1000);
  assertEquals([pace.dueAt, pace.tick], [1050, 1]);
  pace.advance();
  assertEquals([pace.dueAt, pace.tick], [1100, 2]);
});

Deno.test("who share a grid share it after any stall, to the last bit", () => {
  const late = fc.double({ min: 0, max: 1e7, noNaN: true });
  const fps = fc.constantFrom(20, 24, 25, 29.97, 30, 60, 1000 / 7);
  fc.assert(fc.property(fps, late, late, (fps, first, second) => {
    const interval = 1000 / fps;
    const pace = new Pace(12.3, interval);
    pace.catchUp(pace.dueAt + first, 0);
    pace.advance();
    pace.catchUp(pace.dueAt + second, 0);
    const intervals = Math.round((pace.dueAt - 12.3) / interval);
    assertEquals(pace.dueAt, 12.3 + intervals * interval);
    assertEquals(pace.tick, 1, "no tick is lost");
  }));
});

Deno.test("an interval is above 0", () => {
  for (const interval of [0, -1, NaN]) {
    assertThrows(() => new Pace(0, interval), RangeError, `not ${interval}`);
  }
});

Deno.test("a grid that was there before tick 0 goes on, and ticks count from 0", () => {
  const pace = new Pace(100, 40, 3);
  assertEquals([pace.tick, pace.dueAt], [0, 220]);
  pace.advance();
  assertEquals([pace.tick, pace.dueAt], [1, 260]);
  pace.catchUp(5000, 1000);
  assertEquals([pace.tick, pace.dueAt], [1, 4980]);
  pace.advance();
  assertEquals([pace.tick, pace.dueAt], [2, 5020]);
});
