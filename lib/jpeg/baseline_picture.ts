import type { CoefficientPlane } from "./coefficients.ts";
import type { EntropyEncoder } from "./entropy_encoder.ts";
import { formatFileHeader } from "./file_header.ts";
import { NeedsPixelsError } from "./needs_pixels.ts";
import { MOST_DC } from "./sequential_scan.ts";
import { BLOCK_SIZE } from "./zigzag.ts";

/** Chrominance at half width, or at half width and half height. */
export type Subsampling = "4:2:2" | "4:2:0";

/** A picture as coefficients that RFC 2435 can carry once they are coded. */
export interface BaselinePicture {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly subsampling: Subsampling;
  /** MCUs between restart markers; 0 for none. */
  readonly restartInterval: number;
  /**
   * Y, Cb and Cr at the resolutions that `subsampling` tells, divisors of 8 bits, the same ones
   * for Cb and Cr. Blocks beyond `codedAcross` and `codedDown` are written flat.
   */
  readonly planes: readonly [y: CoefficientPlane, cb: CoefficientPlane, cr: CoefficientPlane];
}

const HORIZONTAL = 2;
const BLOCK_SIDE = 8;

/** Rows of luminance blocks in an MCU. */
export function verticalFactor(subsampling: Subsampling): 1 | 2 {
  return subsampling === "4:2:0" ? 2 : 1;
}

/** MCUs of a picture. */
export function mcuGrid(
  { width, height, subsampling }: Pick<BaselinePicture, "width" | "height" | "subsampling">,
): { across: number; down: number } {
  const across = Math.ceil(width / (BLOCK_SIDE * HORIZONTAL));
  return { across, down: Math.ceil(height / (BLOCK_SIDE * verticalFactor(subsampling))) };
}

/**
 * Writes the picture as a baseline JPEG file with the Huffman tables of Annex K and one scan.
 * @param out what to write with; anything written before is gone
 * @throws {NeedsPixelsError} when neighbouring DC coefficients are further apart than these tables
 * have codes for, as no picture of 8 bits has them
 */
export function encodeBaseline(
  picture: BaselinePicture,
  out: EntropyEncoder,
): Uint8Array<ArrayBuffer> {
  const { restartInterval, planes } = picture;
  const [luminance, chrominance] = planes.map((plane) => Uint8Array.from(plane.quantization));
  out.reset();
  out.header(formatFileHeader({
    ...picture,
    luminance: luminance!,
    chrominance: chrominance!,
  }));
  const { across, down } = mcuGrid(picture);
  const vertical = verticalFactor(picture.subsampling);
  const y = new PlaneWriter(out, planes[0], 0);
  const cb = new PlaneWriter(out, planes[1], 1);
  const cr = new PlaneWriter(out, planes[2], 1);
  let mcu = 0;
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++, mcu++) {
      if (restartInterval > 0 && mcu > 0 && mcu % restartInterval === 0) {
        out.restart(mcu / restartInterval - 1);
        y.predictor = cb.predictor = cr.predictor = 0;
      }
      for (let v = 0; v < vertical; v++) {
        for (let h = 0; h < HORIZONTAL; h++) {
          y.block(HORIZONTAL * column + h, vertical * row + v);
        }
      }
      cb.block(column, row);
      cr.block(column, row);
    }
  }
  return out.finish();
}

/** Writes the blocks of one component. */
class PlaneWriter {
  /** DC coefficient of the block before. */
  predictor = 0;
  readonly #out: EntropyEncoder;
  readonly #table: number;
  readonly #coefficients: Int16Array;
  readonly #stride: number;
  readonly #across: number;
  readonly #down: number;

  constructor(out: EntropyEncoder, plane: CoefficientPlane, table: number) {
    this.#out = out;
    this.#table = table;
    this.#coefficients = plane.coefficients;
    this.#stride = plane.stride;
    this.#across = plane.codedAcross;
    this.#down = plane.codedDown;
  }

  block(column: number, row: number): void {
    if (column >= this.#across || row >= this.#down) return this.#out.flatBlock(this.#table);
    const at = BLOCK_SIZE * (row * this.#stride + column);
    const dc = this.#coefficients[at]!;
    const difference = Math.abs(dc - this.predictor);
    if (difference > MOST_DC) {
      throw new NeedsPixelsError(`DC coefficients that are ${difference} apart, beyond ${MOST_DC}`);
    }
    this.#out.block(this.#coefficients, this.predictor, this.#table, at);
    this.predictor = dc;
  }
}
