import fc from "fast-check";
import {
  addCounts,
  flipBit,
  ImpairmentModel,
  type ImpairmentSettings,
  MOST_OVERTAKING,
  NO_IMPAIRMENT,
  noCounts,
  type PacketFate,
} from "../../../lib/stream/impairment.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const PACKETS = 50_000;

function fates(settings: Partial<ImpairmentSettings>, count = PACKETS, stream = 0): PacketFate[] {
  const model = new ImpairmentModel({ ...NO_IMPAIRMENT, ...settings }, stream);
  return Array.from({ length: count }, () => model.next());
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
const anySettings: fc.Arbitrary<ImpairmentSettings> = fc.record({
  loss: share,
  burst: fc.option(fc.double({ min: 1, max: 100, noNaN: true }), { nil: undefined }),
  delayMs: fc.nat(100),
  jitterMs: fc.nat(100),
  reorder: share,
  duplicate: share,
  corrupt: share,
  rate: fc.constant(Infinity),
  stall: fc.constant(undefined),
  seed: fc.nat(),
});

Deno.test("the same settings and stream have the same fates, another seed or stream others", () => {
  fc.assert(fc.property(anySettings, fc.nat(9), (settings, stream) => {
    const expected = fates(settings, 50, stream);
    assertEquals(fates(settings, 50, stream), expected);
  }));
  const settings = { loss: 0.2, reorder: 0.2, duplicate: 0.2 };
  assert(!isSame(fates({ ...settings, seed: 2 }, 50), fates(settings, 50)));
  assert(!isSame(fates(settings, 50, 1), fates(settings, 50, 0)));
});

Deno.test("what is lost does not depend on what else may happen", () => {
  fc.assert(fc.property(anySettings, (settings) => {
    const alone = fates({ loss: settings.loss, burst: settings.burst, seed: settings.seed }, 50);
    assertEquals(fates(settings, 50).map(({ lost }) => lost), alone.map(({ lost }) => lost));
  }));
});

Deno.test("a good network does nothing", () => {
  const nothing = { lost: false, duplicated: false, overtakenBy: 0, flipAt: undefined };
  for (const { jitterMs, ...fate } of fates({}, 1000)) {
    assertEquals(fate, nothing);
    assertEquals(Math.abs(jitterMs), 0);
  }
});

const HAPPENS: Record<string, (fate: PacketFate) => boolean> = {
  loss: ({ lost }) => lost,
  duplicate: ({ duplicated }) => duplicated,
  reorder: ({ overtakenBy }) => overtakenBy > 0,
  corrupt: ({ flipAt }) => flipAt !== undefined,
};

for (const [name, happens] of Object.entries(HAPPENS)) {
  for (const wanted of [0.001, 0.01, 0.05, 0.2]) {
    Deno.test(`${name} of ${100 * wanted} % happens that often`, () => {
      const count = fates({ [name]: wanted }).filter(happens).length;
      // Five standard deviations of a binomial distribution.
      const most = 5 * Math.sqrt(PACKETS * wanted * (1 - wanted));
      assert(Math.abs(count - PACKETS * wanted) < most, `${count} of ${PACKETS}`);
    });
  }
}

Deno.test("as many overtake as may, jitter stays in its bounds and is even about nothing", () => {
  const all = fates({ reorder: 1, jitterMs: 30 });
  assertEquals(
    new Set(all.map(({ overtakenBy }) => overtakenBy)),
    new Set([1, 2, MOST_OVERTAKING]),
  );
  const jitters = all.map(({ jitterMs }) => jitterMs);
  assert(jitters.every((ms) => Math.abs(ms) <= 30));
  assert(Math.max(...jitters) > 29.9 && Math.min(...jitters) < -29.9);
  assert(Math.abs(jitters.reduce((sum, ms) => sum + ms, 0) / PACKETS) < 0.5);
});

Deno.test("one bit behind the header is flipped, in a copy", () => {
  const at = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
  fc.assert(fc.property(fc.uint8Array(), fc.nat(40), at, (bytes, from, at) => {
    const before = bytes.slice();
    const flipped = flipBit(bytes, from, at);
    assertEquals(bytes, before);
    if (bytes.length <= from) return assertEquals(flipped, undefined);
    const differences = bytes.map((byte, i) => byte ^ flipped![i]!);
    const hit = differences.findIndex((bits) => bits !== 0);
    assert(hit >= from);
    assertEquals(differences.filter((bits) => bits !== 0).length, 1);
    assertEquals(Math.log2(differences[hit]!) % 1, 0, "a single bit");
  }));
  assertEquals(flipBit(Uint8Array.of(0, 0), 1, 0), Uint8Array.of(0, 0x80));
  assertEquals(flipBit(Uint8Array.of(0, 0), 1, 0.999), Uint8Array.of(0, 1));
});

Deno.test("counts add up, each by itself", () => {
  const sum = noCounts();
  const names = Object.keys(sum) as (keyof typeof sum)[];
  names.forEach((name, i) => {
    sum[name] = i;
  });
  addCounts(sum, { ...sum });
  assertEquals(Object.values(sum), names.map((_, i) => 2 * i));
});

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
