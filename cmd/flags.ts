import { parseArgs } from "@std/cli/parse-args";
import { closestString } from "@std/text/closest-string";
import { UsageError } from "./exit_status.ts";

/** What a flag's value is, and so how it is read; `texts` may be given again and again. */
export type FlagKind = "boolean" | "text" | "texts" | "integer" | "number" | "duration" | "size";

/** One flag of a command. */
export interface Flag {
  kind: FlagKind;
  /** A letter for `-x`. */
  short?: string;
  /** How help names the value. */
  placeholder?: string;
  /** One line, with the default. */
  help: string;
  /** Lowest and highest value of a number, both allowed. */
  least?: number;
  most?: number;
  /** The words a text may be. */
  choices?: readonly string[];
  /** A flag that cannot be given beside this one. */
  excludes?: string;
}

export type Flags = Readonly<Record<string, Flag>>;

type ValueOf<F extends Flag> = F["kind"] extends "boolean" ? boolean
  : F["kind"] extends "text" ? string
  : F["kind"] extends "texts" ? string[]
  : number;

/** Values by flag; durations are in ms, sizes in bytes. Flags not given are undefined. */
export type FlagValues<F extends Flags> = { [N in keyof F]: ValueOf<F[N]> | undefined };

/** What the command line said. */
export interface Parsed<F extends Flags> {
  flags: FlagValues<F>;
  /** The words that are no flags, in order. */
  words: string[];
}

/**
 * Reads a command's arguments.
 * @throws {UsageError} naming the flag, what is wrong with it, and the nearest known one
 */
export function parseFlags<F extends Flags>(args: string[], known: F): Parsed<F> {
  const parsed = parseArgs(attachValues(args, known), {
    string: ["_", ...Object.keys(known).filter((name) => known[name]!.kind !== "boolean")],
    boolean: Object.keys(known).filter((name) => known[name]!.kind === "boolean"),
    collect: Object.keys(known).filter((name) => known[name]!.kind === "texts"),
    alias: aliases(known),
    default: {},
    unknown: (argument: string, key?: string) => {
      if (key === undefined) return true;
      const name = argument.replace(/^-+|=.*$/g, "");
      if (Object.hasOwn(known, name)) throw new UsageError(`--${name} needs a value`);
      throw new UsageError(unknownFlag(argument.replace(/=.*$/, ""), known));
    },
  }) as Record<string, unknown>;
  const flags: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(known)) {
    const given = args.some((argument) => isFlag(argument, name, flag));
    flags[name] = given ? readValue(name, flag, parsed[name]) : undefined;
  }
  for (const [name, flag] of Object.entries(known)) {
    if (flags[name] !== undefined && flag.excludes && flags[flag.excludes] !== undefined) {
      throw new UsageError(`--${name} and --${flag.excludes} exclude each other`);
    }
  }
  return { flags: flags as FlagValues<F>, words: (parsed._ as unknown[]).map(String) };
}

/** Joins `--flag value` to `--flag=value`, so that a value may begin with a dash (`--scale -1`). */
function attachValues(args: string[], known: Flags): string[] {
  const joined: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const argument = args[i]!;
    if (argument === "--") return [...joined, ...args.slice(i)];
    const takesValue = Object.entries(known).some(([name, flag]) => {
      return flag.kind !== "boolean" && (argument === `--${name}` || argument === `-${flag.short}`);
    });
    if (!takesValue) joined.push(argument);
    else if (i + 1 >= args.length) throw new UsageError(`${argument} needs a value`);
    else joined.push(`${argument}=${args[++i]}`);
  }
  return joined;
}

function isFlag(argument: string, name: string, flag: Flag): boolean {
  if (argument === `--${name}` || argument.startsWith(`--${name}=`)) return true;
  if (flag.short === undefined) return false;
  // Short boolean flags may stand together: -qv.
  return argument.startsWith(`-${flag.short}`) ||
    (flag.kind === "boolean" && /^-[a-z]+$/.test(argument) && argument.includes(flag.short));
}

function aliases(known: Flags): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, flag] of Object.entries(known)) if (flag.short) out[flag.short] = name;
  return out;
}

function unknownFlag(argument: string, known: Flags): string {
  const nearest = closestString(
    argument,
    Object.keys(known).map((name) => `--${name}`),
  ) as string;
  return `unknown flag ${argument} (did you mean ${nearest}?)`;
}

function readValue(name: string, flag: Flag, value: unknown): unknown {
  if (flag.kind === "boolean") return value === true;
  if (flag.kind === "texts") return (value as unknown[]).map(String);
  const text = Array.isArray(value) ? String(value.at(-1)) : String(value);
  if (text === "") throw new UsageError(`--${name} needs a value`);
  if (flag.kind === "text") return readChoice(name, flag, text);
  const number = READERS[flag.kind](text);
  if (number === undefined) {
    throw new UsageError(`--${name}: ${JSON.stringify(text)} is not ${EXPECTED[flag.kind]}`);
  }
  return checkRange(`--${name}`, number, flag);
}

/** How help names the values that are files. */
const FILES = ["FILE", "DIR", "PATH"];

function readChoice(name: string, flag: Flag, text: string): string {
  if (text === "-" && FILES.includes(flag.placeholder ?? "")) {
    throw new UsageError(`--${name} -: this takes neither stdin nor stdout; name a file`);
  }
  if (flag.choices === undefined || flag.choices.includes(text)) return text;
  throw new UsageError(
    `--${name}: ${JSON.stringify(text)} is not one of ${flag.choices.join(", ")}`,
  );
}

function checkRange(what: string, value: number, { least, most, kind }: Flag): number {
  const unit = kind === "duration" ? " ms" : "";
  if (least !== undefined && value < least) {
    throw new UsageError(`${what}: ${value}${unit} is below the least, ${least}${unit}`);
  }
  if (most !== undefined && value > most) {
    throw new UsageError(`${what}: ${value}${unit} is above the most, ${most}${unit}`);
  }
  return value;
}

const READERS = {
  integer: (text: string) => /^-?\d{1,15}$/.test(text) ? Number(text) : undefined,
  number: (text: string) => /^-?\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : undefined,
  duration: parseDuration,
  size: parseSize,
};

const EXPECTED = {
  integer: "a whole number",
  number: "a number",
  duration: "a duration (like 500ms, 5s, 2m; a bare number is seconds)",
  size: "a size in bytes (like 1400, 64k, 2M)",
};

/** `500ms`, `5s`, `2m`, `1h`, or seconds, as milliseconds; undefined when it is none of these. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2] ?? "s"]!;
}

/** `1400`, `64k`, `2M`, `1G` as bytes; undefined when it is none of these. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d+)?)([kMG])?$/.exec(text);
  if (match === null) return undefined;
  return Math.round(
    Number(match[1]) * { "": 1, k: 1024, M: 1024 ** 2, G: 1024 ** 3 }[match[2] ?? ""]!,
  );
}

/**
 * A port number among the words.
 * @throws {UsageError} unless it is a whole number of `least` … 65,535
 */
export function parsePort(what: string, text: string, least = 1): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= least && port <= 65535) return port;
  throw new UsageError(`${what} ${JSON.stringify(text)} is not a port number (${least} to 65535)`);
}

/**
 * `A-B`, two ports with room for a pair between them.
 * @param flag whose value it is, with its dashes
 * @throws {UsageError} otherwise
 */
export function parsePortRange(flag: string, text: string): { first: number; last: number } {
  const [first = "", last, ...rest] = text.split("-");
  const what = `${flag} ${JSON.stringify(text)}`;
  if (last === undefined || rest.length > 0) throw new UsageError(`${what}: give FIRST-LAST`);
  const range = {
    first: parsePort(`${flag}: first port`, first),
    last: parsePort(`${flag}: last port`, last),
  };
  if (range.first + (range.first & 1) < range.last) return range;
  throw new UsageError(`${what} has no room for an even port and the next`);
}
