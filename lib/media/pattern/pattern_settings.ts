import { MediaRequestError } from "../../stream/media_provider.ts";

/** The name under which the test pattern is asked for. */
export const PATTERN_NAME = "test";

/** What fills the picture behind the dot. */
export const PATTERNS = Object.freeze(["bars", "ramp", "dot"] as const);
export type Pattern = typeof PATTERNS[number];

/** Red, green, blue: 0 … 255 each. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** What a test pattern is like. */
export interface PatternSettings {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Frames a second. */
  readonly rate: number;
  readonly pattern: Pattern;
  /** Behind the dot of pattern `dot`. */
  readonly colour: Rgb;
  /** Frames until the end; Infinity for none. */
  readonly frames: number;
  /** Whether the wall clock is drawn in. */
  readonly clock: boolean;
}

/** What may be asked of a pattern. */
export const PATTERN_LIMITS = Object.freeze({
  /** Pixels a side: what RFC 2435 has room for (section 3.1.5), and one MCU at least. */
  leastSide: 16,
  mostSide: 2040,
  /** Frames a second. */
  leastRate: 0.1,
  mostRate: 120,
  /** Pixels a second, as drawing takes time: 1920x1080 at 60. */
  pixelsPerSecond: 125_000_000,
  /** Frames until the end. */
  frames: 1_000_000_000,
  /** Characters of a query. */
  queryLength: 256,
});

/** What is drawn where the query says nothing. */
export const DEFAULT_PATTERN: PatternSettings = Object.freeze({
  width: 640,
  height: 480,
  rate: 25,
  pattern: "bars",
  colour: [24, 32, 56] as const,
  frames: Infinity,
  clock: true,
});

const COLOURS: Readonly<Record<string, Rgb>> = {
  black: [0, 0, 0],
  grey: [128, 128, 128],
  gray: [128, 128, 128],
  white: [255, 255, 255],
  red: [192, 0, 0],
  green: [0, 160, 0],
  blue: [0, 0, 192],
  yellow: [192, 192, 0],
  cyan: [0, 192, 192],
  magenta: [192, 0, 192],
};

type Reader = (value: string) => Partial<PatternSettings>;

const READERS: Readonly<Record<string, Reader>> = {
  size: readSize,
  rate: (value) => {
    const { leastRate, mostRate } = PATTERN_LIMITS;
    return { rate: number("rate", value, /^\d{1,4}(\.\d{1,3})?$/, [leastRate, mostRate]) };
  },
  pattern: (value) => ({ pattern: readPattern(value) }),
  colour: (value) => ({ colour: readColour(value) }),
  color: (value) => ({ colour: readColour(value) }),
  frames: (value) => ({
    frames: number("frames", value, /^\d{1,10}$/, [1, PATTERN_LIMITS.frames]),
  }),
  clock: (value) => {
    if (value !== "on" && value !== "off") refuse("clock", value, "on or off");
    return { clock: value === "on" };
  },
};

/**
 * Reads what stands behind the `?` of a pattern's URL: `size=640x480&rate=25&pattern=bars`, and
 * `colour`, `frames`, `clock`. What is not said is as in {@linkcode DEFAULT_PATTERN}.
 * @throws {MediaRequestError} naming the part that makes no sense, and what would
 */
export function parsePatternQuery(query: string): PatternSettings {
  if (query.length > PATTERN_LIMITS.queryLength) {
    throw refusal(`the query is longer than ${PATTERN_LIMITS.queryLength} characters`);
  }
  let settings = DEFAULT_PATTERN;
  for (const [name, value] of new URLSearchParams(query)) {
    const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
    if (reader === undefined) {
      const known = "size, rate, pattern, colour, frames, clock";
      throw refusal(`${JSON.stringify(name)} is not one of ${known}`);
    }
    settings = { ...settings, ...reader(value) };
  }
  const { width, height, rate } = settings;
  if (width * height * rate > PATTERN_LIMITS.pixelsPerSecond) {
    const most = PATTERN_LIMITS.pixelsPerSecond;
    throw refusal(`${width}x${height} at ${rate} is more than ${most} pixels a second`);
  }
  return settings;
}

/** The same text for the same pattern, however it was asked for. */
export function patternKey(settings: PatternSettings): string {
  const { width, height, rate, pattern, colour, frames, clock } = settings;
  return [width, height, rate, pattern, colour.join(","), frames, clock].join(" ");
}

function readSize(value: string): Partial<PatternSettings> {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(value)?.map(Number) ?? [];
  const { leastSide, mostSide } = PATTERN_LIMITS;
  const fits = (side: number | undefined): side is number => {
    return side !== undefined && side >= leastSide && side <= mostSide;
  };
  if (fits(width) && fits(height)) return { width, height };
  refuse("size", value, `WIDTHxHEIGHT of ${leastSide} to ${mostSide} pixels a side`);
}

function readPattern(value: string): Pattern {
  const found = PATTERNS.find((name) => name === value);
  if (found === undefined) refuse("pattern", value, PATTERNS.join(", "));
  return found;
}

function readColour(value: string): Rgb {
  const named = Object.hasOwn(COLOURS, value) ? COLOURS[value] : undefined;
  if (named !== undefined) return named;
  const [, red, green, blue] = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(value) ?? [];
  if (red === undefined || green === undefined || blue === undefined) {
    refuse("colour", value, `RRGGBB or ${Object.keys(COLOURS).join(", ")}`);
  }
  return [parseInt(red, 16), parseInt(green, 16), parseInt(blue, 16)];
}

function number(
  name: string,
  value: string,
  shape: RegExp,
  [least, most]: readonly [number, number],
): number {
  const read = shape.test(value) ? Number(value) : NaN;
  if (!(read >= least && read <= most)) refuse(name, value, `a number of ${least} to ${most}`);
  return read;
}

function refuse(name: string, value: string, expected: string): never {
  throw refusal(`${name}=${JSON.stringify(value)} is not ${expected}`);
}

function refusal(problem: string): MediaRequestError {
  return new MediaRequestError(PATTERN_NAME, problem);
}
