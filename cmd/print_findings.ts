import type { Finding, FindingLevel } from "../lib/inspect/finding.ts";
import type { StreamInspector } from "../lib/inspect/stream_inspector.ts";
import { count, grouped, hexSsrc } from "../lib/inspect/words.ts";
import type { Style } from "./style.ts";
import { lossShare, type Summary } from "./summary.ts";

/** Width of a line of text for people. */
const WIDTH = 100;
const INDENT = " ".repeat(10);

/** The findings, each with what shows it and what it departs from. */
export function findingLines(findings: readonly Finding[], style: Style): string[] {
  const paint = { error: style.red, warning: style.yellow, info: style.green };
  const lines = [style.bold(`Findings: ${countLevels(findings)}`)];
  for (const { level, code, message, evidence, reference } of findings) {
    lines.push(`${paint[level](level.padEnd(INDENT.length - 1))} ${style.bold(code)}`);
    for (const line of wrap(message, WIDTH - INDENT.length)) lines.push(INDENT + line);
    const source = reference === undefined ? "" : ` (departs from ${reference})`;
    for (const line of wrap(`seen: ${evidence}${source}`, WIDTH - INDENT.length)) {
      lines.push(style.dim(INDENT + line));
    }
  }
  return lines;
}

/** What a stream amounts to, in a few aligned rows. */
export function streamLines(
  stream: StreamInspector | undefined,
  summary: Summary,
  style: Style,
): string[] {
  const { packets, lost, duplicated, reordered, frames, damagedFrames } = summary;
  const row = (name: string, ...facts: string[]): string => {
    return `  ${name.padEnd(8)}${facts.map((fact) => fact.padEnd(18)).join("")}`.trimEnd();
  };
  return [
    style.bold(`Stream: ${streamName(stream)}`),
    row(
      "packets",
      grouped(packets),
      `lost ${grouped(lost)} (${lossShare(summary).toFixed(1)} %)`,
      `duplicated ${grouped(duplicated)}`,
      `reordered ${grouped(reordered)}`,
    ),
    row(
      "frames",
      grouped(frames),
      `damaged ${grouped(damagedFrames)}`,
      `${summary.fps.toFixed(1)} fps`,
    ),
    row(
      "rate",
      `${(summary.bitsPerSecond / 1e6).toFixed(2)} Mbit/s`,
      `over ${summary.durationSeconds.toFixed(1)} s`,
      `jitter ${summary.jitterMs.toFixed(1)} ms (at most ${summary.maxJitterMs.toFixed(1)} ms)`,
    ),
  ];
}

function streamName(stream: StreamInspector | undefined): string {
  const last = stream?.lastPacket?.packet;
  if (stream === undefined || last === undefined) return "no packet came";
  const encoding = stream.format.encodingName ?? "unknown encoding";
  return `${encoding}, payload type ${last.payloadType}, SSRC ${hexSsrc(last.ssrc)}`;
}

function countLevels(findings: readonly Finding[]): string {
  const of = (wanted: FindingLevel): number => {
    return findings.filter(({ level }) => level === wanted).length;
  };
  if (findings.length === 0) return "none";
  return `${count(of("error"), "error")}, ${count(of("warning"), "warning")}, ${of("info")} info`;
}

/** Text in lines of at most so many characters, cut between words. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
