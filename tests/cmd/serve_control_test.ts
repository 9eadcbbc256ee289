// A server that is started and stopped while the command goes on.
import { SwitchedServing } from "../../cmd/serve_control.ts";
import type { Serving } from "../../cmd/serve_one.ts";
import { BindError } from "../../lib/net/errors.ts";
import { metric } from "../../lib/server/metrics_families.ts";
import { NOTHING_SEEN } from "../../lib/server/watch.ts";
import { ServeRefusedError } from "../../lib/ui/dashboard/serve_control.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";

/** A server that has counted one frame and is watched by one session. */
function serving(port: number): Serving & { fail(error: Error): void } {
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  ended.catch(() => {});
  return {
    port,
    ended,
    stop: resolve,
    fail: reject,
    observe: () =>
      Promise.resolve({
        ...NOTHING_SEEN,
        families: [metric("counter", "a_total", "", 1), metric("gauge", "b", "", 1)],
      }),
    kick: (id) => Promise.resolve(id === "known"),
  };
}

Deno.test("it serves on one port, stops, and serves on another; what was counted stays", async () => {
  const told: (number | undefined)[] = [];
  const control = new SwitchedServing(
    (port) => Promise.resolve(serving(port)),
    ({ port }) => void told.push(port),
  );
  assertEquals(control.state, { state: "stopped", port: undefined });
  assertEquals(await control.kick("known"), false);
  await control.start(5);
  assertEquals(control.state, { state: "serving", port: 5 });
  await assertRejects(() => control.start(6), ServeRefusedError, "serving on port 5");
  assertEquals(await control.kick("known"), true);
  await control.stop();
  await control.stop();
  assertEquals((await control.observe()).families, [metric("counter", "a_total", "", 1)]);
  await control.start(7);
  assertEquals((await control.observe()).families, [
    metric("counter", "a_total", "", 2),
    metric("gauge", "b", "", 1),
  ]);
  await control.stop();
  assertEquals(told, [5, undefined, 7, undefined]);
});

Deno.test("a port that cannot be had is refused in its own words, and another may be tried", async () => {
  const control = new SwitchedServing(
    (port) => port === 1 ? Promise.reject(new BindError("taken")) : Promise.resolve(serving(port)),
    () => {},
  );
  await assertRejects(() => control.start(1), ServeRefusedError, "taken");
  assertEquals(control.state.state, "stopped");
  await control.start(2);
  assertEquals(control.state.port, 2);
  await control.stop();
});

Deno.test("one that could not go on is told to whoever waits", async () => {
  const one = serving(5);
  const control = new SwitchedServing(() => Promise.resolve(one), () => {});
  await control.start(5);
  one.fail(new Error("worker 1 died"));
  await assertRejects(() => control.died, Error, "worker 1 died");
});
