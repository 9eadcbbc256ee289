import { BLOCK_SIDE, type CoefficientPlane, coefficientPlane } from "./coefficients.ts";
import { DCT_SCALE, forwardDct } from "./forward_dct.ts";
import { BlockHalver } from "./halve_blocks.ts";
import { dequantize, inverseDct, inverseFactors } from "./inverse_dct.ts";
import { resamplingTaps, type Taps } from "./resample.ts";
import { BLOCK_SIZE, ZIGZAG } from "./zigzag.ts";

/** What a chrominance component is to become. */
export interface ChromaTarget {
  /** Samples. */
  readonly width: number;
  readonly height: number;
  /** Blocks, filled up to whole MCUs. */
  readonly stride: number;
  readonly rows: number;
  /** Samples of the source, across and down, that one sample covers. */
  readonly stepAcross: number;
  readonly stepDown: number;
  /** 64 entries in zig-zag order. */
  readonly quantization: Uint16Array;
}

/** Largest magnitude of a quantized coefficient that the standard tables have a code for. */
export const MOST_COEFFICIENT = 1023;
/** Rows of source blocks that one row of blocks is made of: up to 2 · 8 samples and one more each side. */
const ROWS_KEPT = 4;

/**
 * Gives a chrominance component another resolution and quantizes it anew: inverse transform,
 * filter across, filter down, transform. Works row of blocks by row of blocks, so that the samples
 * of the whole plane are never in memory at once. Blocks of 4:4:4 that are made of two whole ones
 * need no samples: see {@linkcode BlockHalver}.
 */
export function resampleChroma(source: CoefficientPlane, target: ChromaTarget): CoefficientPlane {
  const { width, height, stride, rows, quantization } = target;
  const coefficients = new Int16Array(BLOCK_SIZE * stride * rows);
  const component = { ...source.component, horizontal: 1, vertical: 1 };
  const plane = coefficientPlane(component, { width, height }, { stride, rows, coefficients });
  plane.quantization = quantization;
  const across = BLOCK_SIDE * stride;
  const halved = halvedColumns(source, target);
  const halver = new BlockHalver(source.quantization);
  const lines = new FilteredLines(source, target, halved);
  const quantizer = new Quantizer(quantization);
  const strip = new Float32Array(BLOCK_SIDE * across);
  const length = BLOCK_SIDE * rows;
  const down = resamplingTaps(source.height, height, { length, step: target.stepDown });
  for (let row = 0; row < rows; row++) {
    const at = BLOCK_SIZE * row * stride;
    for (let column = 0; column < halved; column++) {
      const from = BLOCK_SIZE * (row * source.stride + 2 * column);
      const block = halver.halve(source.coefficients, from);
      quantizer.coefficients(block, coefficients, at + BLOCK_SIZE * column);
    }
    if (halved === stride) continue;
    for (let line = 0; line < BLOCK_SIDE; line++) {
      lines.mix(down, BLOCK_SIDE * row + line, strip.subarray(line * across, (line + 1) * across));
    }
    for (let column = halved; column < stride; column++) {
      quantizer.block(strip, across, column, coefficients, at + BLOCK_SIZE * column);
    }
  }
  return plane;
}

/** Blocks of a row, the first ones, that are made of two blocks full of samples. */
function halvedColumns(source: CoefficientPlane, target: ChromaTarget): number {
  const { stepAcross, stepDown, rows } = target;
  if (stepAcross !== 2 || stepDown !== 1 || rows > source.blocksDown) return 0;
  return Math.floor(source.width / (2 * BLOCK_SIDE));
}

/** Samples of a component, filtered across, of the rows of blocks used last. */
class FilteredLines {
  readonly #source: CoefficientPlane;
  readonly #taps: Taps;
  readonly #factors: Float64Array;
  /** Samples of a line that is asked for, and those of them that are not needed. */
  readonly #across: number;
  readonly #skipped: number;
  /** A row of blocks as samples, not yet filtered. */
  readonly #samples: Float32Array;
  readonly #kept: Float32Array;
  /** Which row of blocks is kept in each place. */
  readonly #keptRow: Int32Array = new Int32Array(ROWS_KEPT).fill(-1);
  readonly #block = new Float64Array(BLOCK_SIZE);

  /** @param skipped blocks, the first ones of each line, that are not needed */
  constructor(source: CoefficientPlane, target: ChromaTarget, skipped: number) {
    this.#source = source;
    this.#across = BLOCK_SIDE * target.stride;
    this.#skipped = BLOCK_SIDE * skipped;
    const to = { length: this.#across, step: target.stepAcross };
    this.#taps = resamplingTaps(source.width, target.width, to);
    this.#factors = inverseFactors(source.quantization);
    this.#samples = new Float32Array(BLOCK_SIZE * source.blocksAcross);
    this.#kept = new Float32Array(ROWS_KEPT * BLOCK_SIDE * this.#across);
  }

  /** Makes the `i`-th new line in `out`. */
  mix(down: Taps, i: number, out: Float32Array): void {
    const kept = this.#kept, skipped = this.#skipped;
    for (let n = 0; n < down.count; n++) {
      const weight = down.weight[i * down.count + n]!;
      const from = this.#line(down.index[i * down.count + n]!);
      if (n === 0) { for (let x = skipped; x < out.length; x++) out[x] = weight * kept[from + x]!; }
      else if (weight > 0) {
        for (let x = skipped; x < out.length; x++) out[x]! += weight * kept[from + x]!;
      }
    }
  }

  /** Where a line of the source, filtered across, is kept. */
  #line(y: number): number {
    const row = y >> 3;
    const place = row % ROWS_KEPT;
    if (this.#keptRow[place] !== row) {
      this.#decode(row);
      this.#filter(BLOCK_SIDE * place * this.#across);
      this.#keptRow[place] = row;
    }
    return (BLOCK_SIDE * place + (y & 7)) * this.#across;
  }

  #decode(row: number): void {
    const { blocksAcross, stride, coefficients } = this.#source;
    const block = this.#block, samples = this.#samples;
    const width = BLOCK_SIDE * blocksAcross;
    const first = this.#taps.index[this.#taps.count * this.#skipped]! >> 3;
    for (let column = first; column < blocksAcross; column++) {
      const at = BLOCK_SIZE * (row * stride + column);
      if (dequantize(block, coefficients, at, this.#factors)) inverseDct(block);
      else block.fill(block[0]!);
      for (let line = 0, i = 0; line < BLOCK_SIDE; line++) {
        const start = line * width + BLOCK_SIDE * column;
        for (let x = start; x < start + BLOCK_SIDE; x++) samples[x] = block[i++]!;
      }
    }
  }

  #filter(to: number): void {
    const { count, index, weight } = this.#taps;
    const samples = this.#samples, kept = this.#kept, across = this.#across;
    const first = count * this.#skipped;
    const width = samples.length / BLOCK_SIDE;
    for (let line = 0; line < BLOCK_SIDE; line++) {
      const from = line * width;
      let out = to + line * across + this.#skipped;
      if (count === 2) { // most files by far: 4:4:4 and 4:1:1
        for (let tap = first; tap < weight.length; tap += 2) {
          kept[out++] = weight[tap]! * samples[from + index[tap]!]! +
            weight[tap + 1]! * samples[from + index[tap + 1]!]!;
        }
        continue;
      }
      for (let tap = first; tap < weight.length;) {
        let sum = 0;
        for (const end = tap + count; tap < end; tap++) {
          sum += weight[tap]! * samples[from + index[tap]!]!;
        }
        kept[out++] = sum;
      }
    }
  }
}

/** Turns samples around 0 into quantized coefficients. */
class Quantizer {
  /** For coefficients as they are, and as `forwardDct` leaves them, row by row. */
  readonly #plain = new Float64Array(BLOCK_SIZE);
  readonly #transformed = new Float64Array(BLOCK_SIZE);
  readonly #block = new Float64Array(BLOCK_SIZE);

  constructor(quantization: Uint16Array) {
    for (let k = 0; k < BLOCK_SIZE; k++) {
      const i = ZIGZAG[k]!;
      this.#plain[i] = 1 / quantization[k]!;
      this.#transformed[i] = this.#plain[i]! / DCT_SCALE[i]!;
    }
  }

  /**
   * Takes the `column`-th block of a row of them; puts its coefficients into `out`, which holds
   * zeros, from `at` on.
   */
  block(strip: Float32Array, across: number, column: number, out: Int16Array, at: number): void {
    const block = this.#block;
    for (let line = 0, i = 0; line < BLOCK_SIDE; line++) {
      const start = line * across + BLOCK_SIDE * column;
      for (let x = start; x < start + BLOCK_SIDE; x++) block[i++] = strip[x]!;
    }
    forwardDct(block);
    this.#put(block, this.#transformed, out, at);
  }

  /** Takes a block that is coefficients already, row by row. */
  coefficients(block: Float64Array, out: Int16Array, at: number): void {
    this.#put(block, this.#plain, out, at);
  }

  #put(block: Float64Array, factors: Float64Array, out: Int16Array, at: number): void {
    for (let i = 0; i < BLOCK_SIZE; i++) {
      const value = block[i]! * factors[i]!;
      // Nearly all are too small to count.
      if (value >= 0.5 || value <= -0.5) out[at + ZIGZAG_PLACE[i]!] = limited(value);
    }
  }
}

/** Where each place of a block, row by row, comes in zig-zag order. */
const ZIGZAG_PLACE: Uint8Array = Uint8Array.from(
  { length: BLOCK_SIZE },
  (_, i) => ZIGZAG.indexOf(i),
);

/** A coefficient rounded to the nearest integer and kept within what can be coded. */
export function limited(value: number): number {
  const magnitude = Math.min(Math.floor(Math.abs(value) + 0.5), MOST_COEFFICIENT);
  return value < 0 ? -magnitude : magnitude;
}
