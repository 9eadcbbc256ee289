import { CachedSource } from "../../../lib/media/frame_cache.ts";
import { FrameShelf, FrameStore } from "../../../lib/media/frame_store.ts";
import {
  type FrameAnswer,
  type FrameSource,
  SourceClosedError,
} from "../../../lib/stream/frame_source.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../../support/assert.ts";

/** Ten frames of 100 bytes, each read when the test lets it. */
class SlowSource implements FrameSource {
  readonly frameRate = 25;
  readonly knownFrameCount = 10;
  readonly faults = [];
  readonly asked: number[] = [];
  closed = false;
  failing = false;

  constructor(readonly atHand = false) {}

  frameCount(): Promise<number> {
    return Promise.resolve(10);
  }

  frame(index: number): FrameAnswer | Promise<FrameAnswer> {
    this.asked.push(index);
    if (this.closed) return Promise.reject(new SourceClosedError());
    if (this.failing) return Promise.reject(new Error("Bad sector"));
    const frame = index < 10 ? new Uint8Array(100).fill(index) : undefined;
    return this.atHand ? frame : Promise.resolve(frame);
  }

  prefetch(): boolean {
    return true;
  }

  close(): void {
    this.closed = true;
  }
}

Deno.test("a frame that has been read is at hand", async () => {
  const inner = new SlowSource();
  const source = new CachedSource(inner);
  const first = source.frame(3);
  assert(first instanceof Promise);
  const frame = await first;
  assert(source.frame(3) === frame, "the same bytes, at once");
  assertEquals(inner.asked, [3]);
  assertEquals([source.frameRate, source.knownFrameCount, await source.frameCount()], [25, 10, 10]);
});

Deno.test("those who ask for a frame at the same time share one read", async () => {
  const inner = new SlowSource();
  const source = new CachedSource(inner);
  const frames = await Promise.all(Array.from({ length: 5 }, () => source.frame(2)));
  assertEquals(inner.asked, [2]);
  assertEquals(new Set(frames).size, 1);
});

Deno.test("a frame fetched ahead is at hand, and fetching it again costs nothing", async () => {
  const inner = new SlowSource();
  const source = new CachedSource(inner);
  assertEquals(source.prefetch(4), false, "it is to be read");
  assertEquals(source.prefetch(4), false, "it is being read");
  await source.frame(4);
  assertEquals(source.prefetch(4), true, "it is at hand");
  assert(source.frame(4) instanceof Uint8Array);
  assertEquals(inner.asked, [4]);
});

Deno.test("fetching ahead never fails; asking does", async () => {
  const inner = new SlowSource();
  const source = new CachedSource(inner);
  for (const index of [-1, 0.5, NaN]) source.prefetch(index);
  assertEquals(inner.asked, []);
  inner.failing = true;
  source.prefetch(1);
  await assertRejects(async () => await source.frame(1), Error, "Bad sector");
  inner.failing = false;
  assertEquals(await source.frame(1), new Uint8Array(100).fill(1));
  assertThrows(() => source.frame(-1), RangeError);
});

Deno.test("past the end there is nothing, and nothing is kept", async () => {
  const store = new FrameStore();
  const source = new CachedSource(new SlowSource(), store);
  assertEquals(await source.frame(10), undefined);
  assertEquals(await source.frame(2 ** 40), undefined);
  assertEquals(store.bytes, 0);
});

Deno.test("what a source has at hand is the same object whoever asks", () => {
  const store = new FrameStore();
  const source = new CachedSource(new SlowSource(true), store);
  assertEquals(source.frame(1), new Uint8Array(100).fill(1));
  assert(source.frame(1) === source.frame(1));
});

Deno.test("a full store drops what has not been used longest, of all its sources", async () => {
  const store = new FrameStore(300);
  const [one, two] = [new SlowSource(), new SlowSource()];
  const [a, b] = [new CachedSource(one, store), new CachedSource(two, store)];
  await a.frame(0);
  await b.frame(0);
  await a.frame(1);
  a.frame(0); // used again
  assertEquals(store.bytes, 300);
  await b.frame(1); // takes the place of the first frame of b
  assertEquals(store.bytes, 300);
  assert(a.frame(0) instanceof Uint8Array && a.frame(1) instanceof Uint8Array);
  assert(b.frame(0) instanceof Promise);
});

Deno.test("a frame as long as the store is kept, a longer one is not", () => {
  const store = new FrameStore(100);
  const shelf = new FrameShelf(store);
  shelf.put(0, new Uint8Array(101));
  assertEquals([store.bytes, shelf.has(0)], [0, false]);
  shelf.put(0, new Uint8Array(100));
  assertEquals([store.bytes, shelf.has(0)], [100, true]);
  shelf.put(0, new Uint8Array(40));
  assertEquals(store.bytes, 40);
});

Deno.test("a closed source leaves nothing in the store, not even what is under way", async () => {
  const store = new FrameStore();
  const inner = new SlowSource();
  const [source, other] = [
    new CachedSource(inner, store),
    new CachedSource(new SlowSource(), store),
  ];
  await other.frame(0);
  await source.frame(0);
  const late = source.frame(1);
  source.close();
  await late;
  assertEquals(store.bytes, 100);
  assert(inner.closed);
  await assertRejects(async () => await source.frame(0), SourceClosedError);
});
