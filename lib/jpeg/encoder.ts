import { EntropyEncoder } from "./entropy_encoder.ts";
import { formatFileHeader } from "./file_header.ts";
import { DCT_SCALE, forwardDct } from "./forward_dct.ts";
import { type Plane, type RgbaPicture, toPlanes } from "./planes.ts";
import { quantizationPair } from "./quantization.ts";
import { BLOCK_SIZE, ZIGZAG } from "./zigzag.ts";

/** How {@linkcode encodeJpeg} encodes. */
export interface EncodeOptions {
  /** 1 (smallest) … 100 (best), as libjpeg counts it; default 75. */
  readonly quality?: number;
  /** Chrominance resolution; default `"4:2:0"`. */
  readonly subsampling?: "4:2:0" | "4:2:2";
  /** MCUs between restart markers, 0 … 65,535; default 0, no restart markers. */
  readonly restartInterval?: number;
}

const MOST_PIXELS_A_SIDE = 65_535;
const DEFAULT_QUALITY = 75;

/**
 * Encodes a picture as a baseline JPEG file that RFC 2435 can carry: three components, the
 * Huffman tables of ITU-T T.81 Annex K, two quantization tables of 8 bits, one scan. The same
 * input gives the same bytes on every machine.
 *
 * @throws {RangeError} when a side, the quality or the restart interval is out of range, or
 * `picture.data` does not hold `4 * width * height` bytes
 */
export function encodeJpeg(
  picture: RgbaPicture,
  options: EncodeOptions = {},
): Uint8Array<ArrayBuffer> {
  const { quality = DEFAULT_QUALITY, subsampling = "4:2:0", restartInterval = 0 } = options;
  check(picture, restartInterval);
  const tables = quantizationPair(quality);
  const vertical = subsampling === "4:2:0" ? 2 : 1;
  const columns = Math.ceil(picture.width / 16);
  const rows = Math.ceil(picture.height / (8 * vertical));
  const size = { paddedWidth: 16 * columns, paddedHeight: 8 * vertical * rows };
  const [y, cb, cr] = toPlanes(picture, { vertical, ...size });
  const components = [
    new Component(y, 0, tables.luminance),
    new Component(cb, 1, tables.chrominance),
    new Component(cr, 1, tables.chrominance),
  ] as const;

  const out = new EntropyEncoder(1024 + (picture.width * picture.height >> 1));
  const { width, height } = picture;
  out.header(formatFileHeader({ width, height, subsampling, restartInterval, ...tables }));
  for (let mcu = 0; mcu < columns * rows; mcu++) {
    if (restartInterval > 0 && mcu > 0 && mcu % restartInterval === 0) {
      out.restart(mcu / restartInterval - 1);
      for (const component of components) component.predictor = 0;
    }
    encodeMcu(out, components, { column: mcu % columns, row: Math.floor(mcu / columns), vertical });
  }
  return out.finish();
}

/** One minimum coded unit: the blocks of Y row by row, then one of Cb, one of Cr. */
function encodeMcu(
  out: EntropyEncoder,
  [y, cb, cr]: readonly [Component, Component, Component],
  { column, row, vertical }: { column: number; row: number; vertical: number },
): void {
  for (let v = 0; v < vertical; v++) {
    for (let h = 0; h < 2; h++) y.encode(out, 2 * column + h, vertical * row + v);
  }
  cb.encode(out, column, row);
  cr.encode(out, column, row);
}

/** A component on its way through transform, quantization and entropy coding. */
class Component {
  /** DC coefficient of the block before. */
  predictor = 0;
  readonly #plane: Plane;
  readonly #table: number;
  /** What turns a transformed coefficient into a quantized one, row by row. */
  readonly #factors = new Float64Array(BLOCK_SIZE);
  readonly #samples = new Float64Array(BLOCK_SIZE);
  readonly #coefficients = new Int16Array(BLOCK_SIZE);

  constructor(plane: Plane, table: number, quantization: Uint8Array) {
    this.#plane = plane;
    this.#table = table;
    for (let k = 0; k < BLOCK_SIZE; k++) {
      const i = ZIGZAG[k]!;
      this.#factors[i] = 1 / (quantization[k]! * DCT_SCALE[i]!);
    }
  }

  encode(out: EntropyEncoder, column: number, row: number): void {
    const { width, samples } = this.#plane;
    for (let line = 0; line < 8; line++) {
      const at = (8 * row + line) * width + 8 * column;
      for (let i = 0; i < 8; i++) this.#samples[8 * line + i] = samples[at + i]!;
    }
    forwardDct(this.#samples);
    for (let k = 0; k < BLOCK_SIZE; k++) {
      const i = ZIGZAG[k]!;
      this.#coefficients[k] = Math.round(this.#samples[i]! * this.#factors[i]!);
    }
    out.block(this.#coefficients, this.predictor, this.#table);
    this.predictor = this.#coefficients[0]!;
  }
}

function check({ width, height, data }: RgbaPicture, restartInterval: number): void {
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side < 1 || side > MOST_PIXELS_A_SIDE) {
      throw new RangeError(`A JPEG has 1 to ${MOST_PIXELS_A_SIDE} pixels a side, not ${side}`);
    }
  }
  if (data.length !== 4 * width * height) {
    const need = 4 * width * height;
    throw new RangeError(`${width}x${height} RGBA pixels take ${need} bytes, not ${data.length}`);
  }
  if (!Number.isInteger(restartInterval) || restartInterval < 0 || restartInterval > 0xffff) {
    throw new RangeError(`A restart interval is 0 to 65535 MCUs, not ${restartInterval}`);
  }
}
