import type { PlayerSnapshot } from "../player/snapshot.ts";
import type { ColourDepth } from "./half_blocks.ts";
import type { CellBox } from "./fit.ts";
import type { TerminalBytes } from "./terminal_bytes.ts";
import { cellsOfAll, type Look, type Span, span, wrap, writeLine } from "./text.ts";

/** Longer lines are hard to read. */
const MOST_CELLS = 64;

/** What stands where the picture would be: what went wrong, or what comes next. */
export function messageLines(
  { failure, state, busy, name }: PlayerSnapshot,
  columns: number,
): Span[][] {
  const cells = Math.max(1, Math.min(MOST_CELLS, columns - 4));
  const paragraph = (text: string, look: Look): Span[][] => {
    return wrap(text, cells).map((line) => [span(line, look)]);
  };
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
