import type { RgbaPicture } from "../../jpeg/planes.ts";
import { type PictureSize, pictureSize } from "../../media/transcode/picture_size.ts";
import { decodePixels } from "../../media/transcode/pixels.ts";
import { scaleDown } from "../../media/transcode/scale.ts";
import type { Capabilities } from "./capabilities.ts";
import { drawCharacters } from "./characters.ts";
import { atMostPixels, type CellBox, fitWithin, USUAL_CELL } from "./fit.ts";
import { HalfBlocks } from "./half_blocks.ts";
import { drawInlineImage } from "./iterm.ts";
import { KittyPictures } from "./kitty.ts";
import { Sixels } from "./sixel.ts";
import { MOST_PIXELS_SENT, PixelBudget } from "./pixel_budget.ts";
import type { TerminalBytes } from "./terminal_bytes.ts";

/** One way to bring a picture onto the screen. */
interface Way {
  /** Draws a JPEG file on the cells of a box. */
  draw(out: TerminalBytes, jpeg: Uint8Array, box: CellBox): Promise<void>;
  /** What is on the screen is no longer known. */
  forget?(): void;
  /** Takes away what erasing characters leaves. */
  erase?(out: TerminalBytes): void;
  /** How many ms the terminal took for what was drawn. */
  took?(ms: number): void;
}

/** Draws JPEG files in the middle of an area, the way the terminal can show them. */
export class Painter {
  readonly #way: Way;
  readonly #cell: PictureSize;

  constructor({ graphics, colours, cell = USUAL_CELL }: Capabilities) {
    this.#cell = cell;
    if (graphics === "kitty") this.#way = kittyWay(cell);
    else if (graphics === "iterm") this.#way = inlineWay();
    else if (graphics === "sixel") this.#way = sixelWay(cell);
    else this.#way = colours === "none" ? charactersWay() : blocksWay(colours);
  }

  /**
   * Where a picture goes.
   * @throws {MalformedError} when it is no JPEG
   */
  boxOf(jpeg: Uint8Array, area: CellBox): CellBox {
    return fitWithin(area, pictureSize(jpeg), this.#cell);
  }

  /** @throws {MalformedError} (as a rejection) when the picture cannot be decoded */
  async draw(out: TerminalBytes, jpeg: Uint8Array, box: CellBox): Promise<void> {
    await this.#way.draw(out, jpeg, box);
  }

  /** The screen is blank, or may be. */
  forget(): void {
    this.#way.forget?.();
  }

  /** How long the terminal took for the last picture, in ms. */
  took(ms: number): void {
    this.#way.took?.(ms);
  }

  /** Takes pictures away that are no characters. */
  erase(out: TerminalBytes): void {
    this.#way.erase?.(out);
  }
}

function blocksWay(depth: "true" | "256"): Way {
  const blocks = new HalfBlocks(depth);
  return {
    draw: async (out, jpeg, box) => {
      blocks.draw(out, await pixels(jpeg, { width: box.columns, height: 2 * box.rows }), box);
    },
    forget: () => blocks.forget(),
  };
}

function charactersWay(): Way {
  return {
    draw: async (out, jpeg, box) => {
      drawCharacters(out, await pixels(jpeg, { width: box.columns, height: box.rows }), box);
    },
  };
}

function inlineWay(): Way {
  return { draw: (out, jpeg, box) => Promise.resolve(drawInlineImage(out, jpeg, box)) };
}

/** The terminal scales; no more pixels are sent than the file has or the screen shows. */
function kittyWay(cell: PictureSize): Way {
  const kitty = new KittyPictures();
  const budget = new PixelBudget();
  return {
    took: (ms) => budget.took(ms),
    draw: async (out, jpeg, box) => {
      const file = pictureSize(jpeg);
      const most = Math.min(screenPixels(box, cell), budget.pixels);
      kitty.draw(out, await pixels(jpeg, atMostPixels(file, most)), box);
    },
    erase: (out) => kitty.erase(out),
  };
}

/** Sixels are pixels of the screen. */
function sixelWay(cell: PictureSize): Way {
  const sixels = new Sixels();
  return {
    draw: async (out, jpeg, box) => {
      const room = { width: box.columns * cell.width, height: box.rows * cell.height };
      const size = atMostPixels(room, MOST_PIXELS_SENT);
      const margin = (whole: number, part: number, ofCell: number): number => {
        return Math.floor((whole - part) / 2 / ofCell);
      };
      sixels.draw(out, await pixels(jpeg, size), {
        ...box,
        row: box.row + margin(room.height, size.height, cell.height),
        column: box.column + margin(room.width, size.width, cell.width),
      });
    },
  };
}

function screenPixels({ columns, rows }: CellBox, cell: PictureSize): number {
  return columns * cell.width * rows * cell.height;
}

/** A JPEG file as a picture of that size. */
async function pixels(jpeg: Uint8Array, size: PictureSize): Promise<RgbaPicture> {
  return scaleDown(await decodePixels(jpeg, size), size);
}
