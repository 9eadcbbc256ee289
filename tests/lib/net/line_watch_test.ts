import { LineWatch } from "../../../lib/net/line_watch.ts";
import type { SendBuffer } from "../../../lib/net/native/send_buffer.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const FRAME = 20_000;
const FRAME_MS = 40;

/** A line that carries so many bytes in the time of a frame, until a test says otherwise. */
class Line {
  readonly clock = new FakeClock();
  readonly watch = new LineWatch(this.clock, this as unknown as SendBuffer);
  unsent = 0;
  acknowledged = 0;
  /** Times that the system was asked. */
  looks = 0;

  constructor(public carries: number) {}

  get unacknowledged(): number {
    this.looks++;
    return this.unsent;
  }

  /** Writes frames, or until it is found to be too narrow. @returns how many it was then */
  async carry(frames: number): Promise<number> {
    let untilLook = 1;
    for (let written = 0; written < frames; written++) {
      if (--untilLook === 0) {
        if (this.watch.isTooNarrow()) return written;
        untilLook = this.watch.offersApart;
      }
      const carried = Math.min(this.carries, this.unsent + FRAME);
      this.unsent += FRAME - carried;
      this.acknowledged += carried;
      await this.clock.advance(FRAME_MS);
    }
    return frames;
  }
}

Deno.test("a line that carries a quarter of what is written is found out within a second", async () => {
  const frames = await new Line(FRAME / 4).carry(100);
  assert(frames > 5 && frames * FRAME_MS <= 1000, `after ${frames} frames`);
});

Deno.test("one that carries all but a tenth is found out once a quarter of a second waits", async () => {
  const line = new Line(0.9 * FRAME);
  const frames = await line.carry(500);
  assert(frames < 500 && line.unsent < 500 / FRAME_MS * FRAME, `${line.unsent} waited`);
});

Deno.test("one that was wide enough for long is found out within four seconds", async () => {
  const line = new Line(FRAME);
  assertEquals(await line.carry(1500), 1500);
  assert(line.looks < 35, `${line.looks} looks in a minute`);
  line.carries = FRAME / 4;
  const frames = await line.carry(500);
  assert(frames * FRAME_MS <= 4000, `after ${frames} frames`);
});

Deno.test("what is always held, and less than is written from look to look, is not old", async () => {
  const line = new Line(FRAME);
  line.unsent = 5 * FRAME;
  assertEquals(await line.carry(250), 250);
});

Deno.test("a peer that reads nothing for eight seconds and then catches up has no narrow line", async () => {
  const line = new Line(FRAME);
  await line.carry(50);
  line.carries = 0;
  assertEquals(await line.carry(200), 200);
  line.carries = 20 * FRAME;
  assertEquals(await line.carry(100), 100);
  assertEquals(line.unsent, 0);
});

Deno.test("however often it is asked, it looks four times a second at most", async () => {
  const line = new Line(FRAME);
  for (let ms = 0; ms < 1000; ms++) {
    line.watch.isTooNarrow();
    await line.clock.advance(1);
  }
  assertEquals(line.looks, 4);
});
