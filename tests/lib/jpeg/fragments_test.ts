import fc from "fast-check";
import { Fragments, MOST_PIECES } from "../../../lib/jpeg/fragments.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const data = (length: number, value = 1): Uint8Array => new Uint8Array(length).fill(value);

Deno.test("fragments are put together in any order, gaps are told", () => {
  const fragments = new Fragments(100);
  assertEquals([fragments.end, fragments.gap(0), fragments.gap(9)], [0, undefined, {
    from: 0,
    to: 9,
  }]);
  assertEquals(fragments.put(10, data(5, 2)), undefined);
  assertEquals([fragments.end, fragments.gap(15)], [15, { from: 0, to: 10 }]);
  fragments.put(20, data(5, 3));
  fragments.put(0, data(10, 1));
  assertEquals([fragments.end, fragments.gap(25)], [25, { from: 15, to: 20 }]);
  assertEquals(fragments.gap(15), undefined);
  assertEquals(fragments.gap(17), { from: 15, to: 17 });
  fragments.put(15, data(5, 4));
  assertEquals(fragments.gap(25), undefined);
  assertEquals(fragments.gap(26), { from: 25, to: 26 });
  const expected = [...data(10, 1), ...data(5, 2), ...data(5, 4), ...data(5, 3)];
  assertEquals([...fragments.view(25)], expected);
});

Deno.test("duplicates and overlaps make no gap, empty fragments change nothing", () => {
  const fragments = new Fragments(100);
  for (const [at, length] of [[0, 10], [0, 10], [5, 10], [40, 0], [30, 5], [12, 30], [20, 2]]) {
    assertEquals(fragments.put(at!, data(length!)), undefined);
  }
  assertEquals([fragments.end, fragments.gap(42)], [42, undefined]);
});

Deno.test("nothing is kept of the frame before", () => {
  const fragments = new Fragments(100);
  fragments.put(0, data(50));
  fragments.clear();
  assertEquals([fragments.end, fragments.gap(50)], [0, { from: 0, to: 50 }]);
});

Deno.test("a scan may have as many bytes as the ceiling, not one more", () => {
  const fragments = new Fragments(100_000);
  assertEquals(fragments.put(99_999, data(1)), undefined);
  assertEquals(
    fragments.put(99_999, data(2)),
    "The scan has 100001 bytes or more, the ceiling is 100000",
  );
  assertEquals(fragments.end, 100_000);
});

Deno.test("a frame may lie in as many pieces as the ceiling, not one more", () => {
  const fragments = new Fragments(10_000);
  for (let i = 0; i < MOST_PIECES; i++) assertEquals(fragments.put(2 * i, data(1)), undefined);
  const tooMany = fragments.put(2 * MOST_PIECES, data(1));
  assertEquals(tooMany, `The frame is in over ${MOST_PIECES} pieces`);
});

Deno.test("gaps are those of a plain map of bytes, whatever comes", () => {
  const piece = fc.tuple(fc.nat(60), fc.nat(12));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const fragments = new Fragments(100);
      const plain: (number | undefined)[] = new Array(100).fill(undefined);
      for (const [i, [at, length]] of pieces.entries()) {
        fragments.put(at, data(length, i + 1));
        plain.fill(i + 1, at, at + length);
      }
      const end = plain.findLastIndex((value) => value !== undefined) + 1;
      assertEquals(fragments.end, end);
      const hole = plain.slice(0, end).indexOf(undefined);
      const gap = fragments.gap(end);
      assertEquals(gap?.from ?? -1, hole);
      if (gap) assert(plain.slice(gap.from, gap.to).every((value) => value === undefined));
      if (gap) assert(plain[gap.to] !== undefined);
      else assertEquals([...fragments.view(end)], plain.slice(0, end));
    }),
    { numRuns: 500 },
  );
});
