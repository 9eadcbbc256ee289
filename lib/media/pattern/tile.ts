import { DCT_SCALE, forwardDct } from "../../jpeg/forward_dct.ts";
import { type Plane, toPlanes } from "../../jpeg/planes.ts";
import type { QuantizationPair } from "../../jpeg/quantization.ts";
import { BLOCK_SIZE, ZIGZAG } from "../../jpeg/zigzag.ts";
import type { Rgb } from "./pattern_settings.ts";
import { type Bits, BitsBuilder, type TableNumber } from "./tile_bits.ts";

/** Pixels a side of a tile: those of an MCU with chrominance at half width and height. */
export const TILE_SIDE = 16;

/** What a tile has of one component. */
export interface TileComponent {
  /** The DC coefficients of its first and last block, which its neighbours' bits depend on. */
  readonly firstDc: number;
  readonly lastDc: number;
  /** All its bits but those of the first DC coefficient. */
  readonly bits: Bits;
}

/**
 * A square of the picture, transformed, quantized and entropy-coded but for what depends on the tile
 * before it. Tiles are put side by side like tesserae.
 */
export interface Tile {
  readonly y: TileComponent;
  readonly cb: TileComponent;
  readonly cr: TileComponent;
}

/** Makes tiles of pixels, for pictures with one pair of quantization tables. */
export class TileEncoder {
  readonly #luminance: Float64Array;
  readonly #chrominance: Float64Array;
  readonly #pixels = new Uint8ClampedArray(4 * TILE_SIDE * TILE_SIDE);
  readonly #samples = new Float64Array(BLOCK_SIZE);
  readonly #coefficients = new Int16Array(BLOCK_SIZE);

  constructor(tables: QuantizationPair) {
    this.#luminance = factors(tables.luminance);
    this.#chrominance = factors(tables.chrominance);
  }

  /** @param colourAt called for each pixel, from the tile's upper left corner */
  encode(colourAt: (x: number, y: number) => Rgb): Tile {
    const pixels = this.#pixels;
    for (let i = 0, at = 0; i < TILE_SIDE * TILE_SIDE; i++, at += 4) {
      const colour = colourAt(i % TILE_SIDE, Math.floor(i / TILE_SIDE));
      pixels[at] = colour[0];
      pixels[at + 1] = colour[1];
      pixels[at + 2] = colour[2];
    }
    const picture = { width: TILE_SIDE, height: TILE_SIDE, data: pixels };
    const size = { paddedWidth: TILE_SIDE, paddedHeight: TILE_SIDE };
    const [y, cb, cr] = toPlanes(picture, { vertical: 2, ...size });
    return {
      y: this.#component(y, this.#luminance, 0),
      cb: this.#component(cb, this.#chrominance, 1),
      cr: this.#component(cr, this.#chrominance, 1),
    };
  }

  /** Its blocks, row by row. */
  #component(plane: Plane, factors: Float64Array, table: TableNumber): TileComponent {
    const bits = new BitsBuilder();
    const side = plane.width / 8;
    let firstDc = 0, lastDc = 0;
    for (let i = 0; i < side * side; i++) {
      const block = this.#block(plane, 8 * (i % side), 8 * Math.floor(i / side), factors);
      const dc = block[0]!;
      if (i === 0) firstDc = dc;
      else bits.dc(dc - lastDc, table);
      lastDc = dc;
      bits.ac(block, table);
    }
    return { firstDc, lastDc, bits };
  }

  #block({ width, samples }: Plane, left: number, top: number, factors: Float64Array): Int16Array {
    const block = this.#samples;
    for (let i = 0; i < BLOCK_SIZE; i++) {
      block[i] = samples[(top + (i >> 3)) * width + left + (i & 7)]!;
    }
    forwardDct(block);
    for (let k = 0; k < BLOCK_SIZE; k++) {
      const i = ZIGZAG[k]!;
      this.#coefficients[k] = Math.round(block[i]! * factors[i]!);
    }
    return this.#coefficients;
  }
}

/** What turns transformed coefficients into quantized ones, row by row. */
function factors(quantization: Uint8Array): Float64Array {
  const out = new Float64Array(BLOCK_SIZE);
  for (let k = 0; k < BLOCK_SIZE; k++) {
    const i = ZIGZAG[k]!;
    out[i] = 1 / (quantization[k]! * DCT_SCALE[i]!);
  }
  return out;
}
