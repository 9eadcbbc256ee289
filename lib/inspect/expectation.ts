import { closestString } from "@std/text/closest-string";

/** How a measure is compared with what is expected of it. */
export type Comparison = ">=" | "<=" | ">" | "<" | "=" | "!=";

/** Something a stream is expected to be. */
export interface Expectation {
  /** As it was written. */
  text: string;
  /** The streams it is about: by name (`video`, `audio 2`), `all` of them, or the main one. */
  stream: string | undefined;
  measure: Measure;
  comparison: Comparison;
  /** In the measure's unit; a word for measures that are words. */
  wanted: number | string;
}

/** What is known of a stream at its end, in the units of {@linkcode MEASURES}. */
export interface StreamMeasures {
  /** What it is called: `video`, `audio 2`. */
  name: string;
  /** By measure; undefined where it is not known. */
  values: Partial<Record<Measure, number | string>>;
}

/** Whether an expectation holds for a stream. */
export interface ExpectationResult {
  expectation: Expectation;
  /** What the stream is called; undefined where there is no such stream. */
  stream: string | undefined;
  holds: boolean;
  /** What was measured, for people; `not known` where it was not. */
  measured: string;
  /** The same for programs; undefined where it is not known. */
  value: number | string | undefined;
}

/** An expectation that cannot be read. The message names the part that is wrong. */
export class ExpectationSyntaxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ExpectationSyntaxError";
  }
}

type Unit = "number" | "count" | "share" | "time" | "rate" | "word";

/** What can be expected, in which unit, and what it means. */
export const MEASURES = {
  fps: { unit: "number", meaning: "whole frames a second" },
  frames: { unit: "count", meaning: "whole frames" },
  damaged: { unit: "count", meaning: "frames that are not whole" },
  packets: { unit: "count", meaning: "RTP packets" },
  lost: { unit: "count", meaning: "RTP packets lost" },
  loss: { unit: "share", meaning: "RTP packets lost, as a share of those sent" },
  duplicated: { unit: "count", meaning: "RTP packets that came twice" },
  reordered: { unit: "count", meaning: "RTP packets that came late" },
  jitter: { unit: "time", meaning: "highest interarrival jitter (RFC 3550, 6.4.1)" },
  gap: { unit: "time", meaning: "longest time without a packet" },
  freeze: { unit: "time", meaning: "longest time without a new picture" },
  first: { unit: "time", meaning: "time from PLAY to the first packet" },
  duration: { unit: "time", meaning: "time from the first packet to the last" },
  bitrate: { unit: "rate", meaning: "bits a second, RTP headers included" },
  width: { unit: "count", meaning: "width of the picture in pixels" },
  height: { unit: "count", meaning: "height of the picture in pixels" },
  errors: { unit: "count", meaning: "findings of level error" },
  warnings: { unit: "count", meaning: "findings of level warning" },
  codec: { unit: "word", meaning: "encoding, like H264, JPEG, PCMU" },
  transport: { unit: "word", meaning: "udp, tcp or multicast" },
} as const satisfies Record<string, { unit: Unit; meaning: string }>;

/** The name of something that can be expected. */
export type Measure = keyof typeof MEASURES;

/** How many may be asked for at once. */
const MOST_EXPECTATIONS = 100;

const SHAPE = /^(?:([^:<>=!]+):)?\s*([^<>=!]*?)\s*(>=|<=|==|!=|=>|=<|>|<|=)\s*(.*)$/s;

/**
 * Reads expectations, e.g. `fps>=10,loss<1%,audio:packets>0`.
 * @throws {ExpectationSyntaxError} naming the part that cannot be read, and the nearest name
 */
export function parseExpectations(text: string): Expectation[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.every((part) => part === "")) {
    throw new ExpectationSyntaxError("nothing is expected; say for example fps>=10,loss<1%");
  }
  if (parts.length > MOST_EXPECTATIONS) {
    throw new ExpectationSyntaxError(`more than ${MOST_EXPECTATIONS} expectations`);
  }
  return parts.map((part, i) => {
    if (part !== "") return parseExpectation(part);
    throw new ExpectationSyntaxError(`expectation ${i + 1} is empty: two commas in a row?`);
  });
}

function parseExpectation(text: string): Expectation {
  const [, stream, name = "", sign = "", value = ""] = SHAPE.exec(text) ?? [];
  if (sign === "") {
    const measure = measureNamed(text, text);
    const { unit } = MEASURES[measure];
    throw new ExpectationSyntaxError(
      `${quoted(text)} compares with nothing; write for example ${measure}${EXAMPLES[unit]}`,
    );
  }
  const measure = measureNamed(name, text);
  const { unit } = MEASURES[measure];
  const comparison = ({ "==": "=", "=>": ">=", "=<": "<=" }[sign] ?? sign) as Comparison;
  if (unit === "word" && comparison !== "=" && comparison !== "!=") {
    throw new ExpectationSyntaxError(
      `${quoted(text)}: ${measure} is a word, which only = and != compare`,
    );
  }
  const wanted = READERS[unit](value.trim());
  if (wanted === undefined) {
    throw new ExpectationSyntaxError(
      `${quoted(text)}: ${quoted(value)} is not ${KINDS[unit]}`,
    );
  }
  return { text, stream: stream?.trim().toLowerCase(), measure, comparison, wanted };
}

function measureNamed(name: string, text: string): Measure {
  const wanted = name.trim().toLowerCase();
  if (Object.hasOwn(MEASURES, wanted)) return wanted as Measure;
  const names = Object.keys(MEASURES);
  const nearest = closestString(wanted, names) as string;
  const which = wanted === "" ? `${quoted(text)} names nothing` : `unknown name ${quoted(name)}`;
  throw new ExpectationSyntaxError(
    `${which}${name === text || wanted === "" ? "" : ` in ${quoted(text)}`} (${
      wanted === "" ? "" : `did you mean ${nearest}? `
    }there are ${names.join(", ")})`,
  );
}

const EXAMPLES: Record<Unit, string> = {
  number: ">=10",
  count: ">=50",
  share: "<1%",
  time: "<2s",
  rate: ">=1M",
  word: "=H264",
};

const KINDS: Record<Unit, string> = {
  number: "a number",
  count: "a whole number",
  share: "a share (like 1% or 0.5%)",
  time: "a time (like 500ms, 2s, 1m; a bare number is seconds)",
  rate: "a rate in bits a second (like 500k, 1M, 2.5M)",
  word: "a word",
};

const READERS: Record<Unit, (text: string) => number | string | undefined> = {
  number: readNumber,
  count: (text) => /^\d{1,15}$/.test(text) ? Number(text) : undefined,
  share: (text) => /^\d{1,3}(?:\.\d+)?\s*%?$/.test(text) ? parseFloat(text) : undefined,
  time: (text) => scaled(text, { ms: 1, s: 1000, m: 60_000, h: 3_600_000, "": 1000 }),
  rate: (text) => scaled(text.replace(/(?:bit\/s|bps|b)$/i, ""), RATES),
  word: (text) => /^[\w./ -]{1,64}$/.test(text) ? text : undefined,
};

const RATES = { k: 1e3, K: 1e3, M: 1e6, m: 1e6, G: 1e9, g: 1e9, "": 1 };

function readNumber(text: string): number | undefined {
  return /^\d{1,12}(?:\.\d{1,9})?$/.test(text) ? Number(text) : undefined;
}

function scaled(text: string, units: Record<string, number>): number | undefined {
  const [, digits = "", unit = ""] = /^([\d.]+)\s*([a-zA-Z]*)$/.exec(text) ?? [];
  const value = readNumber(digits);
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  return value === undefined || factor === undefined ? undefined : value * factor;
}

/**
 * Compares what was measured with what was expected.
 * @param streams that which matters most first; none where no packet came
 */
export function judgeExpectations(
  expectations: readonly Expectation[],
  streams: readonly StreamMeasures[],
): ExpectationResult[] {
  return expectations.flatMap((expectation) => {
    const chosen = streamsOf(expectation, streams);
    if (chosen.length > 0) return chosen.map((stream) => judge(expectation, stream));
    const measured = expectation.stream === undefined || expectation.stream === "all"
      ? "no stream came"
      : `no stream ${quoted(expectation.stream)} came`;
    return [{ expectation, stream: undefined, holds: false, measured, value: undefined }];
  });
}

function streamsOf(
  { stream }: Expectation,
  streams: readonly StreamMeasures[],
): readonly StreamMeasures[] {
  if (stream === undefined) return streams.slice(0, 1);
  if (stream === "all") return streams;
  const plain = (name: string): string => name.toLowerCase().replace(/\s+/g, "");
  return streams.filter(({ name }) => plain(name) === plain(stream));
}

function judge(expectation: Expectation, { name, values }: StreamMeasures): ExpectationResult {
  const { measure, comparison, wanted } = expectation;
  const value = values[measure];
  const { unit } = MEASURES[measure];
  const measured = value === undefined ? "not known" : written(value, unit);
  const holds = value !== undefined && holdsFor(value, comparison, wanted);
  return { expectation, stream: name, holds, measured, value };
}

function holdsFor(
  value: number | string,
  comparison: Comparison,
  wanted: number | string,
): boolean {
  if (typeof wanted === "string" || typeof value === "string") {
    const equal = String(value).toUpperCase() === String(wanted).toUpperCase();
    return comparison === "=" ? equal : comparison === "!=" && !equal;
  }
  switch (comparison) {
    case ">=":
      return value >= wanted;
    case "<=":
      return value <= wanted;
    case ">":
      return value > wanted;
    case "<":
      return value < wanted;
    case "=":
      return value === wanted;
    case "!=":
      return value !== wanted;
  }
}

function written(value: number | string, unit: Unit): string {
  if (typeof value === "string") return value;
  const short = (number: number, digits: number): string => String(Number(number.toFixed(digits)));
  switch (unit) {
    case "share":
      return `${short(value, 3)}%`;
    case "time":
      return value < 1000 ? `${short(value, 1)}ms` : `${short(value / 1000, 3)}s`;
    case "rate":
      return value >= 1e6 ? `${short(value / 1e6, 3)}M` : `${short(value / 1e3, 1)}k`;
    default:
      return short(value, 2);
  }
}

/** A result in one line, for people. */
export function resultLine({ expectation, stream, holds, measured }: ExpectationResult): string {
  const where = stream === undefined || stream === "" ? "" : `${stream}: `;
  return `${holds ? "holds" : "fails"}  ${where}${expectation.text}, measured ${measured}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
