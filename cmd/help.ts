import type { Command } from "./command.ts";

/** A command's help: real examples first, then how it is called, then every flag. */
export function helpOf(command: Command): string {
  const examples = command.examples.map(([call, does]) => `  ${call}\n      ${does}`);
  const flags = Object.entries(command.flags).map(([name, flag]) => {
    const short = flag.short === undefined ? "    " : `-${flag.short}, `;
    const value = flag.kind === "boolean" ? "" : ` ${flag.placeholder ?? "VALUE"}`;
    return `  ${`${short}--${name}${value}`.padEnd(26)} ${flag.help}`;
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
