import { addressKey } from "../../../../lib/server/address_key.ts";
import { AddressRate } from "../../../../lib/server/address_rate.ts";
import { KeyedPlaces } from "../../../../lib/server/keyed_places.ts";
import { ByteBudget } from "../../../../lib/net/byte_budget.ts";
import { StreamWriter } from "../../../../lib/net/stream_writer.ts";
import { plainMediaName } from "../../../../lib/server/media_name.ts";
import { mayWatch } from "../../../../lib/server/rights.ts";
import { TokenBucket } from "../../../../lib/server/token_bucket.ts";
import { Tries } from "../../../../lib/server/tries.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const KEYS: [address: string, key: string][] = [
  ["192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2::6", "2001:db8:1:2::/64"],
  ["2001:db8::6", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
];
for (const [address, key] of KEYS) {
  Deno.test(`${address} counts as ${key}`, () => assertEquals(addressKey(address), key));
}

Deno.test("a bucket lets a burst through, then as many as its rate", () => {
  const bucket = new TokenBucket(10, 3, 0);
  assertEquals([1, 2, 3, 4].map(() => bucket.take(1, 0)), [0, 0, 0, 100]);
  assertEquals(bucket.take(1, 100), 100, "the debt was paid, and one more made");
  assertEquals(bucket.take(1, 10_000), 0);
  assertEquals(bucket.tryTake(10_000) && bucket.tryTake(10_000), true);
  assertEquals(bucket.tryTake(10_000), false, "it holds no more than its burst");
});

Deno.test("a clock that goes back gives no tokens and takes none", () => {
  const bucket = new TokenBucket(1, 2, 1000);
  bucket.take(2, 1000);
  assertEquals(bucket.tryTake(0), false);
  assertEquals(bucket.tryTake(1000), true, "one second after the time it was set back to");
});

Deno.test("each address has its own rate, and the machine's own has none", () => {
  const rate = new AddressRate({ rate: 1, burst: 1, countLoopback: false });
  assert(rate.allows("192.0.2.1", 0));
  assert(!rate.allows("192.0.2.1", 0));
  assert(rate.allows("192.0.2.2", 0));
  for (let i = 0; i < 9; i++) assert(rate.allows("127.0.0.1", 0));
});

Deno.test("places by key are bounded for each, given back, and shared by who shares the cells", () => {
  const cells = new Int32Array(new SharedArrayBuffer(4 * 1024));
  const one = new KeyedPlaces({ limit: 2, seed: 5, cells });
  const two = new KeyedPlaces({ limit: 2, seed: 5, cells });
  assertEquals([one.take("a"), two.take("a"), one.take("a"), one.take("b")], [
    true,
    true,
    false,
    true,
  ]);
  two.giveBack("a");
  assertEquals([one.take("a"), two.take("a")], [true, false]);
  for (const key of ["a", "a", "b"]) one.giveBack(key);
  assert(cells.every((count) => count === 0));
});

Deno.test("keys are spread evenly, by each seed otherwise", () => {
  const cells = [new Int32Array(1024), new Int32Array(1024)];
  cells.forEach((own, seed) => {
    const places = new KeyedPlaces({ limit: 1000, seed, cells: own });
    for (let i = 0; i < 1024; i++) places.take(`10.0.${i >> 8}.${i & 255}`);
    assert(Math.max(...own) <= 8, `${Math.max(...own)} keys in one cell`);
  });
  assert(cells[0]!.some((count, i) => count !== cells[1]![i]));
});

Deno.test("wrong answers are forgotten after a quarter of an hour, and of 4,096 addresses", async () => {
  const clock = new FakeClock();
  const tries = new Tries(clock);
  assertEquals([tries.failed("192.0.2.1"), tries.failed("192.0.2.1")], [500, 1500]);
  await clock.advance(15 * 60_000);
  assertEquals(tries.failed("192.0.2.1"), 500);
  for (let i = 0; i < 4096; i++) tries.failed(`10.0.${i >> 8}.${i & 255}`);
  assertEquals(tries.failed("192.0.2.1"), 500, "forgotten");
  assertEquals(tries.failed("10.0.15.255"), 1500, "remembered");
});

const NAMES: [name: string, plain: string][] = [
  ["cam/1", "cam/1"],
  ["//cam/./1/", "cam/1"],
  ["c%61m%2F1", "cam/1"],
  ["cam/1?x=../2", "cam/1"],
  ["cam%3F1", "cam?1"],
  ["100%", "100%"],
];
for (const [name, plain] of NAMES) {
  Deno.test(`the plain name of ${name} is ${plain}`, () =>
    assertEquals(plainMediaName(name), plain));
}

const RIGHTS: [paths: string[] | undefined, media: string, may: boolean][] = [
  [undefined, "anything", true],
  [[], "anything", false],
  [["/cam/*"], "cam/1", true],
  [["/cam/*"], "cam/a/b", true],
  [["/cam/*"], "cam", false],
  [["/cam/*"], "camera/1", false],
  [["/cam/*"], "c%61m/1", true],
  [["/cam/*"], "x/cam/1", false],
  [["/cam/*"], "Cam/1", false],
  [["/movie.Mjpeg"], "movie.Mjpeg", true],
  [["/movie.Mjpeg"], "movie.Mjpeg2", false],
  [["/a*b*c"], "a-b-c", true],
  [["/a*b*c"], "a-c-b", false],
  [["/ab*ba"], "aba", false],
  [["/*"], "anything/at/all", true],
  [["/one", "/two"], "two", true],
  [["/cam/*"], "cam/../secret", false],
  [["/cam/*"], "cam/%2e%2e/secret", false],
];
for (const [paths, media, may] of RIGHTS) {
  Deno.test(`who may watch ${paths} ${may ? "may" : "may not"} watch ${media}`, () => {
    assertEquals(mayWatch(paths, media), may);
  });
}

/** A connection of which the system tells nothing. */
function connectionThat(write: () => Promise<number>): Deno.Conn {
  const localAddr = { transport: "unix", path: "" };
  return { localAddr, write, close: () => {} } as unknown as Deno.Conn;
}

Deno.test("what waits for all together is bounded, and who waits for nothing gets its frame", () => {
  const budget = new ByteBudget(1000);
  const bitten: string[] = [];
  const connection = connectionThat(() => new Promise(() => {}));
  const writer = (): StreamWriter =>
    new StreamWriter(connection, {
      clock: new FakeClock(),
      writeMs: 1000,
      backlogBytes: 10_000,
      backlogMs: 1000,
      budget,
      onLimit: (limit) => bitten.push(limit),
    });
  const [slow, other] = [writer(), writer()];
  const frame = new Uint8Array(600);
  assertEquals([1, 2, 3].map(() => slow.offer(frame, () => {})), [true, true, false]);
  assertEquals([budget.used, bitten], [1200, ["queued-bytes"]]);
  assertEquals([1, 2].map(() => other.offer(frame, () => {})), [true, false]);
});

Deno.test("what waited is no longer counted once its connection has broken", async () => {
  const budget = new ByteBudget(1000);
  const failed = Promise.reject(new Error("broken"));
  failed.catch(() => {});
  const connection = connectionThat(() => failed);
  const clock = new FakeClock();
  const limits = { writeMs: 1000, backlogBytes: 9000, backlogMs: 1000, budget };
  const writer = new StreamWriter(connection, { clock, ...limits });
  for (let i = 0; i < 3; i++) writer.offer(new Uint8Array(500), () => {});
  assertEquals(budget.used, 1000);
  await clock.settle();
  assertEquals(budget.used, 0);
});
