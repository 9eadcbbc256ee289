import { assertEquals } from "../support/assert.ts";
import type { Sample } from "./sample.ts";
import { judge, judgeFreed, judgeRest } from "./verdict.ts";

const PACING = { frames: 300, lost: 0, p50: 0.5, p95: 2, worst: 4 };

/** A sample of a server that is well, with these differences. */
function sample(minute: number, differences: Partial<Sample> = {}): Sample {
  return {
    minute,
    present: 150,
    residentMb: 200,
    anonymousMb: 100,
    descriptors: 190,
    sockets: 150,
    threads: 12,
    cpuMs: 0,
    cpuPercent: 15,
    wakeUps: 0,
    wakeUpsPerSecond: 1000,
    pacing: PACING,
    ...differences,
  };
}

function samples(differences: (minute: number) => Partial<Sample>): Sample[] {
  return Array.from({ length: 50 }, (_, i) => sample(i, differences(i)));
}

/** What is found bad, by its name. */
function bad(all: readonly Sample[]): string[] {
  return judge(all).filter(({ good }) => !good).map(({ what }) => what);
}

Deno.test("a server that stays as it is is well", () => {
  assertEquals(bad(samples(() => ({}))), []);
  assertEquals(bad(samples((i) => ({ residentMb: 200 + 20 * Math.sin(i) }))), []);
});

Deno.test("each curve that rises is named", () => {
  assertEquals(bad(samples((i) => ({ residentMb: 200 + i }))), ["resident memory, MB"]);
  assertEquals(bad(samples((i) => ({ descriptors: 190 + i }))), [
    "descriptors",
    "descriptors of each client there",
  ]);
  assertEquals(bad(samples((i) => ({ threads: 12 + i / 5 }))), ["threads"]);
  assertEquals(bad(samples((i) => ({ pacing: { ...PACING, p50: i / 10 } }))), [
    "pacing, half of the frames within, ms",
  ]);
});

Deno.test("memory of a few minutes says nothing", () => {
  const rising = samples((i) => ({ residentMb: 200 + i }));
  const tenths = rising.map((each) => ({ ...each, minute: each.minute / 10 }));
  assertEquals(bad(tenths), []);
});

Deno.test("a steady client that is left without frames is told", () => {
  const all = samples((i) => i === 30 ? { pacing: { ...PACING, frames: 100 } } : {});
  assertEquals(bad(all), ["steady client"]);
});

Deno.test("too few samples say nothing", () => {
  assertEquals(bad([sample(0), sample(1)]), ["samples"]);
});

Deno.test("memory that grows though what is unused was freed is told", () => {
  const freed = (grows: number): string[] => {
    const all = [10, 20, 30, 40].map((minute) => {
      return { minute, used: 30 + grows * minute, anonymous: 200 + (minute % 20) / 10 };
    });
    return judgeFreed(all).filter(({ good }) => !good).map(({ what }) => what);
  };
  assertEquals(freed(0), []);
  assertEquals(freed(0.5), ["used MB, once freed"]);
  assertEquals(judgeFreed([]), []);
});

Deno.test("what is left when all have gone is told", () => {
  const before = { ...sample(0), freed: { minute: 0, used: 30, anonymous: 160 } };
  const bad = (differences: Partial<typeof before>): string[] => {
    const verdicts = judgeRest(before, { ...before, ...differences });
    return verdicts.filter(({ good }) => !good).map(({ what }) => what);
  };
  assertEquals(bad({}), []);
  assertEquals(bad({ descriptors: 191 }), ["descriptors when all have gone"]);
  assertEquals(bad({ threads: 13 }), ["threads when all have gone"]);
  assertEquals(bad({ wakeUpsPerSecond: 1100 }), ["wake-ups a second when all have gone"]);
  assertEquals(bad({ residentMb: 900 }), []);
  assertEquals(bad({ freed: { minute: 60, used: 31.5, anonymous: 160 } }), [
    "used MB, once freed, when all have gone",
  ]);
  assertEquals(bad({ freed: { minute: 60, used: 30, anonymous: 190 } }), [
    "anonymous MB, once freed, when all have gone",
  ]);
});
