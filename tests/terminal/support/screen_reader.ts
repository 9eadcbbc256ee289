// deno-lint-ignore-file no-control-regex
// A small terminal for tests: reads what was written to one, or captured from one, into cells.
import type { RgbaPicture } from "../../../lib/jpeg/planes.ts";
import { colourOf } from "../../../lib/ui/terminal/palette.ts";

type Colour = readonly [red: number, green: number, blue: number];

/** A character cell; undefined colours are the person's own. */
export interface Cell {
  text: string;
  foreground: Colour | undefined;
  background: Colour | undefined;
  reverse: boolean;
}

const BLANK: Cell = { text: " ", foreground: undefined, background: undefined, reverse: false };

/** Characters, colours, the cursor's moves and erasing; everything else is passed over. */
export class ScreenReader {
  readonly rows: Cell[][];
  #row = 0;
  #column = 0;
  #style: Cell = { ...BLANK };

  constructor(readonly columns: number, count: number) {
    this.rows = Array.from({ length: count }, () => Array.from({ length: columns }, () => BLANK));
  }

  /** The characters of a row, without blanks at its end. */
  line(row: number): string {
    return (this.rows[row] ?? []).map(({ text }) => text).join("").trimEnd();
  }

  /** @param text what a program wrote, or lines as a terminal was captured */
  read(text: string): this {
    // Control strings, control sequences, other escapes, and characters.
    const parts = /\x1b[P_\]][^]*?(?:\x1b\\|\x07)|\x1b\[([<-?]?)([0-9;]*)[ -/]*([@-~])|\x1b.|[^]/gu;
    for (const [all, mark, parameters, final] of text.matchAll(parts)) {
      if (final !== undefined) {
        if (mark === "") this.#control(final, (parameters ?? "").split(";").map(Number));
      } else if (!all.startsWith("\x1b")) this.#character(all);
    }
    return this;
  }

  /** The pixels of half-blocks in a box, two a cell. */
  pixels(box: { row: number; column: number; rows: number; columns: number }): RgbaPicture {
    const height = 2 * box.rows;
    const data = new Uint8Array(4 * box.columns * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < box.columns; x++) {
        const cell = this.rows[box.row + (y >> 1)]![box.column + x]!;
        const isUpper = y % 2 === 0 && cell.text === "▀";
        const colour = (isUpper ? cell.foreground : cell.background) ?? [0, 0, 0];
        data.set([...colour, 255], 4 * (y * box.columns + x));
      }
    }
    return { width: box.columns, height, data };
  }

  #character(character: string): void {
    if (character === "\r") this.#column = 0;
    else if (character === "\n") {
      this.#row++;
      this.#column = 0;
    } else if (character >= " ") {
      const row = this.rows[this.#row];
      if (row !== undefined && this.#column < this.columns) {
        row[this.#column] = { ...this.#style, text: character };
      }
      this.#column++;
    }
  }

  #control(final: string, parameters: number[]): void {
    const [first = 0, second = 0] = parameters;
    if (final === "H") {
      this.#row = Math.max(1, first) - 1;
      this.#column = Math.max(1, second) - 1;
    } else if (final === "K") this.#erase(this.#row, this.#column);
    else if (final === "J") this.rows.forEach((_, row) => this.#erase(row, 0));
    else if (final === "m") this.#render(parameters);
  }

  #erase(row: number, from: number): void {
    this.rows[row]?.fill({ ...BLANK, background: this.#style.background }, from);
  }

  #render(codes: number[]): void {
    for (let at = 0; at < codes.length; at++) {
      const code = codes[at]!;
      if (code === 0) this.#style = { ...BLANK };
      else if (code === 7) this.#style.reverse = true;
      else if (code === 27) this.#style.reverse = false;
      else if (code === 39) this.#style.foreground = undefined;
      else if (code === 49) this.#style.background = undefined;
      else if (code === 38 || code === 48) {
        const isDirect = codes[at + 1] === 2;
        const colour = isDirect
          ? codes.slice(at + 2, at + 5) as unknown as Colour
          : colourOf(codes[at + 2]!);
        this.#style[code === 38 ? "foreground" : "background"] = colour;
        at += isDirect ? 4 : 2;
      }
    }
  }
}
