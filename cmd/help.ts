import type { Command } from "./command.ts";

/** Columns of the flags, and of everything: a terminal of a usual width shows it whole. */
const FLAG_WIDTH = 26;
const WIDTH = 98;
/** Where what flags are for begins. */
const HELP_AT = FLAG_WIDTH + 3;

/** A command's help: real examples first, then how it is called, then every flag. */
export function helpOf(command: Command): string {
  const examples = command.examples.map(([call, does]) => `  ${call}\n      ${does}`);
  const flags = Object.entries(command.flags).map(([name, flag]) => {
    const short = flag.short === undefined ? "    " : `-${flag.short}, `;
    const value = flag.kind === "boolean" ? "" : ` ${flag.placeholder ?? "VALUE"}`;
    return flagLines(`${short}--${name}${value}`, flag.help);
  });
  return [
    `rtspkit ${command.name}: ${command.summary}`,
    "",
    "Examples:",
    ...examples,
    "",
    "Usage:",
    ...command.usage.map((line) => `  ${line}`),
    "",
    "Flags:",
    ...flags,
  ].join("\n");
}

/** A flag and what it is for, beside it or, where the flag is long, below it. */
function flagLines(flag: string, help: string): string {
  const indent = " ".repeat(HELP_AT);
  const text = wrapped(help, WIDTH - HELP_AT).join(`\n${indent}`);
  return flag.length <= FLAG_WIDTH
    ? `  ${flag.padEnd(FLAG_WIDTH)} ${text}`
    : `  ${flag}\n${indent}${text}`;
}

/** Breaks text between words, and long words after commas, so that no line is wider. */
function wrapped(text: string, width: number): string[] {
  const lines = [""];
  for (const part of text.match(/[^\s,]+(?:,+|$)?\s*|\s+/g) ?? []) {
    const line = lines.at(-1)!;
    if (line !== "" && (line + part).trimEnd().length > width) lines.push(part);
    else lines[lines.length - 1] = line + part;
  }
  return lines.map((line) => line.trimEnd());
}
