import { Stillness } from "../../../lib/inspect/stillness.ts";
import { assertEquals } from "../../support/assert.ts";

const [A, B] = [Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 4)];

/** A packet and its picture at each time. */
function stillness(rows: [time: number, picture: Uint8Array | undefined][]): Stillness {
  const still = new Stillness();
  for (const [time, picture] of rows) {
    still.packet(time);
    still.frame(time, picture);
  }
  return still;
}

Deno.test("nothing stood still where nothing came", () => {
  assertEquals(new Stillness().longest(5000), { gap: 0, freeze: 0 });
  assertEquals(new Stillness().firstPacketAt, undefined);
});

Deno.test("the longest gap and the longest time without a new picture are told apart", () => {
  const still = stillness([[0, A], [100, B], [600, A.slice()], [700, A.slice()], [1800, A], [
    1900,
    B,
  ]]);
  assertEquals(still.longest(undefined), { gap: 1100, freeze: 1300 });
});

Deno.test("silence until the end counts, but not behind an end that the server announced", () => {
  const still = stillness([[0, A], [100, B]]);
  assertEquals(still.longest(5000), { gap: 4900, freeze: 4900 });
  assertEquals(still.longest(undefined), { gap: 100, freeze: 100 });
});

Deno.test("packets that never make a picture are a freeze", () => {
  const still = new Stillness();
  for (const time of [0, 500, 1000]) still.packet(time);
  assertEquals(still.longest(1500), { gap: 500, freeze: 1500 });
});

Deno.test("units without bytes to compare are new each time", () => {
  assertEquals(stillness([[0, undefined], [100, undefined]]).longest(150), {
    gap: 100,
    freeze: 100,
  });
});
