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
}

/** A curve over the samples, and how much it may rise from beginning to end. */
interface Curve {
  what: string;
  value: (sample: Sample) => number;
  tolerance: Tolerance;
}

const CURVES: readonly Curve[] = [
  {
    what: "resident memory, MB",
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
  { what: "threads", value: ({ threads }) => threads, tolerance: { absolute: 1, relative: 0 } },
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

function judgeCurve({ what, value, tolerance }: Curve, samples: readonly Sample[]): Verdict {
  const line = trend(samples.map((sample) => [sample.minute, value(sample)]));
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
    row(
      "resident MB",
      whole(before.residentMb),
      whole(after.residentMb),
      whole(before.residentMb / 2),
    ),
  ];
}
