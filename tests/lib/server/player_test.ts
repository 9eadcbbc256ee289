import { type FrameSink, Player, type Stretch } from "../../../lib/server/player.ts";
import { Scheduler } from "../../../lib/server/scheduler.ts";
import {
  type FrameAnswer,
  FrameDamagedError,
  type FrameSource,
} from "../../../lib/stream/frame_source.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** Frames of one byte, which is their index; at hand unless a test says otherwise. */
class TestSource implements FrameSource {
  readonly frameRate = undefined;
  readonly faults = [];
  readonly prefetched: number[] = [];
  /** Whether it has nothing to begin for the next frame. */
  atHand = true;
  readonly asked: number[] = [];
  /** How a frame comes: by default at once. */
  deliver: (index: number) => FrameAnswer | Promise<FrameAnswer> = (index) => this.plain(index);

  constructor(readonly count: number) {}

  get knownFrameCount(): number {
    return this.count;
  }

  plain(index: number): FrameAnswer {
    return index < this.count ? Uint8Array.of(index) : undefined;
  }

  frame(index: number): FrameAnswer | Promise<FrameAnswer> {
    this.asked.push(index);
    return this.deliver(index);
  }

  frameCount(): Promise<number> {
    return Promise.resolve(this.count);
  }

  prefetch(index: number): boolean {
    this.prefetched.push(index);
    return this.atHand;
  }

  close(): void {}
}

/** A player, and everything it did with the time it did it. */
class Viewer implements FrameSink {
  readonly clock = new FakeClock(0);
  readonly scheduler = new Scheduler(this.clock);
  readonly sent: [index: number, at: number][] = [];
  readonly passed: number[] = [];
  readonly ticks: number[] = [];
  readonly failed: number[] = [];
  /** Whether frames leave at once. */
  hasLeft: boolean | undefined;
  ends = 0;
  readonly source: TestSource;
  readonly player: Player;

  constructor(frames: number, { fps = 20, loop = false } = {}) {
    this.source = new TestSource(frames);
    this.player = new Player(this.source, fps, loop, this, this.scheduler);
  }

  sendFrame(jpeg: Uint8Array, index: number, passed: number, tick: number): boolean | void {
    assertEquals(jpeg[0], index);
    this.sent.push([index, this.clock.now()]);
    this.passed.push(passed);
    this.ticks.push(tick);
    return this.hasLeft;
  }

  mediaEnded(): void {
    this.ends++;
  }

  frameFailed(index: number): void {
    this.failed.push(index);
  }

  get indices(): number[] {
    return this.sent.map(([index]) => index);
  }
}

/** `[0, from), [1, from + step) …` */
function beat(indices: number[], from: number, step: number): [number, number][] {
  return indices.map((index, i) => [index, from + i * step]);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

Deno.test("frame n leaves n intervals after PLAY, to the end", async () => {
  const viewer = new Viewer(100);
  viewer.player.play();
  await viewer.clock.advance(100 * 50);
  assertEquals(viewer.sent, beat(range(0, 100), 0, 50));
  assertEquals(viewer.ticks, range(0, 100));
  assertEquals([viewer.ends, viewer.player.ended, viewer.player.playing], [1, true, true]);
  assertEquals([viewer.scheduler.size, viewer.clock.pending], [0, 0]);
});

Deno.test("an interval that is no whole number of milliseconds does not drift", async () => {
  const viewer = new Viewer(200, { fps: 30 });
  viewer.player.play();
  await viewer.clock.advance(10_000);
  viewer.sent.forEach(([, at], i) => assert(Math.abs(at - i * 1000 / 30) < 1e-6, `frame ${i}`));
  assertEquals(viewer.indices, range(0, 200));
});

Deno.test("a pause skips nothing and repeats nothing, wherever it falls", async () => {
  for (const at of [0, 1, 49, 50, 51, 99, 100, 333]) {
    const viewer = new Viewer(20);
    viewer.player.play();
    await viewer.clock.advance(at);
    viewer.player.pause();
    const position = viewer.player.position;
    assertEquals([viewer.player.playing, viewer.scheduler.size], [false, 0]);
    await viewer.clock.advance(10_000);
    assertEquals(viewer.indices, range(0, position), "nothing leaves meanwhile");
    viewer.player.play();
    await viewer.clock.advance(20 * 50);
    assertEquals(viewer.indices, range(0, 20), `paused at ${at} ms`);
    assertEquals(viewer.sent[position]![1], at + 10_000, "the next leaves at once");
  }
});

Deno.test("pausing twice and playing twice are pausing and playing", async () => {
  const viewer = new Viewer(10);
  viewer.player.pause();
  viewer.player.play();
  viewer.player.play();
  await viewer.clock.advance(100);
  viewer.player.pause();
  viewer.player.pause();
  viewer.player.play();
  await viewer.clock.advance(1000);
  assertEquals(viewer.indices, range(0, 10));
});

Deno.test("a jump goes on at its frame on the same grid, no earlier than told", async () => {
  const viewer = new Viewer(100);
  viewer.player.play();
  await viewer.clock.advance(120);
  viewer.player.jump(60, 140);
  await viewer.clock.advance(100);
  assertEquals(viewer.sent, [...beat([0, 1, 2], 0, 50), ...beat([60, 61], 150, 50)]);
  viewer.player.jump(5, 305);
  await viewer.clock.advance(180);
  assertEquals(viewer.sent.slice(5), beat([5, 6], 350, 50));
});

Deno.test("between hold and jump nothing leaves, not even what was being read", async () => {
  const viewer = new Viewer(100);
  const reading = Promise.withResolvers<FrameAnswer>();
  viewer.source.deliver = (index) => index === 2 ? reading.promise : viewer.source.plain(index);
  viewer.player.play();
  await viewer.clock.advance(100);
  viewer.player.hold();
  reading.resolve(Uint8Array.of(2));
  await viewer.clock.advance(1000);
  assertEquals(viewer.indices, [0, 1]);
  viewer.player.jump(40, viewer.clock.now() + 20);
  await viewer.clock.advance(100);
  assertEquals(viewer.indices, [0, 1, 40, 41]);
});

Deno.test("a paused viewer that jumps stays paused there", async () => {
  const viewer = new Viewer(100);
  viewer.player.jump(30, 0);
  await viewer.clock.advance(1000);
  assertEquals([viewer.indices, viewer.player.position], [[], 30]);
  viewer.player.play();
  await viewer.clock.advance(50);
  assertEquals(viewer.indices, [30, 31]);
});

Deno.test("after the end a jump plays on, and PLAY begins anew", async () => {
  const viewer = new Viewer(5);
  viewer.player.play();
  await viewer.clock.advance(1000);
  viewer.player.jump(3, viewer.clock.now());
  await viewer.clock.advance(1000);
  assertEquals(viewer.indices, [0, 1, 2, 3, 4, 3, 4]);
  viewer.player.pause();
  viewer.player.play();
  await viewer.clock.advance(1000);
  assertEquals(viewer.indices.slice(7), range(0, 5));
  assertEquals(viewer.ends, 3);
});

Deno.test("a loop goes on without a gap, counting the frames of the passes before", async () => {
  const viewer = new Viewer(3, { loop: true });
  viewer.player.play();
  await viewer.clock.advance(7 * 50);
  assertEquals(viewer.sent, beat([0, 1, 2, 0, 1, 2, 0, 1], 0, 50));
  assertEquals(viewer.passed, [0, 0, 0, 3, 3, 3, 6, 6]);
  assertEquals(viewer.ends, 0);
});

Deno.test("a jump stays in its pass, unless told another", async () => {
  const viewer = new Viewer(3, { loop: true });
  viewer.player.play();
  await viewer.clock.advance(4 * 50);
  viewer.player.jump(0);
  await viewer.clock.advance(2 * 50);
  viewer.player.jump(2, undefined, 0);
  await viewer.clock.advance(2 * 50);
  assertEquals(viewer.indices, [0, 1, 2, 0, 1, 0, 1, 2, 0]);
  assertEquals(viewer.passed, [0, 0, 0, 3, 3, 3, 3, 0, 3]);
});

Deno.test("a source without frames ends once, looping or not", async () => {
  for (const loop of [false, true]) {
    const viewer = new Viewer(0, { loop });
    viewer.player.play();
    await viewer.clock.advance(1000);
    assertEquals([viewer.indices, viewer.ends], [[], 1]);
  }
});

Deno.test("a frame that comes late leaves when it comes, and the next ones at their time", async () => {
  const viewer = new Viewer(6);
  const slow = Promise.withResolvers<FrameAnswer>();
  viewer.source.deliver = (index) => index === 1 ? slow.promise : viewer.source.plain(index);
  viewer.player.play();
  await viewer.clock.advance(130);
  slow.resolve(Uint8Array.of(1));
  await viewer.clock.advance(200);
  assertEquals(viewer.sent, [[0, 0], [1, 130], [2, 130], [3, 150], [4, 200], [5, 250]]);
});

Deno.test("a frame asked for before a pause does not leave after it, and is not lost", async () => {
  const viewer = new Viewer(4);
  const answers = [Promise.withResolvers<FrameAnswer>(), Promise.withResolvers<FrameAnswer>()];
  let asked = 0;
  viewer.source.deliver = (index) => {
    return index === 1 && asked < 2 ? answers[asked++]!.promise : viewer.source.plain(index);
  };
  viewer.player.play();
  await viewer.clock.advance(60);
  viewer.player.pause();
  viewer.player.play();
  await viewer.clock.advance(1);
  answers[0]!.resolve(Uint8Array.of(1));
  await viewer.clock.settle();
  assertEquals(viewer.indices, [0], "the first answer belongs to the time before the pause");
  answers[1]!.resolve(Uint8Array.of(1));
  await viewer.clock.advance(500);
  assertEquals(viewer.indices, [0, 1, 2, 3]);
});

Deno.test("a frame that cannot be had is told and left out in its time", async () => {
  const viewer = new Viewer(5);
  viewer.source.deliver = (index) => {
    if (index === 2) return Promise.reject(new FrameDamagedError(3, 0, "cut"));
    return viewer.source.plain(index);
  };
  viewer.player.play();
  await viewer.clock.advance(500);
  assertEquals(viewer.sent, [[0, 0], [1, 50], [3, 150], [4, 200]]);
  assertEquals(viewer.failed, [2]);
});

Deno.test("every frame is read ahead while the one before it is shown", async () => {
  const viewer = new Viewer(3);
  viewer.player.play();
  await viewer.clock.advance(500);
  assertEquals(viewer.source.prefetched, [1, 2, 3]);
});

Deno.test("nothing waits for the runtime when a frame has left and the next one is at hand", async () => {
  const viewer = new Viewer(8);
  const { source, clock } = viewer;
  viewer.player.play();
  const outcomes: unknown[] = [];
  const step = async (set: () => void): Promise<void> => {
    set();
    await clock.advance(50);
    outcomes.push(clock.told);
  };
  await clock.advance(0);
  assertEquals(clock.told, false, "where it is not known whether the frame has left");
  await step(() => viewer.hasLeft = true);
  await step(() => source.atHand = false);
  await step(() => source.atHand = true);
  await step(() => source.deliver = (index) => Promise.resolve(source.plain(index)));
  await step(() => source.deliver = (index) => source.plain(index));
  await step(() => viewer.hasLeft = false);
  assertEquals(outcomes, [true, false, true, false, true, false]);
  assertEquals(viewer.indices, range(0, 7));
});

Deno.test("a second late is caught up with, frame after frame at once", async () => {
  const viewer = new Viewer(60);
  viewer.player.play();
  await viewer.clock.advance(50);
  viewer.clock.stall(950);
  await viewer.clock.advance(100);
  assertEquals(viewer.indices, range(0, 23));
  assertEquals(viewer.sent.at(-1), [22, 1100]);
});

Deno.test("where the last frames were late, the end comes a frame behind them all the same", async () => {
  const viewer = new Viewer(3);
  viewer.player.play();
  await viewer.clock.advance(10);
  viewer.clock.stall(500);
  await viewer.clock.advance(40);
  assertEquals([viewer.sent.map(([index]) => index), viewer.ends], [[0, 1, 2], 0]);
  await viewer.clock.advance(20);
  assertEquals(viewer.ends, 1);
});

Deno.test("after a longer stall frames go on at their rate, none twice, none left out", async () => {
  const viewer = new Viewer(60);
  viewer.player.play();
  await viewer.clock.advance(100);
  viewer.clock.stall(60_000);
  await viewer.clock.advance(175);
  assertEquals(viewer.sent, [
    ...beat([0, 1, 2], 0, 50),
    ...beat([3, 4, 5, 6], 60_100, 50),
  ]);
});

/** Stretches that standard RTSP asks for. */
const STRETCHES: { name: string; from: number; stretch: Stretch; indices: number[] }[] = [
  {
    name: "up to a frame",
    from: 2,
    stretch: { step: 1, interval: 40, until: 5 },
    indices: [2, 3, 4],
  },
  {
    name: "every other frame",
    from: 0,
    stretch: { step: 2, interval: 40 },
    indices: [0, 2, 4, 6, 8],
  },
  { name: "backwards", from: 3, stretch: { step: -1, interval: 40 }, indices: [3, 2, 1, 0] },
  {
    name: "backwards down to a frame",
    from: 8,
    stretch: { step: -2, interval: 40, until: 3 },
    indices: [8, 6, 4],
  },
  { name: "at half the rate", from: 8, stretch: { step: 1, interval: 100 }, indices: [8, 9] },
  { name: "nothing at all", from: 4, stretch: { step: 1, interval: 40, until: 4 }, indices: [] },
];

for (const { name, from, stretch, indices } of STRETCHES) {
  Deno.test(`a stretch is played in its own step and time: ${name}`, async () => {
    const viewer = new Viewer(10);
    viewer.player.jump(from);
    viewer.player.play(stretch);
    await viewer.clock.advance(2000);
    assertEquals(viewer.sent, beat(indices, 0, stretch.interval));
    assertEquals(viewer.ends, 1);
  });
}

Deno.test("viewers who shared a moment share it after a stall", () => {
  const clock = new FakeClock(0);
  const scheduler = new Scheduler(clock);
  const sink: FrameSink = {
    sendFrame: () => clock.stall(0.7),
    mediaEnded: () => {},
    frameFailed: () => {},
  };
  const players = Array.from(
    { length: 3 },
    () => new Player(new TestSource(200), 30, true, sink, scheduler),
  );
  for (const player of players) player.play();
  clock.advanceAtOnce(1000);
  clock.stall(5000);
  clock.advanceAtOnce(100);
  assert(players[0]!.dueAt! > 6000);
  assertEquals(new Set(players.map(({ dueAt }) => dueAt)).size, 1);
});
