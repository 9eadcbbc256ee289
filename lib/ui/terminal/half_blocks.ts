import type { RgbaPicture } from "../../jpeg/planes.ts";
import { PLAIN } from "./control_codes.ts";
import { thresholdAt } from "./dither.ts";
import type { CellBox } from "./fit.ts";
import { paletteColour } from "./palette.ts";
import type { TerminalBytes } from "./terminal_bytes.ts";

/** How many colours a terminal shows: any of 24 bits, xterm's 256, or none. */
export type ColourDepth = "true" | "256" | "none";

/** U+2580, upper half block, in UTF-8: the foreground above, the background below. */
const UPPER_HALF = Uint8Array.of(0xe2, 0x96, 0x80);
const SPACE = 0x20;
const SEMICOLON = 0x3b;
const END_OF_RENDITION = 0x6d; // m
const INTRODUCER = Uint8Array.of(0x1b, 0x5b);
/** SGR 38;2 and 48;2, colours by their parts, and 38;5 and 48;5, by number (ITU-T T.416). */
const FOREGROUND_RGB = new TextEncoder().encode("38;2");
const BACKGROUND_RGB = new TextEncoder().encode("48;2");
const FOREGROUND_NUMBER = new TextEncoder().encode("38;5;");
const BACKGROUND_NUMBER = new TextEncoder().encode("48;5;");
/** No colour: none has been set, or none has been drawn. */
const NONE = -1;

/**
 * Pictures of coloured half-blocks: two pixels a character, one above the other. Only characters
 * that are others than before are written.
 */
export class HalfBlocks {
  /** What each cell shows: upper and lower colour. */
  #upper = new Int32Array();
  #lower = new Int32Array();
  #foreground = NONE;
  #background = NONE;

  constructor(readonly depth: "true" | "256") {}

  /** What is on the screen is no longer known; the next picture is written whole. */
  forget(): void {
    this.#upper.fill(NONE);
  }

  /** @param picture `box.columns` by `2 * box.rows` pixels */
  draw(out: TerminalBytes, picture: RgbaPicture, box: CellBox): void {
    const { columns, rows } = box;
    if (this.#upper.length !== columns * rows) {
      this.#upper = new Int32Array(columns * rows).fill(NONE);
      this.#lower = new Int32Array(columns * rows);
    }
    this.#foreground = this.#background = NONE;
    for (let row = 0; row < rows; row++) {
      let isHere = false;
      for (let column = 0; column < columns; column++) {
        const cell = row * columns + column;
        const upper = this.#colour(picture, column, 2 * row);
        const lower = this.#colour(picture, column, 2 * row + 1);
        if (this.#upper[cell] === upper && this.#lower[cell] === lower) {
          isHere = false;
          continue;
        }
        this.#upper[cell] = upper;
        this.#lower[cell] = lower;
        if (!isHere) out.moveTo(box.row + row, box.column + column);
        isHere = true;
        this.#cell(out, upper, lower);
      }
    }
    out.text(PLAIN);
  }

  /** The colour of a pixel as one number: 24 bits, or its place among the 256. */
  #colour({ width, data }: RgbaPicture, x: number, y: number): number {
    const at = 4 * (y * width + x);
    const red = data[at]!, green = data[at + 1]!, blue = data[at + 2]!;
    if (this.depth === "256") return paletteColour(red, green, blue, thresholdAt(x, y));
    return (red << 16) | (green << 8) | blue;
  }

  #cell(out: TerminalBytes, upper: number, lower: number): void {
    const needsUpper = upper !== lower && upper !== this.#foreground;
    const needsLower = lower !== this.#background;
    if (needsUpper || needsLower) {
      out.bytes(INTRODUCER);
      if (needsUpper) this.#rendition(out, upper, FOREGROUND_RGB, FOREGROUND_NUMBER);
      if (needsUpper && needsLower) out.byte(SEMICOLON);
      if (needsLower) this.#rendition(out, lower, BACKGROUND_RGB, BACKGROUND_NUMBER);
      out.byte(END_OF_RENDITION);
      if (needsUpper) this.#foreground = upper;
      this.#background = lower;
    }
    if (upper === lower) out.byte(SPACE);
    else out.bytes(UPPER_HALF);
  }

  #rendition(out: TerminalBytes, colour: number, rgb: Uint8Array, number: Uint8Array): void {
    if (this.depth === "256") {
      out.bytes(number);
      out.number(colour);
      return;
    }
    out.bytes(rgb);
    for (let shift = 16; shift >= 0; shift -= 8) {
      out.byte(SEMICOLON);
      out.number((colour >> shift) & 0xff);
    }
  }
}
