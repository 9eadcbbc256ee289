/**
 * What `docs/verdicts.md` says, made from the gallery of faults whose tests show that each is called
 * what stands there, and nothing else.
 *
 *     deno run -A tests/support/verdicts_document.ts
 */
import { type FindingCode, FINDINGS } from "../../lib/inspect/catalogue.ts";
import { type Fault, MEDIA_FAULTS } from "./faulty_gallery.ts";
import { LAB_FAULTS } from "./faulty_labs.ts";
import { SERVER_FAULTS } from "./faulty_servers.ts";

/** The document, from the root of the project. */
export const VERDICTS_DOCUMENT = new URL("../../docs/verdicts.md", import.meta.url);

const INTRODUCTION = `<!-- Made by tests/support/verdicts_document.ts; a test compares. -->

# What \`rtspkit probe\` finds

The verdict is one line: what matters most of what was found, or that the stream is healthy. The
findings follow, each with its code, what shows it, and what to try. Codes are stable: scripts may
look for them in \`--json\`.

- **error**: the stream cannot be played, or its pictures are missing or broken. \`--strict\` gives
  status 7.
- **warning**: some players have trouble with it.
- **info**: good to know. A healthy stream gives nothing above that.

What is a mere consequence of something else is told as evidence of that: frames that are broken
because packets were lost are no finding of their own, but make the loss an error.
`;

const LOSS = `## Where packets are lost

- **loss-sender**: they are missing over TCP, where none can be lost on the way; or the sender's
  reports (RTCP SR) count fewer packets than sequence numbers it used.
- **loss-network**: the sender's reports count them as sent, and they did not come.
- **host-drops**: they reached this machine, whose receive buffer was full (the socket's own counter
  tells).
- **sequence-gap**: none of these can be told, as there were no two reports. Look longer.
`;

const GALLERY = `## Faults and their verdicts

Each of these faults is made on purpose in a test, and the verdict is exactly this one.
`;

const CAUSES = `## All causes

`;

/** The whole document. */
export function verdictsDocument(): string {
  const rows = [...MEDIA_FAULTS, ...SERVER_FAULTS, ...LAB_FAULTS].map(faultRow);
  const faults = table(["fault", "verdict", "level"], rows);
  const causes = table(["code", "level", "what it means", "the next thing to try"], causeRows());
  return [INTRODUCTION, LOSS, `${GALLERY}\n${faults}`, CAUSES + causes].join("\n");
}

function faultRow({ fault, code, level }: Fault): string[] {
  return [capital(fault), code === "healthy" ? "healthy" : `\`${code}\``, level];
}

function causeRows(): string[][] {
  const codes = Object.keys(FINDINGS) as FindingCode[];
  return codes.map((code) => {
    const { level, title, advice = "" } = FINDINGS[code];
    return [`\`${code}\``, level, capital(title), advice];
  });
}

/** A table as \`deno fmt\` lays it out. */
function table(heading: string[], rows: string[][]): string {
  const all = [heading, ...rows].map((row) => row.map(escaped));
  const widths = heading.map((_, i) => Math.max(...all.map((row) => row[i]!.length)));
  const line = (cells: string[]): string => {
    return `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  };
  const rule = line(widths.map((width) => "-".repeat(width)));
  const [first, ...others] = all.map(line);
  return [first, rule, ...others, ""].join("\n");
}

function escaped(cell: string): string {
  return cell.replace(/[|*_<]/g, "\\$&");
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}

if (import.meta.main) await Deno.writeTextFile(VERDICTS_DOCUMENT, verdictsDocument());
