import fc from "fast-check";
import { ImpairedLink } from "../../../lib/stream/impaired_link.ts";
import { type ImpairmentSettings, NO_IMPAIRMENT } from "../../../lib/stream/impairment.ts";
import { assert, assertEquals } from "../../support/assert.ts";

function link(settings: Partial<ImpairmentSettings>): ImpairedLink {
  return new ImpairedLink({ ...NO_IMPAIRMENT, ...settings });
}

Deno.test("without anything a packet arrives as it leaves", () => {
  const line = link({});
  assertEquals([line.take(5, 1500, 0), line.take(5, 1500, 0), line.take(7.5, 1, 0)], [5, 5, 7.5]);
});

Deno.test("delay and jitter add up, and less than nothing is nothing", () => {
  assertEquals(link({ delayMs: 20 }).take(100, 9, 0), 120);
  assertEquals(link({ delayMs: 20 }).take(100, 9, 4), 124);
  assertEquals(link({ delayMs: 20 }).take(100, 9, -30), 100);
});

Deno.test("a packet that is late holds up those behind it", () => {
  const line = link({ delayMs: 20 });
  assertEquals([line.take(0, 9, 15), line.take(1, 9, -15), line.take(40, 9, 0)], [35, 35, 60]);
});

const packets = fc.array(fc.record({
  after: fc.double({ min: 0, max: 50, noNaN: true }),
  length: fc.nat(9000),
  jitter: fc.double({ min: -40, max: 40, noNaN: true }),
}));
const lines = fc.record({
  delayMs: fc.nat(100),
  rate: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1000, max: 10_000_000 })),
  stall: fc.option(
    fc.integer({ min: 1, max: 50 }).map((lengthMs) => ({ lengthMs, everyMs: 100 })),
    { nil: undefined },
  ),
});

Deno.test("whatever it is like, the order stays and nothing arrives before it left", () => {
  fc.assert(fc.property(lines, packets, (settings, packets) => {
    const line = link(settings);
    let now = 1000;
    let last = 0;
    for (const { after, length, jitter } of packets) {
      now += after;
      const at = line.take(now, length, jitter);
      if (at === undefined) continue;
      assert(at >= now && at >= last, `${at} at ${now} behind ${last}`);
      last = at;
    }
  }));
});

Deno.test("a rate lets no more through than that, but for what a full bucket holds", () => {
  fc.assert(fc.property(packets, (packets) => {
    const rate = 1_000_000;
    const line = link({ rate });
    const out: { at: number; length: number }[] = [];
    let now = 0;
    for (const { after, length } of packets) {
      now += after / 10;
      const at = line.take(now, length, 0);
      if (at !== undefined) out.push({ at, length });
    }
    for (const [i, first] of out.entries()) {
      let bytes = 0;
      for (const { at, length } of out.slice(i)) {
        bytes += length;
        // The bucket holds what 24 ms at this rate are worth, 3,000 bytes; one packet may exceed it.
        const most = 3000 + 9000 + (at - first.at) * rate / 8000;
        assert(bytes <= most + 1e-6, `${bytes} in ${at - first.at} ms`);
      }
    }
  }));
});

Deno.test("what waits for its turn is bounded; what comes on top is lost", () => {
  const line = link({ rate: 1_000_000 });
  const at = Array.from({ length: 100 }, () => line.take(0, 1250, 0));
  const arrived = at.filter((time) => time !== undefined);
  // 1,250 bytes are 10 ms; 250 ms of them may wait, behind a bucket of 24 ms.
  assertEquals(arrived.length, 27);
  assertEquals(at.indexOf(undefined), 27);
  assertEquals([arrived[0], arrived[1], arrived[2], arrived.at(-1)], [0, 0, 6, 246]);
  assert(line.take(246, 1250, 0) !== undefined, "there is room again");
});

Deno.test("a packet longer than the queue passes when nothing else waits", () => {
  const line = link({ rate: 100_000 });
  assert(line.take(0, 65_507, 0) !== undefined);
  assertEquals(line.take(1, 1000, 0), undefined);
});

Deno.test("nothing passes in a stall, and everything at its end", () => {
  const line = link({ stall: { lengthMs: 20, everyMs: 100 } });
  const times = [1000, 1079, 1080, 1090, 1099, 1100, 1179, 1185];
  const arrivals = times.map((time) => line.take(time, 100, 0));
  assertEquals(arrivals, [1000, 1079, 1100, 1100, 1100, 1100, 1179, 1200]);
});

Deno.test("a stall does not make room for more than the rate lets through", () => {
  const line = link({ rate: 1_000_000, stall: { lengthMs: 50, everyMs: 100 } });
  // 3,750 bytes are 30 ms, the bucket 24: the second is not through when the stall begins.
  assertEquals([line.take(0, 3750, 0), line.take(45, 3750, 0)], [6, 100]);
  assertEquals(line.take(45, 3750, 0), 130);
});
