import fc from "fast-check";
import { BurstLoss, leastBurst } from "../../../lib/stream/burst_loss.ts";
import { SeededRandom } from "../../../lib/stream/seeded_random.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const PACKETS = 200_000;

/** Losses of so many packets: their share, and the mean length of their rows. */
function lossesOf(loss: number, burst: number | undefined): { share: number; row: number } {
  const random = new SeededRandom(1);
  const channel = new BurstLoss(loss, burst);
  let lost = 0;
  let rows = 0;
  let before = false;
  for (let i = 0; i < PACKETS; i++) {
    const now = channel.next(random.next());
    if (now) lost++;
    if (now && !before) rows++;
    before = now;
  }
  return { share: lost / PACKETS, row: lost / rows };
}

/** Five standard deviations of a share of packets that are lost in rows of that mean length. */
function tolerance(share: number, row: number): number {
  return 5 * Math.sqrt(2 * row * share * (1 - share) / PACKETS);
}

for (const loss of [0.01, 0.05, 0.2, 0.5]) {
  for (const burst of [undefined, 1, 3, 10]) {
    Deno.test(`${100 * loss} % are lost in rows of ${burst ?? "any"}`, () => {
      const { share, row } = lossesOf(loss, burst);
      // Losses that are on their own make rows too, by chance.
      const expected = burst ?? 1 / (1 - loss);
      assert(Math.abs(share - loss) < tolerance(loss, expected), `${share} lost`);
      assert(Math.abs(row - expected) < 0.15 * expected, `rows of ${row}`);
    });
  }
}

Deno.test("rows of one never have a neighbour", () => {
  const random = new SeededRandom(7);
  const channel = new BurstLoss(0.3, 1);
  let before = false;
  for (let i = 0; i < 10_000; i++) {
    const now = channel.next(random.next());
    assert(!(before && now), `packet ${i}`);
    before = now;
  }
});

Deno.test("nothing is lost at 0 and everything at 1, whatever the rows", () => {
  fc.assert(fc.property(
    fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
    fc.array(fc.double({ min: 0, max: 0.9999999, noNaN: true })),
    (burst, chances) => {
      const none = new BurstLoss(0, burst);
      const all = new BurstLoss(1, burst);
      for (const chance of chances) {
        assertEquals([none.next(chance), all.next(chance)], [false, true]);
      }
    },
  ));
});

Deno.test("rows are at least so long that one packet arrives between two", () => {
  assertEquals([leastBurst(0), leastBurst(0.5)], [1, 1]);
  assertEquals(Math.round(leastBurst(0.9)), 9);
});
