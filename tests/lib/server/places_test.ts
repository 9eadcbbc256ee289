import { Places } from "../../../lib/server/places.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("as many places are given as there are, and those given back again", () => {
  const places = new Places(2);
  assertEquals([places.take(), places.take(), places.take()], [true, true, false]);
  places.giveBack();
  assertEquals([places.take(), places.take()], [true, false]);
});

Deno.test("servers that count in one cell hold to one limit together", () => {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const [one, other] = [new Places(3, cell), new Places(3, cell)];
  assertEquals([one.take(), other.take(), one.take(), other.take()], [true, true, true, false]);
  one.giveBack();
  assertEquals([other.take(), one.take()], [true, false]);
  assertEquals(cell[0], 3);
});
