import { assertEquals } from "../support/assert.ts";
import type { Sample } from "./sample.ts";
import { judge, judgeRest } from "./verdict.ts";

const PACING = { frames: 300, lost: 0, p50: 0.5, p95: 2, worst: 4 };

/** A sample of a server that is well, with these differences. */
function sample(minute: number, differences: Partial<Sample> = {}): Sample {
  return {
    minute,
    present: 150,
    residentMb: 200,
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
  assertEquals(bad(samples((i) => ({ threads: 12 + i / 10 }))), ["threads"]);
  assertEquals(bad(samples((i) => ({ pacing: { ...PACING, p50: i / 10 } }))), [
    "pacing, half of the frames within, ms",
  ]);
});

Deno.test("a steady client that is left without frames is told", () => {
  const all = samples((i) => i === 30 ? { pacing: { ...PACING, frames: 100 } } : {});
  assertEquals(bad(all), ["steady client"]);
});

Deno.test("too few samples say nothing", () => {
  assertEquals(bad([sample(0), sample(1)]), ["samples"]);
});

Deno.test("what is left when all have gone is told", () => {
  const before = sample(0);
  const after = { ...before, descriptors: 191, threads: 12, wakeUpsPerSecond: 1100 };
  assertEquals(judgeRest(before, before).every(({ good }) => good), true);
  assertEquals(judgeRest(before, after).map(({ good }) => good), [false, true, false, true]);
});
