import { clamp } from "./shapes.ts";
import { DIGIT_HEIGHT, glyphMask, glyphMiddle, MARGIN } from "./stroke_font.ts";
import { type Tile, TILE_SIDE, type TileEncoder } from "./tile.ts";

/** Height of a digit in a cell of 16 pixels. */
const DIGIT_PIXELS = 10;
const WHITE = 255;

/** White characters on black in square cells of whole tiles; each is drawn once. */
export class TileText {
  readonly #encoder: TileEncoder;
  readonly #cells = new Map<string, readonly Tile[]>();

  /** @param scale tiles a side of a cell */
  constructor(encoder: TileEncoder, readonly scale: number) {
    this.#encoder = encoder;
  }

  /**
   * The tiles of a character's cell, row by row.
   * @throws {RangeError} for a character the font has not
   */
  cell(character: string): readonly Tile[] {
    let cell = this.#cells.get(character);
    if (cell === undefined) this.#cells.set(character, cell = this.#draw(character));
    return cell;
  }

  #draw(character: string): readonly Tile[] {
    const { scale } = this;
    const height = DIGIT_PIXELS * scale;
    const unit = height / DIGIT_HEIGHT;
    const { width, height: rows, coverage } = glyphMask(character, height);
    const left = Math.round(TILE_SIDE * scale / 2 - (MARGIN + glyphMiddle(character)) * unit);
    const top = Math.round((TILE_SIDE * scale - height) / 2 - MARGIN * unit);
    return Array.from({ length: scale * scale }, (_, i) => {
      const x0 = TILE_SIDE * (i % scale) - left, y0 = TILE_SIDE * Math.floor(i / scale) - top;
      return this.#encoder.encode((dx, dy) => {
        const x = x0 + dx, y = y0 + dy;
        const within = x >= 0 && y >= 0 && x < width && y < rows;
        const level = WHITE * clamp(within ? coverage[y * width + x]! : 0);
        return [level, level, level];
      });
    });
  }
}

/** The forms of the wall clock (UTC), longest first. */
export function clockTexts(wallTime: number): string[] {
  const text = new Date(wallTime).toISOString().replace("T", " ").replace("Z", "");
  const time = text.slice(text.indexOf(" ") + 1);
  return [text, time, time.slice(0, "hh:mm:ss".length)];
}

/**
 * A frame's number as it is drawn, from 1: six digits and more, or the last ones that there is room
 * for.
 */
export function numberText(index: number, room: number): string {
  return String(index + 1).padStart(6, "0").slice(-Math.max(1, room));
}
