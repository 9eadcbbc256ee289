import {
  sendBegan,
  sendEnded,
  sleep,
  systemClock,
  TimeoutError,
  withTimeout,
} from "../../../lib/net/clock.ts";
import { EventLoop } from "../../../lib/net/native/event_loop.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { whereClearedTimersFire } from "../../support/cleared_timers.ts";
import { FakeClock } from "../../support/fake_clock.ts";

Deno.test("sleeping takes as long as it says", async () => {
  const clock = new FakeClock();
  let awake = false;
  sleep(clock, 50).then(() => awake = true);
  await clock.advance(49);
  assertEquals(awake, false);
  await clock.advance(1);
  assertEquals([awake, clock.pending], [true, 0]);
});

Deno.test("a sleep that is called off rejects with the reason and leaves no timer", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const sleeping = sleep(clock, 50, controller.signal);
  controller.abort(new RangeError("enough"));
  await assertRejects(() => sleeping, RangeError, "enough");
  await assertRejects(() => sleep(clock, 50, controller.signal), RangeError, "enough");
  assertEquals(clock.pending, 0);
});

Deno.test("what comes in time is what was waited for, and what does not is a timeout", async () => {
  const clock = new FakeClock();
  assertEquals(await withTimeout(clock, Promise.resolve(7), 100, "a number"), 7);
  await assertRejects(() => withTimeout(clock, Promise.reject(new Error("no")), 100, "it"), Error);
  await clock.settle();
  assertEquals(clock.pending, 0);
  const waiting = withTimeout(clock, new Promise(() => {}), 1500, "a reply to SETUP");
  const rejected = assertRejects(() => waiting, TimeoutError, "Waited 1.5 s for a reply to SETUP");
  await clock.advance(1500);
  await rejected;
});

Deno.test("the machine's clocks go on, and a cancelled timer does not fire", async () => {
  const before = systemClock.now();
  const cancelled = systemClock.setTimer(0, () => assert(false, "cancelled"));
  cancelled.cancel();
  await new Promise<void>((resolve) => systemClock.setTimer(-5, resolve));
  assert(systemClock.now() >= before);
  assert(systemClock.wallTime() > 1_600_000_000_000);
});

Deno.test("a cancelled timer does not fire where the runtime fires what was cleared", async () => {
  await whereClearedTimersFire(async () => {
    systemClock.setTimer(3, () => assert(false, "cancelled")).cancel();
    await new Promise<void>((resolve) => systemClock.setTimer(10, resolve));
  });
});

Deno.test("a punctual timer fires neither early nor when it was called off", async () => {
  systemClock.setPunctualTimer(3.3, () => assert(false, "called off")).cancel();
  for (const delay of [-1, 0.3, 4.7, 10.25]) {
    const at = systemClock.now() + delay;
    await new Promise<void>((resolve) => systemClock.setPunctualTimer(delay, resolve));
    const early = at - systemClock.now();
    assert(early < 0.1, `${early} ms early`);
  }
});

Deno.test("a fake clock fires in order of time, those set on the way included", async () => {
  const clock = new FakeClock(0);
  const fired: [name: string, at: number][] = [];
  const note = (name: string) => (): void => {
    fired.push([name, clock.now()]);
  };
  clock.setTimer(30, note("c"));
  clock.setTimer(10, () => {
    note("a")();
    clock.setTimer(10, note("b"));
  });
  clock.setTimer(5, note("never")).cancel();
  const wall = clock.wallTime();
  await clock.advance(25);
  assertEquals(fired, [["a", 10], ["b", 20]]);
  await clock.advance(5);
  assertEquals(fired.at(-1), ["c", 30]);
  assertEquals([clock.now(), clock.wallTime() - wall], [30, 30]);
});

Deno.test({
  name: "while something waits for the runtime to send it, nothing sleeps beside it",
  ignore: EventLoop.current === undefined,
  fn: async () => {
    const { sleep } = EventLoop.prototype;
    let slept = 0;
    EventLoop.prototype.sleep = function (milliseconds): boolean {
      slept++;
      return sleep.call(this, milliseconds);
    };
    const wait = (): Promise<void> => {
      return new Promise((resolve) => systemClock.setPunctualTimer(30, resolve));
    };
    try {
      await wait();
      const before = slept;
      assert(before > 0);
      sendBegan();
      await wait();
      assertEquals(slept, before);
      sendEnded();
      await wait();
      assert(slept > before);
    } finally {
      EventLoop.prototype.sleep = sleep;
    }
  },
});
