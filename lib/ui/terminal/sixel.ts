import type { RgbaPicture } from "../../jpeg/planes.ts";
import { DCS, ST } from "./control_codes.ts";
import { thresholdAt } from "./dither.ts";
import type { CellBox } from "./fit.ts";
import type { TerminalBytes } from "./terminal_bytes.ts";

/** Levels of red, green and blue: 252 colours, as most terminals have room for 256. */
const RED_LEVELS = 6, GREEN_LEVELS = 7, BLUE_LEVELS = 6;
const COLOURS = RED_LEVELS * GREEN_LEVELS * BLUE_LEVELS;
/** Rows of pixels that one row of sixels holds. */
const BAND = 6;
/** The sixel without a pixel; the six bits are added to it. */
const EMPTY_SIXEL = 0x3f;
/** `!` count character: a run. Shorter ones take as many bytes as they save. */
const REPEAT = 0x21;
const SHORTEST_RUN = 4;
const SELECT_COLOUR = 0x23; // #
const CARRIAGE_RETURN = 0x24; // $
const NEXT_BAND = 0x2d; // -
/** The parts of a colour are told in per cent. */
const PER_CENT = 100;
const FULL = 255;

/**
 * Pictures as sixels (DEC STD 070, chapter 11; VT340): a palette that never changes, so that
 * colours do not swim from picture to picture, and ordered dithering for what lies between.
 *
 * ```
 *   DCS 0 ; 1 ; 0 q  " 1 ; 1 ; width ; height  #n;2;r;g;b …  #n sixels $ #m sixels - …  ST
 * ```
 */
export class Sixels {
  readonly #palette = paletteText();
  /** For each colour of a band, its bits column by column. */
  #bits = new Uint8Array();
  /** Colours of the band under way: their first and last column; -1 for none. */
  readonly #first = new Int32Array(COLOURS);
  readonly #last = new Int32Array(COLOURS);

  /** @param picture in pixels of the screen */
  draw(out: TerminalBytes, picture: RgbaPicture, box: CellBox): void {
    const { width, height } = picture;
    if (this.#bits.length !== COLOURS * width) this.#bits = new Uint8Array(COLOURS * width);
    out.moveTo(box.row, box.column);
    out.text(`${DCS}0;1;0q"1;1;${width};${height}${this.#palette}`);
    for (let top = 0; top < height; top += BAND) {
      if (top > 0) out.byte(NEXT_BAND);
      this.#gather(picture, top);
      for (let colour = 0; colour < COLOURS; colour++) {
        if (this.#first[colour]! >= 0) this.#write(out, colour, width);
      }
    }
    out.text(ST);
  }

  #gather({ width, height, data }: RgbaPicture, top: number): void {
    const bits = this.#bits;
    this.#first.fill(-1);
    const rows = Math.min(BAND, height - top);
    for (let row = 0; row < rows; row++) {
      const y = top + row;
      let at = 4 * y * width;
      for (let x = 0; x < width; x++, at += 4) {
        const threshold = thresholdAt(x, y);
        const red = (data[at]! * (RED_LEVELS - 1) / FULL + threshold) | 0;
        const green = (data[at + 1]! * (GREEN_LEVELS - 1) / FULL + threshold) | 0;
        const blue = (data[at + 2]! * (BLUE_LEVELS - 1) / FULL + threshold) | 0;
        const colour = (red * GREEN_LEVELS + green) * BLUE_LEVELS + blue;
        bits[colour * width + x]! |= 1 << row;
        if (this.#first[colour]! < 0) this.#first[colour] = this.#last[colour] = x;
        else if (x < this.#first[colour]!) this.#first[colour] = x;
        else if (x > this.#last[colour]!) this.#last[colour] = x;
      }
    }
  }

  /** One colour's sixels of the band, and makes its bits ready for the next one. */
  #write(out: TerminalBytes, colour: number, width: number): void {
    const bits = this.#bits;
    const first = this.#first[colour]!;
    const end = colour * width + this.#last[colour]! + 1;
    out.byte(SELECT_COLOUR);
    out.number(colour);
    if (first > 0) run(out, 0, first);
    for (let at = colour * width + first; at < end;) {
      const value = bits[at]!;
      const from = at;
      while (at < end && bits[at] === value) bits[at++] = 0;
      run(out, value, at - from);
    }
    out.byte(CARRIAGE_RETURN);
  }
}

function run(out: TerminalBytes, value: number, count: number): void {
  const sixel = EMPTY_SIXEL + value;
  if (count >= SHORTEST_RUN) {
    out.byte(REPEAT);
    out.number(count);
    out.byte(sixel);
  } else for (let i = 0; i < count; i++) out.byte(sixel);
}

function paletteText(): string {
  let text = "";
  const part = (level: number, levels: number): number => {
    return Math.round(level * PER_CENT / (levels - 1));
  };
  for (let colour = 0; colour < COLOURS; colour++) {
    const blue = part(colour % BLUE_LEVELS, BLUE_LEVELS);
    const green = part(Math.floor(colour / BLUE_LEVELS) % GREEN_LEVELS, GREEN_LEVELS);
    const red = part(Math.floor(colour / BLUE_LEVELS / GREEN_LEVELS), RED_LEVELS);
    text += `#${colour};2;${red};${green};${blue}`;
  }
  return text;
}
