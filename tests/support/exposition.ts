import { fail } from "./assert.ts";

/** A line of a sample. */
export interface ExposedSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** What was exposed under one `# TYPE`. */
export interface ExposedFamily {
  type: string;
  help: string;
  samples: ExposedSample[];
}

const METRIC = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const HELP = new RegExp(`^# HELP (${METRIC}) ((?:[^\\\\]|\\\\\\\\|\\\\n)*)$`);
const TYPE = new RegExp(`^# TYPE (${METRIC}) (counter|gauge|histogram)$`);
const VALUE = "[+-]?(?:\\d+(?:\\.\\d*)?(?:e[+-]?\\d+)?|Inf)|NaN";
const SAMPLE = new RegExp(`^(${METRIC})(?:\\{(.*)\\})? (${VALUE})$`, "s");
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/;

/**
 * Reads the text format of Prometheus, version 0.0.4, and takes nothing that it does not allow: HELP
 * and TYPE once and before the samples, each sample once, families in one piece, a line feed at the
 * end of every line.
 */
export function parseExposition(text: string): Map<string, ExposedFamily> {
  if (!text.endsWith("\n")) fail("The last line does not end");
  const families = new Map<string, ExposedFamily>();
  const seen = new Set<string>();
  let help: [name: string, text: string] | undefined;
  let current: [name: string, family: ExposedFamily] | undefined;
  for (const line of text.slice(0, -1).split("\n")) {
    const [, helpName, helpText] = HELP.exec(line) ?? [];
    const [, typeName, type] = TYPE.exec(line) ?? [];
    if (helpName !== undefined) help = [helpName, helpText!];
    else if (typeName !== undefined) {
      if (families.has(typeName)) fail(`TYPE of ${typeName} twice`);
      if (help?.[0] !== typeName) fail(`No HELP before TYPE of ${typeName}`);
      current = [typeName, { type: type!, help: help[1], samples: [] }];
      families.set(...current);
    } else {
      const sample = parseSample(line);
      if (current === undefined || !belongs(sample.name, ...current)) fail(`Out of place: ${line}`);
      const key = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`;
      if (seen.has(key)) fail(`Twice: ${line}`);
      seen.add(key);
      current[1].samples.push(sample);
    }
  }
  for (const [name, family] of families) {
    if (family.type === "histogram") checkBuckets(name, family);
  }
  return families;
}

function parseSample(line: string): ExposedSample {
  const [, name, labels, value] = SAMPLE.exec(line) ?? [];
  if (name === undefined) fail(`Not a line of the format: ${line}`);
  return { name, labels: parseLabels(labels ?? ""), value: numberOf(value!) };
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== "";) {
    const match = LABEL.exec(rest);
    if (match === null) fail(`Not a label: ${rest}`);
    const [whole, name, value] = match;
    if (name! in labels) fail(`Label ${name} twice`);
    labels[name!] = value!.replace(/\\(["\\n])/g, (_, c) => c === "n" ? "\n" : c);
    rest = rest.slice(whole.length);
  }
  return labels;
}

function numberOf(text: string): number {
  return text.endsWith("Inf") ? text.startsWith("-") ? -Infinity : Infinity : Number(text);
}

function belongs(sample: string, name: string, { type }: ExposedFamily): boolean {
  if (type !== "histogram") return sample === name;
  return [`${name}_bucket`, `${name}_sum`, `${name}_count`].includes(sample);
}

function checkBuckets(name: string, { samples }: ExposedFamily): void {
  const buckets = samples.filter((sample) => sample.name === `${name}_bucket`);
  const bounds = buckets.map(({ labels }) => numberOf(labels.le ?? "NaN"));
  const rising = bounds.every((bound, i) => i === 0 || bound > bounds[i - 1]!);
  const counts = buckets.map(({ value }) => value);
  const growing = counts.every((count, i) => i === 0 || count >= counts[i - 1]!);
  const total = samples.find((sample) => sample.name === `${name}_count`)?.value;
  if (!rising || !growing) fail(`Buckets of ${name} do not rise`);
  if (bounds.at(-1) !== Infinity || counts.at(-1) !== total) fail(`${name} ends otherwise`);
}

/** The value of a sample without labels, or with these; undefined when there is none. */
export function valueOf(
  families: ReadonlyMap<string, ExposedFamily>,
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const wanted = JSON.stringify(Object.entries(labels).sort());
  return families.get(name)?.samples.find((sample) => {
    return JSON.stringify(Object.entries(sample.labels).sort()) === wanted;
  })?.value;
}
