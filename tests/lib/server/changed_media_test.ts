// A file that cannot be read on ends its streams; one frame that cannot be had does not.
import { Player } from "../../../lib/server/player.ts";
import { Scheduler } from "../../../lib/server/scheduler.ts";
import { FrameDamagedError, MediaChangedError } from "../../../lib/stream/frame_source.ts";
import { assertEquals } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** What a player does with a source of 20 frames that fails from frame 10 on. */
async function playWith(error: Error, loop: boolean): Promise<{
  sent: number;
  failed: number[];
  ends: number;
  pending: number;
}> {
  const clock = new FakeClock();
  const seen = { sent: 0, failed: [] as number[], ends: 0 };
  const source = {
    frameRate: undefined,
    knownFrameCount: 20,
    faults: [],
    frameCount: () => Promise.resolve(20),
    frame: (index: number): Uint8Array | undefined | Promise<never> => {
      if (index >= 20) return undefined;
      return index < 10 ? Uint8Array.of(index) : Promise.reject(error);
    },
    prefetch: () => true,
    close: (): void => {},
  };
  const sink = {
    sendFrame: (): void => {
      seen.sent++;
    },
    mediaEnded: (): number => seen.ends++,
    frameFailed: (index: number): number => seen.failed.push(index),
  };
  const player = new Player(source, 20, loop, sink, new Scheduler(clock));
  player.play();
  await clock.advance(50 * 25);
  player.pause();
  return { ...seen, pending: clock.pending };
}

for (const loop of [false, true]) {
  Deno.test(`media that has changed ends its stream at once${loop ? ", in a loop too" : ""}`, async () => {
    const seen = await playWith(new MediaChangedError("The file was cut"), loop);
    assertEquals(seen, { sent: 10, failed: [10], ends: 1, pending: 0 });
  });
}

Deno.test("frames that are damaged are left out, and the stream goes on to its end", async () => {
  const { sent, failed, ends } = await playWith(new FrameDamagedError(11, 0, "No JPEG"), false);
  assertEquals([sent, failed.length, ends], [10, 10, 1]);
});
