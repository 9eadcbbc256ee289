import type { Finding, FindingLevel } from "../lib/inspect/finding.ts";
import { formatOf } from "../lib/inspect/healthy_words.ts";
import type { SessionFacts } from "../lib/inspect/session_inspector.ts";
import type { StreamInspector } from "../lib/inspect/stream_inspector.ts";
import { type StreamSummary, summaryOf } from "../lib/inspect/stream_summary.ts";
import type { Verdict } from "../lib/inspect/verdict.ts";
import { count, grouped, hexSsrc } from "../lib/inspect/words.ts";
import type { Style } from "./style.ts";
import { lossShare, type Summary } from "./summary.ts";

/** Width of a line of text for people. */
const WIDTH = 100;
const INDENT = " ".repeat(10);
const CELL_WIDTH = 18;
/** A clock rate that is known no better than by a tenth is not worth telling. */
const MOST_DRIFT_ERROR_PPM = 100_000;
const MARKS = { healthy: "✓", warning: "!", error: "✗" } as const;

/** What it all comes down to, and the next thing to try. */
export function verdictLines({ level, message, advice }: Verdict, style: Style): string[] {
  const paint = { healthy: style.green, warning: style.yellow, error: style.red }[level];
  const title = `${MARKS[level]} Verdict: `;
  const indent = " ".repeat(title.length);
  const [first = "", ...rest] = wrap(message, WIDTH - title.length);
  const lines = [paint(style.bold(title + first)), ...rest.map((line) => paint(indent + line))];
  if (advice === undefined) return lines;
  const label = "Next: ";
  return [
    ...lines,
    ...wrap(label + advice, WIDTH - indent.length).map((line) => indent + line),
  ];
}

/** The findings, each with what shows it, what it departs from, and what to try. */
export function findingLines(findings: readonly Finding[], style: Style): string[] {
  const paint = { error: style.red, warning: style.yellow, info: style.green };
  const lines = [style.bold(`Findings: ${countLevels(findings)}`)];
  for (const { level, code, message, evidence, reference, advice, stream } of findings) {
    const where = stream === undefined ? "" : style.dim(` of ${stream}`);
    lines.push(`${paint[level](level.padEnd(INDENT.length - 1))} ${style.bold(code)}${where}`);
    for (const line of wrap(message, WIDTH - INDENT.length)) lines.push(INDENT + line);
    const source = reference === undefined ? "" : ` (departs from ${reference})`;
    for (const line of wrap(`seen: ${evidence}${source}`, WIDTH - INDENT.length)) {
      lines.push(style.dim(INDENT + line));
    }
    if (advice === undefined || level === "info") continue;
    for (const line of wrap(`next: ${advice}`, WIDTH - INDENT.length)) lines.push(INDENT + line);
  }
  return lines;
}

/** How media came, and what the requests tell; empty where that is nothing. */
export function sessionWords({ transport, roundTripMs, sessionTimeout }: SessionFacts): string {
  if (transport === undefined) return "";
  const facts = [`Media over ${transport.toUpperCase()}`];
  if (roundTripMs !== undefined) {
    facts.push(`replies to requests after ${roundTripMs.toFixed(roundTripMs < 10 ? 1 : 0)} ms`);
  }
  if (sessionTimeout !== undefined) facts.push(`session timeout ${sessionTimeout} s`);
  return facts.join(", ");
}

/** What a stream amounts to, in a few aligned rows. */
export function streamLines(
  stream: StreamInspector | undefined,
  summary: Summary,
  style: Style,
): string[] {
  const { packets, lost, duplicated, reordered, frames, damagedFrames } = summary;
  const facts = stream === undefined ? undefined : summaryOf(stream);
  const rows: string[][] = [
    [
      "packets",
      grouped(packets),
      `lost ${grouped(lost)} (${lossShare(summary).toFixed(1)} %)`,
      `duplicated ${grouped(duplicated)}`,
      `reordered ${grouped(reordered)}`,
    ],
    ["frames", grouped(frames), `damaged ${grouped(damagedFrames)}`, ...frameFacts(summary, facts)],
    [
      "rate",
      `${(summary.bitsPerSecond / 1e6).toFixed(2)} Mbit/s`,
      `over ${summary.durationSeconds.toFixed(1)} s`,
      `jitter ${summary.jitterMs.toFixed(1)} ms (at most ${summary.maxJitterMs.toFixed(1)} ms)`,
    ],
    ...(facts === undefined ? [] : clockRows(facts)),
  ];
  return [
    style.bold(`Stream: ${streamName(stream)}`),
    ...rows.map(([name = "", ...cells]) => {
      return `  ${style.dim(name.padEnd(8))}${
        cells.map((fact) => `${fact}  `.padEnd(CELL_WIDTH)).join("")
      }`
        .trimEnd();
    }),
  ];
}

function frameFacts(summary: Summary, facts: StreamSummary | undefined): string[] {
  const described = facts?.describedFps;
  const stated = described === undefined ? "" : ` (described ${Math.round(described * 100) / 100})`;
  const cells = [`${summary.fps.toFixed(1)} fps${stated}`];
  const { keyFrames, keyFrameIntervalFrames: every, keyFrameIntervalSeconds: after } = facts ?? {};
  if (keyFrames === undefined) return cells;
  const interval = every === undefined || after === undefined
    ? ""
    : `, one every ${every} frames (${after.toFixed(1)} s)`;
  return [...cells, `${count(keyFrames, "key frame")}${interval}`];
}

function clockRows(facts: StreamSummary): string[][] {
  const rows: string[][] = [];
  const { clockRate, measuredClockRate, driftPpm = 0, driftErrorPpm = 0 } = facts;
  if (measuredClockRate !== undefined && driftErrorPpm > MOST_DRIFT_ERROR_PPM) {
    rows.push(["clock", `${grouped(clockRate)} Hz`, "arrivals too uneven to measure it"]);
  } else if (measuredClockRate !== undefined) {
    const drift = Math.abs(driftPpm) <= driftErrorPpm
      ? `no drift beyond what may be chance (${grouped(driftErrorPpm)} ppm)`
      : `drift ${driftPpm > 0 ? "+" : ""}${driftPpm} ppm (±${grouped(driftErrorPpm)})`;
    rows.push([
      "clock",
      `${grouped(clockRate)} Hz`,
      `${grouped(measuredClockRate)} Hz measured`,
      drift,
    ]);
  }
  const { senderReports, reportedClockRate, senderClockOffsetMs, senderReportAheadMs } = facts;
  if (senderReports === 0) return [...rows, ["reports", "no sender report came"]];
  const cells = [`${grouped(senderReports)} SR`];
  if (reportedClockRate !== undefined) cells.push(`${grouped(reportedClockRate)} Hz by NTP`);
  if (senderReportAheadMs !== undefined) {
    cells.push(`${senderReportAheadMs.toFixed(0)} ms to the packets`);
  }
  if (senderClockOffsetMs !== undefined) {
    cells.push(`wall clock ${offsetWords(senderClockOffsetMs)}`);
  }
  return [...rows, ["reports", ...cells]];
}

function offsetWords(offsetMs: number): string {
  const seconds = Math.abs(offsetMs) / 1000;
  const size = seconds < 10 ? `${seconds.toFixed(3)} s` : `${grouped(Math.round(seconds))} s`;
  return `${size} ${offsetMs < 0 ? "behind" : "ahead of"} ours`;
}

function streamName(stream: StreamInspector | undefined): string {
  const last = stream?.lastPacket?.packet;
  if (stream === undefined || last === undefined) return "no packet came";
  const name = stream.name === "" ? "" : `${stream.name}, `;
  return `${name}${formatOf(stream)}, payload type ${last.payloadType}, SSRC ${hexSsrc(last.ssrc)}`;
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
