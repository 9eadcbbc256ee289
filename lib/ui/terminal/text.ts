import { CSI, ERASE_TO_END_OF_LINE, PLAIN } from "./control_codes.ts";
import type { ColourDepth } from "./half_blocks.ts";
import type { TerminalBytes } from "./terminal_bytes.ts";

/** How words look. Colours are the person's own, so that they fit a light screen and a dark one. */
export type Look = "plain" | "bold" | "dim" | "reverse" | "green" | "yellow" | "red" | "cyan";

/** Words of one look. */
export interface Span {
  readonly text: string;
  readonly look: Look;
}

/** SGR parameters; a second set without colours. */
const RENDITIONS: Readonly<Record<Look, readonly [coloured: string, plain: string]>> = {
  plain: ["", ""],
  bold: ["1", "1"],
  dim: ["2", "2"],
  reverse: ["7", "7"],
  green: ["1;32", "1"],
  yellow: ["33", "1"],
  red: ["1;31", "1"],
  cyan: ["36", ""],
};

export function span(text: string, look: Look = "plain"): Span {
  return { text: printable(text), look };
}

/** What others wrote, without anything that a terminal would obey. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, "\u{fffd}");
}

/** Characters that take two cells (Unicode UAX #11), by and large. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{M}/u;

/** How many cells a text takes. */
export function cellsOf(text: string): number {
  let cells = 0;
  for (const character of text) {
    cells += COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  }
  return cells;
}

export function cellsOfAll(spans: readonly Span[]): number {
  return spans.reduce((sum, { text }) => sum + cellsOf(text), 0);
}

/** A text cut to `cells` cells, with an ellipsis where something is missing. */
export function cut(text: string, cells: number): string {
  if (cellsOf(text) <= cells) return text;
  let kept = "";
  let left = cells - 1;
  for (const character of text) {
    left -= cellsOf(character);
    if (left < 0) break;
    kept += character;
  }
  return cells > 0 ? `${kept}…` : "";
}

/** Writes a line and blanks the rest of its row. */
export function writeLine(
  out: TerminalBytes,
  spans: readonly Span[],
  { row, columns, colours }: { row: number; columns: number; colours: ColourDepth },
): void {
  out.moveTo(row, 0);
  let left = columns;
  for (const { text, look } of spans) {
    const shown = cut(text, left);
    const rendition = RENDITIONS[look][colours === "none" ? 1 : 0];
    if (rendition !== "") out.text(`${CSI}${rendition}m`);
    out.text(shown);
    if (rendition !== "") out.text(PLAIN);
    left -= cellsOf(shown);
    if (left <= 0) break;
  }
  if (left > 0) out.text(ERASE_TO_END_OF_LINE);
}

/** Breaks a text into lines of at most `cells` cells, between words where that can be. */
export function wrap(text: string, cells: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (cellsOf(longer) <= cells) line = longer;
    else {
      if (line !== "") lines.push(line);
      line = cut(word, cells);
    }
  }
  if (line !== "") lines.push(line);
  return lines;
}
