import { formatFileHeader } from "../../jpeg/file_header.ts";
import { quantizationPair } from "../../jpeg/quantization.ts";
import { Mosaic } from "./mosaic.ts";
import type { PatternSettings, Rgb } from "./pattern_settings.ts";
import { clockTexts, numberText, TileText } from "./pattern_text.ts";
import { circle, clamp } from "./shapes.ts";
import { type Tile, TILE_SIDE, TileEncoder } from "./tile.ts";

const QUALITY = 75;
/** Seconds the dot takes across and back, and down and up again. */
const DOT_ACROSS = 4;
const DOT_DOWN = 3;
/** The eight bars of 75 % (Rec. ITU-R BT.471). */
const LEVEL = 191;
const BARS: readonly Rgb[] = [
  [LEVEL, LEVEL, LEVEL],
  [LEVEL, LEVEL, 0],
  [0, LEVEL, LEVEL],
  [0, LEVEL, 0],
  [LEVEL, 0, LEVEL],
  [LEVEL, 0, 0],
  [0, 0, LEVEL],
  [0, 0, 0],
];
/** A white disc in a black one, so that it shows on everything; the share that is white. */
const INSIDE = 0.7;
/** The dot's radius is this share of the shorter side, and no more pixels than these. */
const DOT_SHARE = 0.1;
const MOST_DOT = 48;
/** No pixel of a tile is farther from its middle, soft edges included. */
const TILE_REACH = TILE_SIDE * Math.SQRT1_2 + 1;
const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** Text this many tiles wide would fill a picture; the number is drawn larger than the clock. */
const NUMBER_COLUMNS = 20;
const CLOCK_COLUMNS = 40;

/** Where the dot is. */
export interface DotPlace {
  /** Its middle, in pixels. */
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/**
 * Draws the frames of one test pattern as JPEG (baseline, 4:2:0, the Huffman tables of T.81 Annex K).
 * The picture is a mosaic of tiles that are transformed once; for a frame only those below the dot
 * are drawn anew, and all are entropy-coded.
 */
export class PatternPainter {
  readonly #columns: number;
  readonly #rows: number;
  /** Whole columns and rows of tiles within the picture, where text may stand. */
  readonly #wholeColumns: number;
  readonly #wholeRows: number;
  readonly #encoder: TileEncoder;
  /** What stands behind everything depends on the column alone. */
  readonly #background: readonly Tile[];
  readonly #number: TileText;
  readonly #clock: TileText;
  readonly #tiles: Tile[];
  readonly #mosaic: Mosaic;
  readonly #white: Tile;
  readonly #black: Tile;

  constructor(readonly settings: PatternSettings) {
    const { width, height } = settings;
    this.#columns = Math.ceil(width / TILE_SIDE);
    this.#rows = Math.ceil(height / TILE_SIDE);
    this.#wholeColumns = Math.floor(width / TILE_SIDE);
    this.#wholeRows = Math.floor(height / TILE_SIDE);
    const tables = quantizationPair(QUALITY);
    const header = { width, height, subsampling: "4:2:0" as const, restartInterval: 0 };
    this.#mosaic = new Mosaic(formatFileHeader({ ...header, ...tables }));
    this.#encoder = new TileEncoder(tables);
    this.#background = Array.from({ length: this.#columns }, (_, column) => {
      return this.#encoder.encode((x) => this.#backgroundAt(TILE_SIDE * column + x));
    });
    this.#number = this.#text(NUMBER_COLUMNS);
    this.#clock = this.#text(CLOCK_COLUMNS);
    this.#tiles = new Array(this.#columns * this.#rows);
    this.#white = this.#encoder.encode(() => WHITE);
    this.#black = this.#encoder.encode(() => BLACK);
  }

  /**
   * Draws one frame.
   * @param index from 0; decides all but the clock
   * @param wallTime what the clock shows, in ms since the Unix epoch
   */
  paint(index: number, wallTime: number): Uint8Array<ArrayBuffer> {
    for (let i = 0; i < this.#tiles.length; i++) {
      this.#tiles[i] = this.#background[i % this.#columns]!;
    }
    this.#drawDot(this.dotAt(index));
    this.#write(this.#number, numberText(index, this.#room(this.#number)), this.#numberRow);
    const text = this.#clockText(wallTime);
    if (text !== undefined) this.#write(this.#clock, text, this.#wholeRows - this.#clock.scale);
    return this.#mosaic.assemble(this.#tiles);
  }

  /** Where the dot is in a frame: it goes to and fro over all that is above the text. */
  dotAt(index: number): DotPlace {
    const { width, rate } = this.settings;
    const height = Math.max(TILE_SIDE, TILE_SIDE * this.#numberRow);
    const radius = Math.max(3, Math.min(MOST_DOT, Math.round(DOT_SHARE * Math.min(width, height))));
    const seconds = index / rate;
    return {
      x: radius + Math.round((width - 2 * radius) * toAndFro(seconds / DOT_ACROSS)),
      y: radius + Math.round(Math.max(0, height - 2 * radius) * toAndFro(seconds / DOT_DOWN)),
      radius,
    };
  }

  #text(columns: number): TileText {
    const scale = Math.max(1, Math.floor(this.#wholeColumns / columns));
    return new TileText(this.#encoder, Math.min(scale, Math.max(1, this.#wholeRows >> 2)));
  }

  /** The first row of the frame's number; the clock stands below it. */
  get #numberRow(): number {
    const clock = this.settings.clock && this.#wholeRows > 2 ? this.#clock.scale : 0;
    return Math.max(0, this.#wholeRows - clock - this.#number.scale);
  }

  /** Characters that fit side by side. */
  #room({ scale }: TileText): number {
    return Math.floor(this.#wholeColumns / scale);
  }

  #clockText(wallTime: number): string | undefined {
    if (!this.settings.clock || this.#wholeRows <= 2) return undefined;
    return clockTexts(wallTime).find((text) => text.length <= this.#room(this.#clock));
  }

  #write(text: TileText, characters: string, row: number): void {
    const { scale } = text;
    const left = (this.#wholeColumns - characters.length * scale) >> 1;
    for (const [i, character] of [...characters].entries()) {
      for (const [j, tile] of text.cell(character).entries()) {
        const column = left + i * scale + j % scale;
        this.#tiles[(row + Math.floor(j / scale)) * this.#columns + column] = tile;
      }
    }
  }

  #drawDot(dot: DotPlace): void {
    const { x, y, radius } = dot;
    const right = Math.min(this.#columns - 1, Math.floor((x + radius) / TILE_SIDE));
    const bottom = Math.min(this.#rows - 1, Math.floor((y + radius) / TILE_SIDE));
    const left = Math.max(0, Math.floor((x - radius) / TILE_SIDE));
    for (let row = Math.max(0, Math.floor((y - radius) / TILE_SIDE)); row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const tile = this.#dotTile(dot, TILE_SIDE * column, TILE_SIDE * row);
        if (tile !== undefined) this.#tiles[row * this.#columns + column] = tile;
      }
    }
  }

  /** The part of a dot in the tile at `left`, `top`; undefined where there is none. */
  #dotTile({ x, y, radius }: DotPlace, left: number, top: number): Tile | undefined {
    const rim = circle(x, y, radius), inside = circle(x, y, INSIDE * radius);
    const middle = [left + TILE_SIDE / 2, top + TILE_SIDE / 2] as const;
    if (rim(...middle) > TILE_REACH) return undefined;
    if (inside(...middle) < -TILE_REACH) return this.#white;
    if (rim(...middle) < -TILE_REACH && inside(...middle) > TILE_REACH) return this.#black;
    return this.#encoder.encode((dx, dy) => {
      const px = left + dx + 0.5, py = top + dy + 0.5;
      const behind = mix(this.#backgroundAt(left + dx), BLACK, clamp(0.5 - rim(px, py)));
      return mix(behind, WHITE, clamp(0.5 - inside(px, py)));
    });
  }

  #backgroundAt(x: number): Rgb {
    const { width, pattern, colour } = this.settings;
    const along = Math.min(x, width - 1) / width;
    switch (pattern) {
      case "bars":
        return BARS[Math.floor(BARS.length * along)]!;
      case "ramp": {
        const level = Math.round(255 * along);
        return [level, level, level];
      }
      case "dot":
        return colour;
    }
  }
}

/** 0 at the beginning, 1 half a turn later, and back. */
function toAndFro(turns: number): number {
  return 1 - Math.abs(2 * (turns % 1) - 1);
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  if (share <= 0) return a;
  return [
    a[0] + (b[0] - a[0]) * share,
    a[1] + (b[1] - a[1]) * share,
    a[2] + (b[2] - a[2]) * share,
  ];
}
