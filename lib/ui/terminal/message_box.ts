import type { RetrySnapshot } from "../player/retry.ts";
import type { PlayerSnapshot } from "../player/snapshot.ts";
import type { ColourDepth } from "./half_blocks.ts";
import type { CellBox } from "./fit.ts";
import type { TerminalBytes } from "./terminal_bytes.ts";
import { cellsOfAll, type Look, type Span, span, wrap, writeLine } from "./text.ts";

/** Longer lines are hard to read. */
const MOST_CELLS = 64;

/**
 * What stands where the picture would be: what went wrong, or what comes next.
 * @param wallTime now, in ms since the Unix epoch
 */
export function messageLines(
  { failure, retry, state, busy, name }: PlayerSnapshot,
  columns: number,
  wallTime: number,
): Span[][] {
  const cells = Math.max(1, Math.min(MOST_CELLS, columns - 4));
  const paragraph = (text: string, look: Look): Span[][] => {
    return wrap(text, cells).map((line) => [span(line, look)]);
  };
  if (failure !== undefined && retry !== undefined) {
    return [
      ...paragraph(failure.title, "red"),
      [],
      ...paragraph(failure.text, "plain"),
      ...paragraph(retryText(retry, wallTime), "cyan"),
      [],
      [
        ...[span("r", "bold"), span(" to try now   "), span("t", "bold")],
        ...[span(" to stop trying   "), span("q", "bold"), span(" to quit")],
      ],
    ];
  }
  if (failure !== undefined) {
    const hint = failure.kind === "authentication"
      ? "Give --user NAME --password-file FILE, or RTSPKIT_USER and RTSPKIT_PASSWORD."
      : failure.hint;
    return [
      ...paragraph(failure.title, "red"),
      [],
      ...paragraph(failure.text, "plain"),
      ...paragraph(hint, "dim"),
      [],
      [span("r", "bold"), span(" to try again   "), span("q", "bold"), span(" to quit")],
    ];
  }
  if (busy === "setup" || (busy === undefined && state === "Playing")) {
    const what = busy === "setup" ? `Connecting to ${name} …` : "Waiting for the first picture …";
    return paragraph(what, "dim");
  }
  if (busy !== undefined) return [];
  return state === "Init"
    ? [[span("s", "bold"), span(" sets up, "), span("space", "bold"), span(" plays")]]
    : [[span("space", "bold"), span(" plays")]];
}

/** `Trying again in 4 s (attempt 3).` */
function retryText({ attempt, at }: RetrySnapshot, wallTime: number): string {
  const count = attempt > 1 ? ` (attempt ${attempt})` : "";
  if (at === null) return `Trying again${count} …`;
  return `Trying again in ${Math.max(0, Math.ceil((at - wallTime) / 1000))} s${count}.`;
}

/** Writes lines into the middle of an area; every row of the area is written. */
export function drawMessage(
  out: TerminalBytes,
  lines: readonly Span[][],
  { area, columns, colours }: { area: CellBox; columns: number; colours: ColourDepth },
): void {
  const shown = lines.slice(0, area.rows);
  const top = (area.rows - shown.length) >> 1;
  for (let row = 0; row < area.rows; row++) {
    const line = shown[row - top] ?? [];
    const margin = Math.max(0, (columns - cellsOfAll(line)) >> 1);
    const spans = line.length === 0 ? [] : [span(" ".repeat(margin)), ...line];
    writeLine(out, spans, { row: area.row + row, columns, colours });
  }
}
