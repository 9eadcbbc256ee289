import fc from "fast-check";
import { DEFAULT_REORDER, ReorderBuffer } from "../../../lib/stream/reorder.ts";
import { assertEquals } from "../../support/assert.ts";

/** A buffer and what came out of it. */
function buffer(options = DEFAULT_REORDER): { out: number[]; held: ReorderBuffer<number> } {
  const out: number[] = [];
  return { out, held: new ReorderBuffer<number>((item) => out.push(item), options) };
}

Deno.test("in order everything passes straight through", () => {
  const { out, held } = buffer();
  for (let i = 100; i < 110; i++) {
    held.push(i, i, 0);
    assertEquals([out.at(-1), held.size], [i, 0]);
  }
  assertEquals(held.deadline, Infinity);
});

Deno.test("what is behind a gap waits until the gap is filled", () => {
  const { out, held } = buffer();
  for (const i of [1, 3, 4, 6]) held.push(i, i, 0);
  assertEquals([out, held.size], [[1], 3]);
  held.push(2, 2, 0);
  assertEquals([out, held.size], [[1, 2, 3, 4], 1]);
  held.push(5, 5, 0);
  assertEquals([out, held.size], [[1, 2, 3, 4, 5, 6], 0]);
});

Deno.test("a gap is given up when the first behind it has waited its time, and not before", () => {
  const { out, held } = buffer({ holdMs: 100, capacity: 512 });
  held.push(1, 1, 0);
  held.push(3, 3, 10);
  held.push(5, 5, 50);
  assertEquals(held.deadline, 110);
  held.expire(109.9);
  assertEquals(out, [1]);
  held.expire(110);
  assertEquals([out, held.deadline], [[1, 3], 150]);
  held.push(2, 2, 120);
  assertEquals(out, [1, 3], "its place has passed");
  held.expire(150);
  assertEquals(out, [1, 3, 5]);
});

Deno.test("a full buffer gives up the oldest gap only", () => {
  const { out, held } = buffer({ holdMs: 100, capacity: 3 });
  for (const i of [1, 3, 5, 7]) held.push(i, i, 0);
  assertEquals([out, held.size], [[1], 3]);
  held.push(9, 9, 0);
  assertEquals([out, held.size], [[1, 3], 3]);
});

Deno.test("duplicates come out once, held or passed", () => {
  const { out, held } = buffer();
  for (const i of [1, 1, 3, 3, 2, 2, 3, 1]) held.push(i, i, 0);
  assertEquals(out, [1, 2, 3]);
});

Deno.test("at the end everything held comes out, and after a reset any number begins", () => {
  const { out, held } = buffer();
  for (const i of [10, 12, 15]) held.push(i, i, 0);
  held.flush();
  assertEquals([out, held.size], [[10, 12, 15], 0]);
  held.reset();
  held.push(3, 3, 0);
  held.push(4, 4, 0);
  assertEquals(out, [10, 12, 15, 3, 4]);
});

Deno.test("any order within the capacity comes out in order, nothing twice, nothing missing", () => {
  const count = 60;
  const order = fc.array(fc.double({ min: 0, max: 40, noNaN: true }), {
    minLength: count,
    maxLength: count,
  });
  fc.assert(fc.property(order, fc.array(fc.nat({ max: count - 1 })), (delays, again) => {
    const arrivals = delays.map((delay, i) => ({ sequence: i + 1, at: i + delay }));
    for (const i of again) arrivals.push({ ...arrivals[i]!, at: arrivals[i]!.at + 5 });
    arrivals.sort((a, b) => a.at - b.at);
    const { out, held } = buffer({ holdMs: 1e6, capacity: count });
    held.push(0, 0, 0);
    for (const { sequence, at } of arrivals) held.push(sequence, sequence, at);
    assertEquals(out, Array.from({ length: count + 1 }, (_, i) => i));
    assertEquals(held.size, 0);
  }));
});

Deno.test("whatever comes, what comes out grows, is no more than held, and is all there at last", () => {
  const sequences = fc.array(fc.integer({ min: 0, max: 80 }), { minLength: 1, maxLength: 100 });
  fc.assert(fc.property(sequences, fc.integer({ min: 1, max: 10 }), (sequences, capacity) => {
    const { out, held } = buffer({ holdMs: 20, capacity });
    sequences.forEach((sequence, now) => {
      held.expire(now);
      held.push(sequence, sequence, now);
      assertEquals(held.size <= capacity, true);
    });
    held.flush();
    assertEquals(out, [...new Set(out)].sort((a, b) => a - b), "in order, none twice");
    assertEquals(out.every((sequence) => sequences.includes(sequence)), true);
    assertEquals(out.includes(Math.max(...sequences)), true);
  }));
});
