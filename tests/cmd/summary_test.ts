import { EarlierSessions, summarise, type Summary, summaryLine } from "../../cmd/summary.ts";
import { ReceiveStatistics } from "../../lib/stream/receive_statistics.ts";
import { assertEquals, assertStringIncludes } from "../support/assert.ts";

/** Ten packets, of which four did not come. */
function lossy(hostDrops: number | undefined, leftOut = 0): Summary {
  const statistics = new ReceiveStatistics(90_000);
  for (const sequence of [1, 2, 3, 8, 9, 10]) statistics.receive(sequence, 0, 100, sequence);
  return summarise(statistics, { frames: 3, damagedFrames: 1 }, { hostDrops, leftOut });
}

/** What this machine threw away, and what is said of the loss. */
const LOSSES: [drops: number | undefined, words: string][] = [
  [undefined, "4 lost (40.0 %), 1 damaged frames"],
  [0, "4 lost (40.0 %), 1 damaged frames"],
  [3, "4 lost (40.0 %, 3 of them on this machine: receive buffer full), 1 damaged frames"],
  [4, "4 lost (40.0 %, all of them on this machine: receive buffer full), 1 damaged frames"],
  // Of other streams, or from before PLAY.
  [9, "4 lost (40.0 %, all of them on this machine: receive buffer full), 1 damaged frames"],
];

for (const [drops, words] of LOSSES) {
  Deno.test(`with ${drops ?? "unknown"} drops of this machine the loss is said so`, () => {
    const summary = lossy(drops);
    assertStringIncludes(summaryLine(summary), words);
    assertEquals(summary.hostDrops, drops);
    assertEquals("hostDrops" in summary, drops !== undefined);
  });
}

Deno.test("frames not written are told where there are some", () => {
  assertEquals(lossy(0, 7).framesLeftOut, 7);
  assertStringIncludes(summaryLine(lossy(0, 7)), ", 1 damaged frames, 7 not written");
  assertEquals("framesLeftOut" in lossy(0), false);
});

Deno.test("what broke off and was got back is counted together", () => {
  const counted = (...sequences: number[]): ReceiveStatistics => {
    const statistics = new ReceiveStatistics(90_000);
    for (const sequence of sequences) statistics.receive(sequence, 0, 100, 1000 * sequence);
    return statistics;
  };
  const before = new EarlierSessions();
  before.add(counted(1, 2, 4));
  before.add(counted(1, 2));
  const all = before.with(counted(7, 8, 9));
  assertEquals([all.packets, all.lost, all.bytes, all.activeMs], [8, 1, 800, 6000]);
  const { reconnects } = before;
  const summary = summarise(all, { frames: 8, damagedFrames: 0 }, { reconnects });
  assertEquals(summary.reconnects, 2);
  assertStringIncludes(summaryLine(summary), ", connected again 2 time(s)");
  assertEquals("reconnects" in lossy(0), false);
});
