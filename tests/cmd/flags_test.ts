import { type Flags, parseDuration, parseFlags, parsePort, parseSize } from "../../cmd/flags.ts";
import { UsageError } from "../../cmd/exit_status.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";

const KNOWN = {
  json: { kind: "boolean", help: "" },
  quiet: { kind: "boolean", short: "q", help: "", excludes: "verbose" },
  verbose: { kind: "boolean", short: "v", help: "" },
  out: { kind: "text", short: "o", placeholder: "DIR", help: "" },
  ui: { kind: "text", choices: ["none", "web"], help: "" },
  frames: { kind: "integer", help: "", least: 1 },
  scale: { kind: "number", help: "", most: 4 },
  timeout: { kind: "duration", help: "", least: 1 },
  limit: { kind: "size", help: "" },
} as const satisfies Flags;

/** What stands on the command line, and what it says; flags not given are not listed. */
const LINES: { args: string[]; flags: Record<string, unknown>; words?: string[] }[] = [
  { args: [], flags: {} },
  { args: ["a", "b"], flags: {}, words: ["a", "b"] },
  { args: ["--json", "a"], flags: { json: true }, words: ["a"] },
  { args: ["a", "--out", "x", "b"], flags: { out: "x" }, words: ["a", "b"] },
  { args: ["--out=x=y"], flags: { out: "x=y" } },
  { args: ["-o", "x"], flags: { out: "x" } },
  { args: ["-q"], flags: { quiet: true } },
  { args: ["--frames", "3", "--frames", "4"], flags: { frames: 4 } },
  { args: ["--scale", "-1.5"], flags: { scale: -1.5 } },
  { args: ["--timeout", "500ms"], flags: { timeout: 500 } },
  { args: ["--limit", "64k"], flags: { limit: 65536 } },
  { args: ["--out", "--json"], flags: { out: "--json", json: false } },
  { args: ["--ui", "web"], flags: { ui: "web" } },
  { args: ["a", "--", "b"], flags: {}, words: ["a", "b"] },
];

for (const { args, flags, words = [] } of LINES) {
  Deno.test(`a command line says what it says: ${args.join(" ") || "nothing"}`, () => {
    const parsed = parseFlags(args, KNOWN);
    const given = Object.entries(parsed.flags).filter(([, value]) => value !== undefined);
    assertEquals(Object.fromEntries(given), flags);
    assertEquals(parsed.words, words);
  });
}

/** What no one can mean, and what is said. */
const WRONG: { args: string[]; says: string }[] = [
  { args: ["--jsno"], says: "unknown flag --jsno (did you mean --json?)" },
  { args: ["--fraems=3"], says: "unknown flag --fraems (did you mean --frames?)" },
  { args: ["--out"], says: "--out needs a value" },
  { args: ["--out", "-"], says: "--out -: this takes neither stdin nor stdout; name a file" },
  { args: ["--frames", "x"], says: '--frames: "x" is not a whole number' },
  { args: ["--frames", "1.5"], says: '--frames: "1.5" is not a whole number' },
  { args: ["--frames", "0"], says: "--frames: 0 is below the least, 1" },
  { args: ["--scale", "5"], says: "--scale: 5 is above the most, 4" },
  { args: ["--scale", "1e3"], says: '--scale: "1e3" is not a number' },
  { args: ["--timeout", "-5"], says: '--timeout: "-5" is not a duration' },
  { args: ["--timeout", "0"], says: "--timeout: 0 ms is below the least, 1 ms" },
  { args: ["--limit", "many"], says: '--limit: "many" is not a size' },
  { args: ["--ui", "tv"], says: '--ui: "tv" is not one of none, web' },
  { args: ["--quiet", "--verbose"], says: "--quiet and --verbose exclude each other" },
  { args: ["-qv"], says: "--quiet and --verbose exclude each other" },
];

for (const { args, says } of WRONG) {
  Deno.test(`a command line that means nothing is refused in words: ${args.join(" ")}`, () => {
    assertThrows(() => parseFlags(args, KNOWN), UsageError, says);
  });
}

Deno.test("durations are seconds unless a unit stands behind them", () => {
  const durations: [text: string, ms: number | undefined][] = [
    ["10", 10_000],
    ["1.5", 1500],
    ["250ms", 250],
    ["5s", 5000],
    ["2m", 120_000],
    ["1h", 3_600_000],
    ["", undefined],
    ["5d", undefined],
    ["5 s", undefined],
    ["-1", undefined],
    ["1e3", undefined],
    ["9999999999", undefined],
  ];
  for (const [text, ms] of durations) assertEquals(parseDuration(text), ms, text);
});

Deno.test("sizes are bytes unless a unit stands behind them", () => {
  const sizes: [text: string, bytes: number | undefined][] = [
    ["1400", 1400],
    ["64k", 65_536],
    ["2M", 2_097_152],
    ["1.5G", 1_610_612_736],
    ["2m", undefined],
    ["k", undefined],
    ["-1", undefined],
  ];
  for (const [text, bytes] of sizes) assertEquals(parseSize(text), bytes, text);
});

Deno.test("a port is a whole number up to 65,535", () => {
  assertEquals([parsePort("PORT", "1"), parsePort("PORT", "65535")], [1, 65535]);
  assertEquals(parsePort("PORT", "0", 0), 0);
  for (const text of ["0", "65536", "-1", "1.5", "", "http", "123456", "0x10"]) {
    assertThrows(() => parsePort("PORT", text), UsageError, `PORT "${text}" is not a port number`);
  }
});
