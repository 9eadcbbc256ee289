import type { Histogram } from "./metrics_histogram.ts";

/** Values by label name. */
export type Labels = Readonly<Record<string, string>>;

/** One number of a family. */
export interface MetricSample {
  readonly labels: Labels;
  readonly value: number;
}

/** One histogram of a family. */
export interface HistogramSample {
  readonly labels: Labels;
  /** Upper bounds of the buckets, without the last, which has none. */
  readonly bounds: readonly number[];
  /** Of each bucket by itself, the last one's too. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Numbers that mean the same, told apart by their labels; plain values, which go between threads. */
export type MetricFamily =
  & {
    /** As Prometheus has it: `rtspkit_frames_sent_total`. */
    readonly name: string;
    /** One sentence without an end. */
    readonly help: string;
  }
  & (
    | { readonly type: "counter" | "gauge"; readonly samples: readonly MetricSample[] }
    | { readonly type: "histogram"; readonly samples: readonly HistogramSample[] }
  );

/** A family of one number without labels. */
export function metric(
  type: "counter" | "gauge",
  name: string,
  help: string,
  value: number,
): MetricFamily {
  return { name, help, type, samples: [{ labels: {}, value }] };
}

/** A histogram in seconds of one that counted ms. */
export function secondsOf({ bounds, counts, sum }: Histogram): HistogramSample {
  return {
    labels: {},
    bounds: bounds.map((bound) => bound / 1000),
    counts: [...counts],
    sum: sum / 1000,
  };
}

/** The families of several servers as those of one: same names and labels added up. */
export function addUp(all: readonly (readonly MetricFamily[])[]): MetricFamily[] {
  const byName = new Map<string, MetricFamily>();
  for (const families of all) {
    for (const family of families) {
      const before = byName.get(family.name);
      byName.set(family.name, before === undefined ? family : addFamilies(before, family));
    }
  }
  return [...byName.values()];
}

/** What stays of a server that has ended: its counts, and nothing of what was true for a while. */
export function countsOf(families: readonly MetricFamily[]): MetricFamily[] {
  return families.filter(({ type }) => type !== "gauge");
}

function addFamilies(a: MetricFamily, b: MetricFamily): MetricFamily {
  if (a.type === "histogram" && b.type === "histogram") {
    return { ...a, samples: addSamples(a.samples, b.samples, addHistograms) };
  }
  if (a.type === "histogram" || b.type === "histogram") return a;
  return { ...a, samples: addSamples(a.samples, b.samples, addNumbers) };
}

function addSamples<S extends { labels: Labels }>(
  a: readonly S[],
  b: readonly S[],
  add: (a: S, b: S) => S,
): S[] {
  const byLabels = new Map<string, S>();
  for (const sample of [...a, ...b]) {
    const key = JSON.stringify(sample.labels);
    const before = byLabels.get(key);
    byLabels.set(key, before === undefined ? sample : add(before, sample));
  }
  return [...byLabels.values()];
}

function addNumbers(a: MetricSample, b: MetricSample): MetricSample {
  return { ...a, value: a.value + b.value };
}

function addHistograms(a: HistogramSample, b: HistogramSample): HistogramSample {
  const counts = a.counts.map((count, i) => count + (b.counts[i] ?? 0));
  return { ...a, counts, sum: a.sum + b.sum };
}
