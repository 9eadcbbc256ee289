import fc from "fast-check";
import type { Timer } from "../../../lib/net/clock.ts";
import { ScheduledTask } from "../../../lib/server/moments.ts";
import { ROUGHLY_MS, Scheduler } from "../../../lib/server/scheduler.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";

Deno.test("a task runs when it is due, once, with the time", () => {
  const clock = new FakeClock(1000);
  const scheduler = new Scheduler(clock);
  const ran: number[] = [];
  scheduler.schedule(new ScheduledTask((now) => ran.push(now)), 1050);
  clock.advanceAtOnce(49);
  assertEquals(ran, []);
  clock.advanceAtOnce(1);
  assertEquals(ran, [1050]);
  clock.advanceAtOnce(1000);
  assertEquals(ran, [1050]);
  assertEquals([scheduler.size, clock.pending], [0, 0]);
});

Deno.test("what has time is done a little later, and together", () => {
  const clock = new FakeClock(1000);
  const scheduler = new Scheduler(clock);
  const late: number[] = [];
  const times = new Set<number>();
  for (let due = 1000.5; due < 1400; due += 7) {
    const task = new ScheduledTask((now) => {
      late.push(now - due);
      times.add(now);
    });
    scheduler.scheduleRoughly(task, due);
  }
  clock.advanceAtOnce(500);
  assertEquals(late.length, 58);
  assert(late.every((each) => each >= 0 && each < ROUGHLY_MS), late.join(" "));
  assertEquals([...times], [1100, 1200, 1300, 1400]);
});

Deno.test("where there is no end to what is due, the runtime has its turn in between", () => {
  const clock = new FakeClock(1000);
  const scheduler = new Scheduler(clock);
  let left = 100;
  const task: ScheduledTask = new ScheduledTask((now) => {
    clock.stall(3);
    if (--left > 0) scheduler.schedule(task, now);
  });
  scheduler.schedule(task, 1000);
  clock.advanceAtOnce(0);
  assertEquals(left, 98, "after 5 ms");
  assertEquals([clock.told, clock.pending], [false, 1]);
  clock.advanceAtOnce(1000);
  assertEquals([left, clock.pending], [0, 0]);
});

Deno.test("the runtime has its turn behind sixty-four who left it something", () => {
  let ran = 0;
  const runs: number[] = [];
  const clock = new (class extends FakeClock {
    override setPunctualTimer(delay: number, callback: () => unknown): Timer {
      return super.setPunctualTimer(delay, () => {
        const told = callback();
        runs.push(ran);
        return told;
      });
    }
  })();
  const scheduler = new Scheduler(clock);
  for (let i = 0; i < 150; i++) {
    // Every other one is done when it has run.
    scheduler.schedule(new ScheduledTask(() => ++ran % 2 === 0), 1050);
  }
  clock.advanceAtOnce(50);
  assertEquals(runs, [127, 150]);
});

Deno.test("a task set anew runs at its new time only", () => {
  const clock = new FakeClock(0);
  const scheduler = new Scheduler(clock);
  const ran: number[] = [];
  const task = new ScheduledTask((now) => ran.push(now));
  scheduler.schedule(task, 50);
  scheduler.schedule(task, 20);
  scheduler.schedule(task, 80);
  assertEquals(scheduler.size, 1);
  clock.advanceAtOnce(100);
  assertEquals(ran, [80]);
});

Deno.test("a task that sets itself again while it runs keeps its beat", () => {
  const clock = new FakeClock(0);
  const scheduler = new Scheduler(clock);
  const ran: number[] = [];
  const task: ScheduledTask = new ScheduledTask((now) => {
    ran.push(now);
    scheduler.schedule(task, now + 10);
  });
  scheduler.schedule(task, 0);
  clock.advanceAtOnce(35);
  assertEquals(ran, [0, 10, 20, 30]);
  scheduler.cancel(task);
  assertEquals([scheduler.size, clock.pending], [0, 0]);
});

Deno.test("a task may cancel others and itself, also one that is due at the same time", () => {
  const clock = new FakeClock(0);
  const scheduler = new Scheduler(clock);
  const ran: string[] = [];
  const second = new ScheduledTask(() => ran.push("second"));
  const first: ScheduledTask = new ScheduledTask(() => {
    ran.push("first");
    scheduler.cancel(first);
    scheduler.cancel(second);
  });
  scheduler.schedule(first, 10);
  scheduler.schedule(second, 10.5);
  clock.stall(20);
  clock.advanceAtOnce(0);
  assertEquals(ran, ["first"]);
  assertEquals([scheduler.size, clock.pending], [0, 0]);
});

Deno.test("one timer serves all tasks, and cancelling the last one leaves none", () => {
  const clock = new FakeClock(0);
  const scheduler = new Scheduler(clock);
  const tasks = Array.from({ length: 1000 }, () => new ScheduledTask(() => {}));
  tasks.forEach((task, i) => scheduler.schedule(task, 1000 - i));
  assertEquals([scheduler.size, clock.pending], [1000, 1]);
  for (const task of tasks) scheduler.cancel(task);
  for (const task of tasks) scheduler.cancel(task);
  assertEquals([scheduler.size, clock.pending], [0, 0]);
});

/** What is done to one of ten tasks. */
type Step =
  | { do: "schedule"; task: number; delay: number }
  | { do: "cancel"; task: number }
  | { do: "wait"; time: number };

const STEP: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("schedule" as const),
    task: fc.nat({ max: 9 }),
    delay: fc.integer({ min: -5, max: 50 }),
  }),
  fc.record({ do: fc.constant("cancel" as const), task: fc.nat({ max: 9 }) }),
  fc.record({ do: fc.constant("wait" as const), time: fc.nat({ max: 30 }) }),
);

Deno.test("whatever is scheduled and cancelled, tasks run as a plain list of them would have it", () => {
  fc.assert(fc.property(fc.array(STEP, { maxLength: 60 }), (steps) => {
    const clock = new FakeClock(0);
    const scheduler = new Scheduler(clock);
    const ran: [task: number, at: number][] = [];
    const tasks = Array.from({ length: 10 }, (_, i) => {
      return new ScheduledTask((now) => ran.push([i, now]));
    });
    const due = new Map<number, number>();
    const expected: [task: number, at: number][] = [];
    for (const step of steps) {
      if (step.do === "schedule") {
        scheduler.schedule(tasks[step.task]!, clock.now() + step.delay);
        due.set(step.task, clock.now() + step.delay);
      } else if (step.do === "cancel") {
        scheduler.cancel(tasks[step.task]!);
        due.delete(step.task);
      } else {
        const end = clock.now() + step.time;
        // Those that are due at the same time in the order they were made.
        const now = [...due].filter(([, at]) => at <= end);
        for (const [task, at] of now.sort(([a, at], [b, bt]) => at - bt || a - b)) {
          expected.push([task, Math.max(at, clock.now())]);
          due.delete(task);
        }
        clock.advanceAtOnce(step.time);
      }
      assertEquals(scheduler.size, due.size);
      assert(clock.pending <= 1);
      assertEquals(ran, expected);
    }
  }));
});

Deno.test("after a stall everything overdue runs, earliest first", () => {
  const clock = new FakeClock(0);
  const scheduler = new Scheduler(clock);
  const ran: number[] = [];
  for (const at of [30, 10, 20, 40]) {
    scheduler.schedule(new ScheduledTask(() => ran.push(at)), at);
  }
  clock.stall(35);
  clock.advanceAtOnce(0);
  assertEquals(ran, [10, 20, 30]);
  clock.advanceAtOnce(5);
  assertEquals(ran, [10, 20, 30, 40]);
});

Deno.test("tasks of one moment may set others and themselves for the same moment, and one that throws stops nobody", () => {
  const clock = new FakeClock(0);
  const ran: string[] = [];
  const scheduler = new Scheduler(clock, 1, undefined, (error) => ran.push(String(error)));
  const [late, early] = [new ScheduledTask(() => ran.push("late")), task("early")];
  const again: ScheduledTask = new ScheduledTask(() => {
    ran.push("again");
    scheduler.schedule(early, 10);
    if (ran.length < 4) scheduler.schedule(again, 10);
  });
  function task(name: string): ScheduledTask {
    return new ScheduledTask(() => ran.push(name));
  }
  const broken = new ScheduledTask(() => {
    throw new Error("broken");
  });
  for (const each of [broken, again, late]) scheduler.schedule(each, 10);
  clock.advanceAtOnce(10);
  assertEquals(ran, ["late", "again", "early", "again", "early", "Error: broken"]);
  assertEquals([scheduler.size, clock.pending], [0, 0]);
});

Deno.test("the timer is told that nothing waits for the runtime when every task that ran says so", () => {
  const clock = new FakeClock(0);
  const errors: unknown[] = [];
  const scheduler = new Scheduler(clock, 1, undefined, (error) => errors.push(error));
  const task = (outcome: unknown) => new ScheduledTask(() => outcome);
  const broken = new ScheduledTask(() => {
    throw new Error("thrown by a task");
  });
  const [first, second] = [task(true), task(true)];
  const cases: [ScheduledTask[], boolean][] = [
    [[first], true],
    [[first, second], true],
    [[first, task(undefined), second], false],
    [[task(false)], false],
    [[first, broken, second], false],
  ];
  for (const [tasks, told] of cases) {
    for (const each of tasks) scheduler.schedule(each, clock.now() + 10);
    clock.advanceAtOnce(10);
    assertEquals(clock.told, told);
  }
  assertEquals(errors.length, 1);
});
