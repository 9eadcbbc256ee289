import type { HistogramSample, Labels, MetricFamily } from "./metrics_families.ts";

/** What a client is told that this is. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Families in the text format that Prometheus reads, version 0.0.4. */
export function formatMetrics(families: readonly MetricFamily[]): string {
  return families.map(formatFamily).join("");
}

function formatFamily(family: MetricFamily): string {
  const { name, help, type } = family;
  const lines = [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`];
  if (type === "histogram") {
    for (const sample of family.samples) lines.push(...histogramLines(name, sample));
  } else {
    for (const { labels, value } of family.samples) lines.push(line(name, labels, value));
  }
  return `${lines.join("\n")}\n`;
}

/** Buckets hold what is at or below their bound, so each counts all before it too. */
function histogramLines(name: string, sample: HistogramSample): string[] {
  const { labels, bounds, counts, sum } = sample;
  const lines: string[] = [];
  let total = 0;
  for (const [i, count] of counts.entries()) {
    total += count;
    const le = i < bounds.length ? formatValue(bounds[i]!) : "+Inf";
    lines.push(line(`${name}_bucket`, { ...labels, le }, total));
  }
  lines.push(line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, total));
  return lines;
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  const inBraces = pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
  return `${name}${inBraces} ${formatValue(value)}`;
}

function formatValue(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (Math.abs(value) === Infinity) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}

function escapeHelp(text: string): string {
  return text.replace(/\\/g, "\\\\").replace(/\n/g, "\\n");
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replace(/"/g, '\\"');
}
