import fc from "fast-check";
import {
  estimateIndex,
  firstIndex,
  MOST_PACKET_INDEX,
  MOST_ROLLOVERS,
  rolloversOf,
} from "../../../lib/srtp/packet_index.ts";
import { REPLAY_WINDOW, ReplayWindow } from "../../../lib/srtp/replay_window.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const ROWS: readonly [name: string, highest: number, sequence: number, index: number][] = [
  ["the next packet", 5, 6, 6],
  ["an old packet", 500, 400, 400],
  ["the first of a new round", 0xffff, 0, 0x10000],
  ["a packet that a new round has overtaken", 0x10002, 0xfffe, 0xfffe],
  ["the farthest ahead in the lower half", 0, 0x8000, 0x8000],
  ["one past it is behind, and before the beginning", 0, 0x8001, 0x8001 - 0x10000],
  ["the farthest behind in the upper half", 0x8000, 0, 0],
  ["one past it is ahead", 0x8001, 0, 0x10000],
  ["the last packet there can be", MOST_PACKET_INDEX - 1, 0xffff, MOST_PACKET_INDEX],
  ["one past it", MOST_PACKET_INDEX, 0, MOST_PACKET_INDEX + 1],
];

for (const [name, highest, sequence, index] of ROWS) {
  Deno.test(`index: ${name}`, () => assertEquals(estimateIndex(highest, sequence), index));
}

Deno.test("an index is found again from its sequence number, if it is within half a round", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0x8000, max: MOST_PACKET_INDEX - 0x8000 }),
    fc.integer({ min: -0x7fff, max: 0x7fff }),
    (highest, distance) => {
      const index = highest + distance;
      assertEquals(estimateIndex(highest, index % 0x10000), index);
    },
  ));
});

Deno.test("rollovers and sequence number make the index", () => {
  assertEquals(firstIndex(MOST_ROLLOVERS, 0xffff), MOST_PACKET_INDEX);
  assertEquals(rolloversOf(MOST_PACKET_INDEX), MOST_ROLLOVERS);
  assertEquals(rolloversOf(0xffff), 0);
});

Deno.test("a packet is new once, and not at all when it is older than the window", () => {
  const window = new ReplayWindow();
  assert(window.isNew(10_000));
  window.note(10_000);
  assertEquals(window.isNew(10_000), false);
  assertEquals(window.isNew(10_000 - REPLAY_WINDOW + 1), true);
  assertEquals(window.isNew(10_000 - REPLAY_WINDOW), false);
});

Deno.test("the window says the same as a set of all that came", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 0, max: 3 * REPLAY_WINDOW }), { maxLength: 200 }),
    (indexes) => {
      const window = new ReplayWindow();
      const seen = new Set<number>();
      for (const index of indexes) {
        const tooOld = window.highest - index >= REPLAY_WINDOW;
        assertEquals(window.isNew(index), !tooOld && !seen.has(index));
        if (window.isNew(index)) window.note(index);
        seen.add(index);
      }
    },
  ));
});
