import type { ProcessFacts } from "./process_facts.ts";
import type { Sample } from "./sample.ts";
import { isFlat, type Tolerance, trend } from "./trend.ts";

/** One thing that was asked of a soak, and what came out. */
export interface Verdict {
  what: string;
  told: string;
  good: boolean;
}

/** What a server takes while nobody is there. */
export interface Rest extends ProcessFacts {
  wakeUpsPerSecond: number;
  /** Once what is no longer used was freed; not known of a binary. */
  freed: Freed | undefined;
}

/** What is left of memory once what is no longer used was freed, in MB. */
export interface Freed {
  minute: number;
  /** Of the JavaScript heap and what belongs to it outside. */
  used: number;
  /** Of the process: {@linkcode ProcessFacts.anonymousMb}. */
  anonymous: number;
}

/** A curve over the samples, and how much it may rise from beginning to end. */
interface Curve {
  what: string;
  /** Minutes of samples below which it says nothing. */
  least?: number;
  value: (sample: Sample) => number;
  tolerance: Tolerance;
}

const CURVES: readonly Curve[] = [
  {
    // V8 takes some ten minutes to find how large a heap it wants, and collects when it must.
    what: "resident memory, MB",
    least: 20,
    value: ({ residentMb }) => residentMb,
    tolerance: { absolute: 8, relative: 0.08 },
  },
  {
    what: "descriptors",
    value: ({ descriptors }) => descriptors,
    tolerance: { absolute: 10, relative: 0.05 },
  },
  {
    what: "descriptors of each client there",
    value: ({ descriptors, present }) => descriptors / Math.max(1, present),
    tolerance: { absolute: 0.1, relative: 0.05 },
  },
  {
    // As many as ever had something to do at once: bursts on a busy machine make them more. Whether
    // they go again is seen when all have gone.
    what: "threads",
    value: ({ threads }) => threads,
    tolerance: { absolute: 6, relative: 0 },
  },
  {
    what: "processor, %",
    value: ({ cpuPercent }) => cpuPercent,
    tolerance: { absolute: 3, relative: 0.15 },
  },
  {
    what: "pacing, half of the frames within, ms",
    value: ({ pacing }) => pacing.p50,
    tolerance: { absolute: 1, relative: 0 },
  },
  {
    what: "pacing, 95 % of the frames within, ms",
    value: ({ pacing }) => pacing.p95,
    tolerance: { absolute: 5, relative: 0 },
  },
];

/** The fewest samples that a line is drawn through. */
const FEWEST = 3;
/** Times a second an idle server may wake up more often than it did. */
const FEW_WAKE_UPS = 5;

/** Whether curves are flat, and the steady client was served throughout. */
export function judge(samples: readonly Sample[]): Verdict[] {
  if (samples.length < FEWEST) return [{ what: "samples", told: "too few", good: false }];
  const frames = samples.map(({ pacing }) => pacing.frames);
  const lost = samples.reduce((sum, { pacing }) => sum + pacing.lost, 0);
  return [...CURVES.map((curve) => judgeCurve(curve, samples)), {
    what: "steady client",
    told: `${Math.min(...frames)} … ${Math.max(...frames)} frames a sample, ${lost} packets lost`,
    good: Math.min(...frames) > 0.9 * Math.max(...frames),
  }];
}

/**
 * Whether what is really used stays as it is while the crowd comes and goes. What the process has for
 * it is told beside it: after a collection V8 keeps room for as much garbage as it met before, and
 * gives it back when it has been idle.
 */
export function judgeFreed(all: readonly Freed[]): Verdict[] {
  if (all.length < FEWEST) return [];
  const row = (what: string, value: (freed: Freed) => number, tolerance: Tolerance): Verdict => {
    return judgeLine(what, all.map((freed) => [freed.minute, value(freed)]), tolerance);
  };
  return [
    row("used MB, once freed", ({ used }) => used, { absolute: 1, relative: 0 }),
    told("anonymous MB, once freed", all.map(({ anonymous }) => anonymous)),
  ];
}

function told(what: string, values: readonly number[]): Verdict {
  return { what, told: values.map((value) => value.toFixed(1)).join(", "), good: true };
}

function judgeCurve(
  { what, value, tolerance, least = 0 }: Curve,
  samples: readonly Sample[],
): Verdict {
  const line = samples.map((sample) => [sample.minute, value(sample)] as const);
  const verdict = judgeLine(what, line, tolerance);
  if (line.at(-1)![0] - line[0]![0] >= least) return verdict;
  return { what, told: `${verdict.told}, too short to tell`, good: true };
}

function judgeLine(
  what: string,
  points: readonly (readonly [minute: number, value: number])[],
  tolerance: Tolerance,
): Verdict {
  const line = trend(points);
  const good = isFlat(line, tolerance);
  const [mean, rise, error] = [line.mean, line.rise, line.error].map((v) => v.toFixed(2));
  return {
    what,
    told: `mean ${mean}, rises ${rise} ± ${error}, ${good ? "flat" : "NOT flat"}`,
    good,
  };
}

/** Whether what an idle server takes is what it took before the crowd came. */
export function judgeRest(before: Rest, after: Rest): Verdict[] {
  const row = (what: string, a: number, b: number, spare: number): Verdict => {
    return {
      what: `${what} when all have gone`,
      told: `${a} before, ${b} after`,
      good: b <= a + spare,
    };
  };
  const whole = Math.round;
  return [
    row("descriptors", before.descriptors, after.descriptors, 0),
    row("threads", before.threads, after.threads, 0),
    row(
      "wake-ups a second",
      whole(before.wakeUpsPerSecond),
      whole(after.wakeUpsPerSecond),
      FEW_WAKE_UPS,
    ),
    ...restOfMemory(before, after),
  ];
}

/** MB that V8 and the allocator may hold on to, of what was used while many were there. */
const KEPT_MB = { used: 1, anonymous: 24 };

/**
 * Whether memory came back. What an idle process takes does not tell: nothing makes V8 collect
 * then, so it stays at what the crowd took, be it in use or not. It is told, and judged is what
 * remains after a collection.
 */
function restOfMemory(before: Rest, after: Rest): Verdict[] {
  const row = (what: string, a: number, b: number, spare: number): Verdict => {
    const told = `${a.toFixed(1)} before, ${b.toFixed(1)} after`;
    return { what: `${what} when all have gone`, told, good: b <= a + spare };
  };
  const resident = row("resident MB", before.residentMb, after.residentMb, Infinity);
  const [a, b] = [before.freed, after.freed];
  if (a === undefined || b === undefined) return [resident];
  return [
    resident,
    row("used MB, once freed,", a.used, b.used, KEPT_MB.used),
    row("anonymous MB, once freed,", a.anonymous, b.anonymous, KEPT_MB.anonymous),
  ];
}
