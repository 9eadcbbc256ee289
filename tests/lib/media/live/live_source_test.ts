import { BACK_OFF, BackOff } from "../../../../lib/media/live/back_off.ts";
import { ConvertedFeed } from "../../../../lib/media/live/converted_feed.ts";
import {
  FIRST_FRAME_MS,
  LINGER_MS,
  LiveSource,
  type LiveSourceOptions,
  type LiveState,
} from "../../../../lib/media/live/live_source.ts";
import type { LiveSink } from "../../../../lib/media/live/origin.ts";
import { MediaUnavailableError } from "../../../../lib/stream/media_provider.ts";
import { assert, assertEquals, assertRejects } from "../../../support/assert.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

/** An origin that does as the test says. */
class ScriptedOrigin {
  readonly clock = new FakeClock();
  readonly states: LiveState[] = [];
  readonly source: LiveSource;
  /** How often it was pulled. */
  pulls = 0;
  sink: LiveSink | undefined;
  #pull = Promise.withResolvers<void>();

  constructor(options: Partial<LiveSourceOptions> = {}) {
    this.source = new LiveSource({
      name: "cam",
      clock: this.clock,
      random: () => 1,
      onState: (state) => this.states.push(state),
      pull: (sink, signal) => {
        this.pulls++;
        this.sink = sink;
        this.#pull = Promise.withResolvers();
        signal.addEventListener("abort", () => this.#pull.reject(signal.reason));
        return this.#pull.promise;
      },
      ...options,
    });
  }

  send(byte: number): void {
    this.sink!.frame(Uint8Array.of(byte));
  }

  async fail(problem: string): Promise<void> {
    this.#pull.reject(new Error(problem));
    await this.clock.settle();
  }

  async end(): Promise<void> {
    this.#pull.resolve();
    await this.clock.settle();
  }

  /** Opens it and sends a first picture. */
  async opened(): Promise<{ release(): void }> {
    const opening = this.source.open();
    this.send(1);
    return await opening;
  }
}

Deno.test("an origin is pulled while somebody watches, and a while longer", async () => {
  const origin = new ScriptedOrigin();
  assertEquals(origin.pulls, 0, "nobody watches");
  const lease = await origin.opened();
  const other = await origin.source.open();
  assertEquals(origin.pulls, 1, "one pull for all");
  lease.release();
  lease.release();
  await origin.clock.advance(LINGER_MS * 2);
  assert(origin.source.pulling, "the other one watches");
  other.release();
  await origin.clock.advance(LINGER_MS - 1);
  assert(origin.source.pulling, "it lingers");
  await origin.clock.advance(1);
  assert(!origin.source.pulling);
  assertEquals(origin.source.newest, undefined, "no old picture for who comes next");
  assertEquals(origin.states.at(-1), { state: "idle" });
  assertEquals(origin.clock.pending, 0);
});

Deno.test("who comes back within the while finds it still there", async () => {
  const origin = new ScriptedOrigin();
  (await origin.opened()).release();
  await origin.clock.advance(LINGER_MS - 1);
  const lease = await origin.source.open();
  await origin.clock.advance(LINGER_MS);
  assertEquals([origin.pulls, origin.source.pulling], [1, true]);
  lease.release();
  origin.source.close();
  assertEquals(origin.clock.pending, 0);
});

Deno.test("an origin that is away is asked again, ever more rarely, and viewers wait", async () => {
  const origin = new ScriptedOrigin();
  await origin.opened();
  const seen: number[] = [];
  origin.source.watch({ frame: ({ jpeg }) => seen.push(jpeg[0]!), ended: () => seen.push(-1) });
  const waits: number[] = [];
  for (let i = 0; i < 9; i++) {
    await origin.fail("gone");
    const state = origin.states.at(-1)!;
    assert(state.state === "waiting" && state.problem === "gone");
    waits.push(state.retryMs);
    await origin.clock.advance(state.retryMs - 1);
    assertEquals(origin.pulls, i + 1, "not before its time");
    await origin.clock.advance(1);
    assertEquals(origin.pulls, i + 2);
  }
  assertEquals(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  origin.send(7);
  assertEquals(seen, [7], "who waited sees it come back, and was not sent away");
  await origin.end();
  assertEquals(origin.states.at(-1), {
    state: "waiting",
    problem: "the origin ended",
    retryMs: BACK_OFF.firstMs,
  }, "a picture makes up for what went wrong before");
  origin.source.close();
});

Deno.test("waits are cut by chance to between half and all", () => {
  for (const [random, expected] of [[0, 250], [0.5, 375], [1, 500]] as const) {
    assertEquals(new BackOff(() => random).next(), expected);
  }
});

Deno.test("the first viewer is told what is wrong when no picture comes in time", async () => {
  const origin = new ScriptedOrigin();
  const opening = assertRejects(() => origin.source.open(), MediaUnavailableError, "cam: no route");
  await origin.fail("no route");
  await origin.clock.advance(FIRST_FRAME_MS);
  await opening;
  assertEquals(origin.source.users, 0);
  const silent = new ScriptedOrigin();
  const waiting = assertRejects(() => silent.source.open(), MediaUnavailableError, "no picture");
  await silent.clock.advance(FIRST_FRAME_MS);
  await waiting;
  for (const { source } of [origin, silent]) source.close();
});

Deno.test("the first viewer waits for an origin that comes back in time", async () => {
  const origin = new ScriptedOrigin();
  const opening = origin.source.open();
  await origin.fail("booting");
  await origin.clock.advance(BACK_OFF.firstMs);
  origin.send(3);
  const { source } = await opening;
  assertEquals(await source.frame(0), Uint8Array.of(3));
  assertEquals([source.knownFrameCount, await source.frameCount()], [Infinity, Infinity]);
  origin.source.close();
});

Deno.test("what is read once is over when it ends, for all", async () => {
  const origin = new ScriptedOrigin({ always: true, once: true });
  assertEquals(origin.pulls, 1, "read without viewers");
  let ended = 0;
  origin.send(1);
  origin.source.watch({ frame: () => {}, ended: () => ended++ });
  await origin.end();
  assertEquals([ended, origin.source.over], [1, true]);
  await assertRejects(() => origin.source.open(), MediaUnavailableError, "it has ended");
  assertEquals(origin.clock.pending, 0);
});

Deno.test("trouble is told now and then", async () => {
  const origin = new ScriptedOrigin();
  await origin.opened();
  for (let i = 0; i < 100; i++) origin.sink!.trouble("no JPEG");
  assertEquals(origin.states.filter(({ state }) => state === "troubled").length, 1);
  await origin.clock.advance(10_000);
  origin.sink!.trouble("no JPEG");
  assertEquals(origin.states.filter(({ state }) => state === "troubled").length, 2);
  origin.source.close();
});

Deno.test("a picture is converted once for all, and the newest wins", async () => {
  const origin = new ScriptedOrigin();
  await origin.opened();
  const asked: number[] = [];
  const done: (() => void)[] = [];
  const feed = new ConvertedFeed(origin.source, (jpeg) => {
    asked.push(jpeg[0]!);
    return new Promise((resolve) => done.push(() => resolve(Uint8Array.of(100 + jpeg[0]!))));
  });
  const seen: number[][] = [[], []];
  const leave = seen.map((list) => {
    return feed.watch({ frame: ({ jpeg }) => list.push(jpeg[0]!), ended: () => {} });
  });
  for (const byte of [2, 3, 4]) origin.send(byte);
  assertEquals(asked, [2], "one at a time");
  done.shift()!();
  await origin.clock.settle();
  done.shift()!();
  await origin.clock.settle();
  assertEquals([asked, ...seen], [[2, 4], [102, 104], [102, 104]]);
  for (const each of leave) each();
  assertEquals(origin.source.users, 1, "only who opened it is left");
  origin.source.close();
});
