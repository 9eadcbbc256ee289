// The main thread's side of `serve --workers N`, with workers that do as the test says.
import { explain } from "../../cmd/exit_status.ts";
import { serveCrew } from "../../cmd/serve_crew.ts";
import type { Serving } from "../../cmd/serve_one.ts";
import type { ServeSettings } from "../../cmd/serve_settings.ts";
import type { WorkerThread } from "../../cmd/serve_worker_link.ts";
import type { FromWorker, ServeOrder, ToWorker } from "../../cmd/serve_worker_messages.ts";
import { BindError } from "../../lib/net/errors.ts";
import { DEFAULT_SERVER_OPTIONS } from "../../lib/server/options.ts";
import { NOTHING_SEEN } from "../../lib/server/watch.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";

/** A worker thread without a thread. */
class FakeThread implements WorkerThread {
  onmessage: WorkerThread["onmessage"] = null;
  onerror: WorkerThread["onerror"] = null;
  readonly told: ToWorker[] = [];
  terminated = false;

  postMessage(message: ToWorker): void {
    this.told.push(message);
  }

  terminate(): void {
    this.terminated = true;
    const [order] = this.told;
    if (order?.kind === "serve") { for (const { port } of order.peers) port.close(); }
  }

  get order(): ServeOrder {
    const [order] = this.told;
    assert(order?.kind === "serve");
    return order;
  }

  say(message: FromWorker): void {
    this.onmessage!(new MessageEvent("message", { data: message }));
  }

  get stopped(): boolean {
    return this.told.some(({ kind }) => kind === "stop");
  }
}

const SETTINGS: ServeSettings = {
  port: 0,
  host: "127.0.0.1",
  certificate: undefined,
  root: ".",
  access: undefined,
  options: DEFAULT_SERVER_OPTIONS,
};

interface Crew {
  threads: FakeThread[];
  clock: FakeClock;
  events: string[];
  starting: Promise<Serving>;
}

function startCrew(count: number): Crew {
  const threads: FakeThread[] = [];
  const clock = new FakeClock();
  const events: string[] = [];
  const starting = serveCrew(SETTINGS, {
    count,
    clock,
    tellAll: true,
    onEvent: ({ event }, worker) => events.push(`${worker} ${event}`),
    newThread: () => {
      threads.push(new FakeThread());
      return threads.at(-1)!;
    },
  });
  return { threads, clock, events, starting };
}

async function startedCrew(count: number): Promise<Crew & { serving: Serving }> {
  const crew = startCrew(count);
  const [first, ...others] = crew.threads;
  first!.say({ kind: "listening", port: 4711 });
  await crew.clock.advance(0);
  for (const thread of others) thread.say({ kind: "listening", port: 4711 });
  return { ...crew, serving: await crew.starting };
}

Deno.test("the first worker finds the port, and all know each other", async () => {
  const { threads, serving } = await startedCrew(3);
  assertEquals(serving.port, 4711);
  assertEquals(threads.map(({ order }) => order.settings.port), [0, 4711, 4711]);
  const prefixes = threads.map(({ order }) => order.prefix);
  assertEquals(new Set(prefixes).size, 3);
  for (const { order } of threads) {
    const known = [order.prefix, ...order.peers.map(({ prefix }) => prefix)];
    assertEquals(known.sort(), [...prefixes].sort());
    assert(order.counts.sessions.buffer instanceof SharedArrayBuffer);
    assertEquals(order.counts, threads[0]!.order.counts);
  }
  for (const thread of threads) thread.terminate();
});

Deno.test("events of all workers are told with the worker's number", async () => {
  const { threads, events } = await startedCrew(2);
  const peer = "127.0.0.1:1";
  threads[1]!.say({ kind: "event", event: { event: "connected", peer } });
  threads[0]!.say({ kind: "event", event: { event: "connected", peer } });
  assertEquals(events, ["2 connected", "1 connected"]);
  for (const thread of threads) thread.terminate();
});

Deno.test("it has ended when all have, what they say on the way included", async () => {
  const { threads, serving, events, clock } = await startedCrew(2);
  serving.stop();
  serving.stop();
  for (const thread of threads) {
    assertEquals(thread.told.map(({ kind }) => kind), ["serve", "stop"]);
    thread.say({ kind: "event", event: { event: "disconnected", peer: "", reason: "" } });
    thread.say({ kind: "ended", observation: NOTHING_SEEN });
  }
  await serving.ended;
  assertEquals(events, ["1 disconnected", "2 disconnected"]);
  assertEquals([threads.every(({ terminated }) => terminated), clock.pending], [true, 0]);
});

Deno.test("a worker that dies ends the others, and the error says where it was", async () => {
  const { threads, serving, clock } = await startedCrew(2);
  const stack = "TypeError: boom\n    at somewhere.ts:1:2\n    at elsewhere.ts:3:4";
  threads[1]!.say({ kind: "failed", failure: { bind: false, message: "boom", stack } });
  await clock.advance(0);
  assert(threads[0]!.stopped && !threads[0]!.terminated, "the other may say goodbye");
  threads[0]!.say({ kind: "ended", observation: NOTHING_SEEN });
  const error = await assertRejects(() => serving.ended, Error, "worker 2 died: boom");
  assertEquals(explain(error), {
    line: "this is a defect, please report it: worker 2 died: boom at somewhere.ts:1:2",
    status: 1,
  });
  assertEquals([threads[1]!.terminated, clock.pending], [true, 0]);
});

Deno.test("a worker that cannot be loaded is told as one that died", async () => {
  const { threads, starting } = startCrew(2);
  const event = new ErrorEvent("error", { message: "no such module", cancelable: true });
  threads[0]!.onerror!(event);
  await assertRejects(() => starting, Error, "worker 1 died: no such module");
  assert(event.defaultPrevented);
});

Deno.test("a port that cannot be had ends the start with the usual error", async () => {
  const { threads, starting } = startCrew(2);
  const failure = { bind: true, message: "cannot bind port 1: permission denied", stack: "" };
  threads[0]!.say({ kind: "failed", failure });
  const error = await assertRejects(() => starting, BindError, "cannot bind port 1");
  assertEquals(explain(error).status, 8);
});

Deno.test("a port that others listen on is not shared with them", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, reusePort: true });
  const settings = { ...SETTINGS, port: listener.addr.port };
  try {
    const options = { count: 2, clock: new FakeClock(), tellAll: true, onEvent: () => {} };
    const newThread = (): WorkerThread => {
      throw new Error("It is known before a worker is started");
    };
    await assertRejects(() => serveCrew(settings, { ...options, newThread }), BindError, "in use");
  } finally {
    listener.close();
  }
});

Deno.test("a worker that does not end is not waited for without end", async () => {
  const { threads, serving, clock } = await startedCrew(2);
  serving.stop();
  threads[0]!.say({ kind: "ended", observation: NOTHING_SEEN });
  const refused = assertRejects(() => serving.ended, Error, "worker 2 did not end within 5 s");
  await clock.advance(5000);
  await refused;
  assert(threads[1]!.terminated);
});
