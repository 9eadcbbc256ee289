import { FrameQueue } from "../../cmd/frame_queue.ts";
import type { ReceivedFrame } from "../../lib/stream/received_frame.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";

function frame(size: number): ReceivedFrame {
  const jpeg = new Uint8Array(size);
  return {
    jpeg,
    damage: undefined,
    timestamp: 0,
    firstSequence: 0,
    lastSequence: 0,
    arrivedAt: 0,
    bytes: size,
  };
}

/** A disk that takes a frame when it is told to. */
class Disk {
  readonly taken: number[] = [];
  #waiting: (() => void)[] = [];

  take(_frame: ReceivedFrame, number: number): Promise<void> {
    this.taken.push(number);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Finishes the frame being taken, and lets the queue go on. */
  async finish(): Promise<void> {
    this.#waiting.shift()!();
    for (let i = 0; i < 5; i++) await Promise.resolve();
  }
}

Deno.test("frames are taken one after the other, in order, with their numbers", async () => {
  const disk = new Disk();
  const queue = new FrameQueue((frame, number) => disk.take(frame, number));
  for (let i = 0; i < 3; i++) assertEquals(queue.push(frame(10)), true);
  await Promise.resolve();
  assertEquals(disk.taken, [1]);
  await disk.finish();
  assertEquals(disk.taken, [1, 2]);
  await disk.finish();
  await disk.finish();
  await queue.taken;
  assertEquals(disk.taken, [1, 2, 3]);
  assertEquals(queue.leftOut, 0);
});

Deno.test("frames that find no room are left out and counted, and numbers tell which", async () => {
  const disk = new Disk();
  const queue = new FrameQueue((frame, number) => disk.take(frame, number), 10_000);
  const pushed = [1, 2, 3, 4].map(() => queue.push(frame(3000)));
  assertEquals(pushed, [true, true, false, false]);
  assertEquals(queue.leftOut, 2);
  await Promise.resolve();
  await disk.finish();
  assertEquals(queue.push(frame(3000)), true);
  await disk.finish();
  await disk.finish();
  await queue.taken;
  assertEquals(disk.taken, [1, 2, 5]);
});

Deno.test("one frame is taken however large it is", async () => {
  const disk = new Disk();
  const queue = new FrameQueue((frame, number) => disk.take(frame, number), 1000);
  assertEquals(queue.push(frame(5000)), true);
  assertEquals(queue.push(frame(1)), false);
  await Promise.resolve();
  await disk.finish();
  await queue.taken;
});

Deno.test("after a failure no more is taken, and the failure is told", async () => {
  const taken: number[] = [];
  const queue = new FrameQueue((_, number) => {
    taken.push(number);
    if (number === 2) throw new Error("disk full");
  });
  for (let i = 0; i < 4; i++) queue.push(frame(1));
  await assertRejects(() => queue.taken, Error, "disk full");
  assertEquals(taken, [1, 2]);
});
