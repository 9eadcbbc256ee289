import fc from "fast-check";
import { Phases } from "../../../lib/server/phases.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const INTERVAL = 40;
const WIDTH = 4;

Deno.test("whoever is alone keeps exactly its own time", () => {
  const phases = new Phases(INTERVAL, WIDTH);
  const place = phases.join(1234.5);
  assertEquals(place, { slot: 0, origin: 1234.5, past: 0 });
  phases.leave(place);
  assertEquals(phases.join(2001.25), { slot: 0, origin: 2001.25, past: 0 });
});

Deno.test("a newcomer keeps step with the others, at the moment nearest to its own", () => {
  const phases = new Phases(INTERVAL, WIDTH);
  phases.join(1000);
  assertEquals(phases.join(1019), { slot: 0, origin: 1000, past: 0 });
  assertEquals(phases.join(1039), { slot: 0, origin: 1000, past: 1 });
  assertEquals(phases.join(4050), { slot: 0, origin: 1000, past: 76 });
  assertEquals(phases.join(4065), { slot: 0, origin: 1000, past: 77 });
});

Deno.test("of a long interval only moments that are near are joined", () => {
  const phases = new Phases(1000, WIDTH);
  phases.join(1000);
  assertEquals(phases.join(2025).slot, 0);
  assertEquals(phases.join(2975), { slot: 0, origin: 1000, past: 2 });
  const { slot, origin, past } = phases.join(2500);
  assert(slot !== 0 && Math.abs(origin + past * 1000 - 2500) <= 25, String(slot));
});

Deno.test("a slot takes 128, then the slot farthest from the others is begun", () => {
  const phases = new Phases(INTERVAL, WIDTH);
  const places = Array.from({ length: 128 }, () => phases.join(1000));
  assert(places.every(({ slot }) => slot === 0));
  assertEquals(phases.join(1019).slot, 5);
  phases.leave(places[0]!);
  assertEquals(phases.join(1019).slot, 0);
});

Deno.test("where all slots are full they fill evenly", () => {
  const phases = new Phases(INTERVAL, WIDTH);
  const counts = Array<number>(INTERVAL / WIDTH).fill(0);
  for (let i = 0; i < 2000; i++) counts[phases.join(1000 + 7 * i).slot]!++;
  assertEquals(phases.size, 2000);
  assert(Math.max(...counts) - Math.min(...counts) <= 128, String(counts));
});

Deno.test("moments lie a whole number of intervals apart, the nearest at most half of one away", () => {
  const time = fc.double({ min: 0, max: 1e7, noNaN: true });
  const interval = fc.double({ min: 0.5, max: 5000, noNaN: true });
  fc.assert(fc.property(interval, fc.array(time, { maxLength: 200 }), (interval, times) => {
    const phases = new Phases(interval, WIDTH);
    const anchor = times[0];
    for (const now of times) {
      const { slot, origin, past } = phases.join(now);
      assertEquals(origin, anchor! + slot * WIDTH);
      const moment = origin + past * interval;
      assert(Math.abs(now - moment) <= interval / 2 + 1e-6, `${moment} of ${now}`);
    }
    assertEquals(phases.size, times.length);
  }));
});

Deno.test("an interval shorter than a slot has one slot", () => {
  const phases = new Phases(1, WIDTH);
  for (const now of [10, 10.25, 17.5]) assertEquals(phases.join(now).slot, 0);
});
