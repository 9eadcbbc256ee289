/**
 * Draws what a terminal shows as an SVG picture:
 * `tmux capture-pane -e -p | deno run scripts/terminal_svg.ts > docs/demo.svg`.
 *
 * @module
 */
import { colourOf } from "../lib/ui/terminal/palette.ts";
import { write } from "./say.ts";

/** Size of a character cell, in user units. */
const CELL = { width: 8, height: 17 };
const MARGIN = 16;
const BACKGROUND = "#11161d";
const FOREGROUND = "#d5dbe3";
/** Colours 31 to 36 of the terminal, as the demo uses them. */
const PALETTE: Readonly<Record<number, string>> = {
  31: "#f0706a",
  32: "#7ac77f",
  33: "#d9b25f",
  36: "#69b7d8",
};
/** What follows 38 or 48 in SGR: a colour of its own, or one of 256. */
const DIRECT = 2;
const INDEXED = 5;

/** How characters look until the next escape sequence. */
interface Style {
  colour: string;
  background: string | undefined;
  bold: boolean;
  dim: boolean;
  reverse: boolean;
}

/** Characters of one look beside each other. */
interface Run {
  style: Style;
  text: string;
}

const PLAIN: Style = {
  colour: FOREGROUND,
  background: undefined,
  bold: false,
  dim: false,
  reverse: false,
};

function readRuns(line: string, start: Style): { runs: Run[]; style: Style } {
  const runs: Run[] = [];
  let style = start;
  // Text, then the parameters of the SGR sequence behind it, and so on.
  // deno-lint-ignore no-control-regex
  for (const [index, part] of line.split(/\x1b\[([\d;]*)m/).entries()) {
    if (index % 2 === 1) style = restyle(style, part.split(";").map(Number));
    else if (part !== "") runs.push({ style, text: part });
  }
  return { runs, style };
}

function restyle(style: Style, codes: number[]): Style {
  const next = { ...style };
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 0) Object.assign(next, PLAIN);
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 7) next.reverse = true;
    else if (code === 39) next.colour = FOREGROUND;
    else if (code === 49) next.background = undefined;
    else if ((code === 38 || code === 48) && codes[at + 1] === DIRECT) {
      next[code === 38 ? "colour" : "background"] = `rgb(${codes.slice(at + 2, at + 5).join()})`;
      at += 4;
    } else if ((code === 38 || code === 48) && codes[at + 1] === INDEXED) {
      const colour = `rgb(${colourOf(codes[at + 2] ?? 16).join()})`;
      next[code === 38 ? "colour" : "background"] = colour;
      at += 2;
    } else next.colour = PALETTE[code] ?? next.colour;
  }
  return next;
}

function drawRun({ style, text }: Run, column: number, row: number): string {
  const x = MARGIN + column * CELL.width;
  const y = MARGIN + row * CELL.height;
  if (/^▀+$/.test(text)) return drawHalves(style, x, y, text.length);
  const box = style.reverse ? style.colour : style.background;
  const behind = box === undefined ? "" : drawBox(box, x, y, text.length);
  if (text.trim() === "") return behind;
  const look = (style.bold ? ` font-weight="bold"` : "") + (style.dim ? ` opacity=".6"` : "");
  const size = ` textLength="${text.length * CELL.width}"`;
  // Spaces that no reader takes together.
  const kept = text.replaceAll(" ", "\u00a0");
  const escaped = kept.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const colour = style.reverse ? style.background ?? BACKGROUND : style.colour;
  return `${behind}<text x="${x}" y="${y + 13}" fill="${colour}"${look}${size}>${escaped}</text>\n`;
}

function drawBox(fill: string, x: number, y: number, cells: number): string {
  const size = `width="${cells * CELL.width}" height="${CELL.height}"`;
  return `<rect x="${x}" y="${y}" ${size} fill="${fill}"/>\n`;
}

/** Upper half in the foreground's colour, lower half in the background's. */
function drawHalves(style: Style, x: number, y: number, cells: number): string {
  const half = CELL.height / 2;
  const rectangle = (top: number, fill: string): string =>
    `<rect x="${x}" y="${top}" width="${cells * CELL.width}" height="${half}" fill="${fill}"/>\n`;
  return rectangle(y, style.colour) + rectangle(y + half, style.background ?? BACKGROUND);
}

function draw(capture: string): string {
  const lines = capture.replace(/\s+$/, "").split("\n");
  let style = PLAIN;
  let columns = 0;
  let body = "";
  for (const [row, line] of lines.entries()) {
    const read = readRuns(line, style);
    style = read.style;
    let column = 0;
    for (const run of read.runs) {
      body += drawRun(run, column, row);
      column += run.text.length;
    }
    columns = Math.max(columns, column);
  }
  const width = 2 * MARGIN + columns * CELL.width;
  const height = 2 * MARGIN + lines.length * CELL.height;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" height="${height}" xml:space="preserve" shape-rendering="crispEdges" ` +
    `font-family="ui-monospace,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="13">\n` +
    `<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>\n${body}</svg>\n`;
}

if (import.meta.main) write(draw(await new Response(Deno.stdin.readable).text()));
