import { LimitWatch } from "../../../lib/server/limit_watch.ts";
import { assertEquals } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";

Deno.test("who reaches a limit all the time is told of ever more seldom, until it is quiet", async () => {
  const clock = new FakeClock();
  const told: number[] = [];
  const watch = new LimitWatch(clock, ({ times }) => told.push(times));
  const reachFor = async (seconds: number): Promise<void> => {
    for (let i = 0; i < 2 * seconds; i++) {
      watch.reached("queued-time", "p");
      await clock.advance(500);
    }
  };
  await reachFor(200);
  assertEquals(told, [1, 1, 4, 8, 16, 32, 64, 120, 120], "at most a minute apart");
  await clock.advance(60_000);
  assertEquals(told.splice(0).at(-1), 34, "the last times as well");
  await clock.advance(60_000);
  await reachFor(4);
  assertEquals(told, [1, 1, 4], "it was quiet for so long");
  watch.close();
  assertEquals(clock.pending, 0);
});
