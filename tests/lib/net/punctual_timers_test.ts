import fc from "fast-check";
import { setImmediate } from "node:timers";
import { systemClock } from "../../../lib/net/clock.ts";
import { EventLoop } from "../../../lib/net/native/event_loop.ts";
import { libc } from "../../../lib/net/native/libc.ts";
import { type OtherWork, PunctualTimers } from "../../../lib/net/punctual_timers.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { whereClearedTimersFire } from "../../support/cleared_timers.ts";

/** An event loop that is asleep as long as it is told, or has as much to do as it is told. */
class StagedLoop implements Pick<EventLoop, "sleep" | "goRound"> {
  readonly sleeps: number[] = [];
  rounds = 0;
  readonly #nowhere = new Int32Array(new SharedArrayBuffer(4));

  /** @param busy times that it is woken early */
  constructor(public busy = 0) {}

  sleep(milliseconds: number): boolean {
    this.sleeps.push(milliseconds);
    if (this.busy-- > 0) return false;
    Atomics.wait(this.#nowhere, 0, 0, milliseconds);
    return true;
  }

  goRound(): Promise<void> {
    this.rounds++;
    return new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Resolves with how early a timer fired, in ms. */
function early(timers: PunctualTimers, delay: number): Promise<number> {
  const at = performance.now() + delay;
  return new Promise((resolve) => timers.set(delay, () => resolve(at - performance.now())));
}

const NOTHING_ELSE: OtherWork = { hurried: () => false, sending: () => false };
const HURRIED: OtherWork = { ...NOTHING_ELSE, hurried: () => true };
const SENDING: OtherWork = { ...NOTHING_ELSE, sending: () => true };

const WAYS: [name: string, others: OtherWork, loop: StagedLoop | undefined][] = [
  ["where the loop can be watched", NOTHING_ELSE, new StagedLoop()],
  ["where it has something to do again and again", NOTHING_ELSE, new StagedLoop(4)],
  ["where it cannot be watched", NOTHING_ELSE, undefined],
  ["while others wait for less", HURRIED, new StagedLoop()],
  ["while something is to be sent", SENDING, new StagedLoop()],
  ["while something is to be sent and the loop cannot be watched", SENDING, undefined],
];

for (const [name, others, loop] of WAYS) {
  Deno.test(`a punctual timer is not early, ${name}`, async () => {
    const timers = new PunctualTimers(others, () => loop);
    for (const delay of [-1, 0.4, 7.3, 81.2]) {
      assert(await early(timers, delay) < 0.1, `of ${delay} ms`);
    }
    const longest = Math.max(0, ...loop?.sleeps ?? []);
    if (others === NOTHING_ELSE && loop !== undefined) assert(longest > 2 && longest <= 60);
    else assertEquals(longest, 0);
  });
}

Deno.test("while something is to be sent, and by the runtime alone, the thread never stands still", async () => {
  const { wait } = Atomics;
  let waits = 0;
  Atomics.wait = (...args: unknown[]) => {
    waits++;
    return (wait as (...args: unknown[]) => "timed-out")(...args);
  };
  try {
    for (const delay of [0.8, 1.5, 5]) {
      await early(new PunctualTimers(SENDING, () => undefined), delay);
    }
    assertEquals(waits, 0);
    // Otherwise it does, unless it was held up until the time had come.
    while (waits === 0) await early(new PunctualTimers(NOTHING_ELSE, () => undefined), 1.5);
  } finally {
    Atomics.wait = wait;
  }
});

Deno.test("punctual timers fire in order, those that were called off not at all", async () => {
  const timers = new PunctualTimers(NOTHING_ELSE, () => new StagedLoop());
  const fired: string[] = [];
  await new Promise<void>((resolve) => {
    timers.set(20, () => {
      fired.push("last");
      resolve();
    });
    timers.set(3, () => {
      fired.push("first");
      called.cancel();
      timers.set(4, () => fired.push("set on the way"));
    });
    const called = timers.set(10, () => fired.push("called off"));
    timers.set(2, () => fired.push("called off")).cancel();
  });
  assertEquals(fired, ["first", "set on the way", "last"]);
});

Deno.test("a punctual timer that was called off is none, also where the runtime fires what was cleared", async () => {
  const loop = new StagedLoop();
  const timers = new PunctualTimers(NOTHING_ELSE, () => loop);
  await whereClearedTimersFire(async () => {
    timers.set(65, () => assert(false, "called off")).cancel();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assertEquals(loop.sleeps.length, 0);
  });
});

Deno.test("punctual timers set and called off at random fire once, not early, or not at all", async () => {
  const moment = fc.integer({ min: 0, max: 80 });
  const plans = fc.array(
    fc.record({ setAt: moment, delay: moment, calledOffAt: fc.option(moment, { nil: undefined }) }),
    { minLength: 1, maxLength: 25 },
  );
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  await whereClearedTimersFire(() =>
    fc.assert(
      fc.asyncProperty(plans, fc.nat({ max: 5 }), async (plans, busy) => {
        const loop = new StagedLoop(busy);
        const timers = new PunctualTimers(NOTHING_ELSE, () => loop);
        const runs = plans.map(async ({ setAt, delay, calledOffAt }) => {
          await wait(setAt);
          const dueAt = performance.now() + delay;
          let fired = 0;
          const timer = timers.set(delay, () => {
            assert(performance.now() > dueAt - 0.1, "early");
            fired++;
          });
          await wait(calledOffAt ?? 200);
          const before = fired;
          timer.cancel();
          await wait(100);
          assertEquals(fired, before, "after it was called off");
          if (calledOffAt === undefined) assertEquals(fired, 1);
        });
        await Promise.all(runs);
      }),
      { numRuns: 5 },
    )
  );
});

Deno.test("what a punctual timer throws is its caller's, and the others fire", async () => {
  const timers = new PunctualTimers(NOTHING_ELSE, () => new StagedLoop());
  const told = Promise.withResolvers<unknown>();
  addEventListener("error", (event) => {
    event.preventDefault();
    told.resolve(event.error);
  }, { once: true });
  timers.set(1, () => {
    throw new RangeError("thrown by a timer");
  });
  await early(timers, 5);
  assertEquals((await told.promise as Error).message, "thrown by a timer");
});

Deno.test("files and short timers do not wait for a punctual timer", async () => {
  const order: string[] = [];
  const punctual = new Promise<void>((resolve) => {
    systemClock.setPunctualTimer(1000, () => {
      order.push("punctual");
      resolve();
    });
  });
  // Each would be late by what is slept in one go, and all of them by more than there is.
  for (let i = 0; i < 15; i++) {
    await Deno.readTextFile(new URL(import.meta.url));
    await new Promise<void>((resolve) => systemClock.setTimer(20, resolve));
  }
  order.push("others");
  await punctual;
  assertEquals(order, ["others", "punctual"]);
});

Deno.test({
  name: "a thread that was woken sleeps again, also where other timers wait",
  ignore: libc() === undefined,
  fn: async () => {
    const loop = EventLoop.current!;
    const slept: boolean[] = [];
    const told = {
      sleep: (milliseconds: number): boolean => {
        slept.push(loop.sleep(milliseconds));
        return slept.at(-1)!;
      },
      goRound: () => loop.goRound(),
    };
    const timers = new PunctualTimers(NOTHING_ELSE, () => told);
    // The runtime wakes itself when a timer fires that another one stands behind.
    const behind = setInterval(() => {}, 1000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (let i = 0; i < 10; i++) await early(timers, 20);
    clearInterval(behind);
    assert(slept.filter((whole) => whole).length >= 5, `slept to the end: ${slept}`);
  },
});

Deno.test("timers right behind each other leave the event loop time now and then", async () => {
  const loop = new StagedLoop();
  const timers = new PunctualTimers(NOTHING_ELSE, () => loop);
  const later = timers.set(10_000, () => {});
  const begun = performance.now();
  await new Promise<void>((resolve) => {
    const fire = (): void => {
      const at = performance.now();
      while (performance.now() < at + 2);
      if (at < begun + 300) timers.set(0, fire);
      else resolve();
    };
    timers.set(0, fire);
  });
  later.cancel();
  assert(loop.rounds >= 3, `${loop.rounds} times in 300 ms`);
  assertEquals(loop.sleeps, []);
});

/**
 * Fires a timer every 20 ms, each set by the one before.
 * @returns the turns the event loop had meanwhile
 */
async function turnsBetween(count: number, outcome: unknown): Promise<number> {
  const timers = new PunctualTimers(NOTHING_ELSE, () => new StagedLoop());
  let [turns, left] = [0, count];
  const takeTurn = (): void => {
    turns++;
    if (left > 0) setImmediate(takeTurn);
  };
  await new Promise<void>((resolve) => {
    const fire = (): unknown => {
      if (--left > 0) timers.set(20, fire);
      else resolve();
      return outcome;
    };
    timers.set(20, fire);
    setImmediate(takeTurn);
  });
  return turns;
}

Deno.test("where a timer leaves nothing to the event loop the next is waited for without a turn", async () => {
  const others = await turnsBetween(30, undefined);
  assert(others > 30, `${others} turns where nothing is known`);
  const done = await turnsBetween(30, true);
  assert(2 * done < others, `${done} turns where all is done, and ${others} elsewhere`);
  assert(done > 3, `${done} turns, of which there are some all the same`);
});
