import fc from "fast-check";
import { SeededRandom } from "../../../lib/stream/seeded_random.ts";
import { assert, assertEquals } from "../../support/assert.ts";

function first(count: number, random: SeededRandom): number[] {
  return Array.from({ length: count }, () => random.next());
}

Deno.test("the same seed gives the same numbers, from 0 up to 1", () => {
  fc.assert(fc.property(fc.integer(), (seed) => {
    const numbers = first(20, new SeededRandom(seed));
    assertEquals(first(20, new SeededRandom(seed)), numbers);
    for (const number of numbers) assert(number >= 0 && number < 1);
  }));
});

Deno.test("things that share a seed have numbers of their own, and seeds next to each other too", () => {
  fc.assert(fc.property(fc.integer(), fc.nat(1000), (seed, which) => {
    const numbers = first(20, SeededRandom.of(seed, which));
    for (const other of [SeededRandom.of(seed, which + 1), SeededRandom.of(seed + 1, which)]) {
      // Not even one step apart.
      const others = first(21, other);
      assert(!isSame(others.slice(0, 20), numbers));
      assert(!isSame(others.slice(1), numbers));
    }
  }));
});

Deno.test("numbers are spread evenly", () => {
  const random = SeededRandom.of(0, 0);
  const tenths = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) tenths[Math.floor(10 * random.next())]!++;
  for (const count of tenths) assert(Math.abs(count - 10_000) < 5 * Math.sqrt(9000), `${count}`);
});

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
