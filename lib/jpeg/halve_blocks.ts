import { BLOCK_SIDE } from "./coefficients.ts";
import { BLOCK_SIZE, ZIGZAG } from "./zigzag.ts";

/**
 * Halves the resolution across in the domain of coefficients: a row of coefficients of the new block
 * is a matrix times those of the left block, and another times those of the right one. Down nothing
 * changes, so that each vertical frequency stays by itself, and blocks of few coefficients, as
 * chrominance has, take little work.
 *
 * Sample `i` of the new block is the mean of samples `2i` and `2i + 1` of both blocks together.
 */
export class BlockHalver {
  /** What a quantized coefficient, in zig-zag order, adds to each of 8 of the new block. */
  readonly #left: Float64Array;
  readonly #right: Float64Array;
  readonly #sum = new Float64Array(BLOCK_SIZE);

  /** @param divisors of the blocks there are, in zig-zag order */
  constructor(divisors: Uint16Array) {
    this.#left = shares(divisors, 0);
    this.#right = shares(divisors, BLOCK_SIDE / 2);
  }

  /**
   * The block made of two that lie side by side, the left one from `at` on in `coefficients`.
   * @returns 64 coefficients row by row, not quantized; until the next call
   */
  halve(coefficients: Int16Array, at: number): Float64Array {
    this.#sum.fill(0);
    this.#add(coefficients, at, this.#left);
    this.#add(coefficients, at + BLOCK_SIZE, this.#right);
    return this.#sum;
  }

  #add(coefficients: Int16Array, at: number, shares: Float64Array): void {
    const sum = this.#sum;
    for (let k = 0; k < BLOCK_SIZE; k++) {
      const value = coefficients[at + k]!;
      if (value === 0) continue;
      const row = ZIGZAG[k]! & -BLOCK_SIDE;
      for (let u = 0, from = BLOCK_SIDE * k; u < BLOCK_SIDE; u++, from++) {
        sum[row + u]! += value * shares[from]!;
      }
    }
  }
}

/** What each coefficient of a block adds to a row of the block that its samples go into. */
function shares(divisors: Uint16Array, firstSample: number): Float64Array {
  const table = new Float64Array(BLOCK_SIDE * BLOCK_SIZE);
  for (let k = 0; k < BLOCK_SIZE; k++) {
    const wave = ZIGZAG[k]! & (BLOCK_SIDE - 1);
    for (let u = 0; u < BLOCK_SIDE; u++) {
      let share = 0;
      for (let i = 0; i < BLOCK_SIDE; i++) {
        share += cosine(wave, i) * cosine(u, firstSample + (i >> 1)) / 2;
      }
      table[BLOCK_SIDE * k + u] = divisors[k]! * share;
    }
  }
  return table;
}

/** The cosine of so many sixteenths of π; written out, so that every machine does the same. */
const COSINES = [
  1,
  0.980785280403230,
  0.923879532511287,
  0.831469612302545,
  0.707106781186548,
  0.555570233019602,
  0.382683432365090,
  0.195090322016128,
  0,
];

/** Sample `i` of a frequency's wave, of length 1 (ITU-T T.81 section A.3.3, in one dimension). */
function cosine(frequency: number, i: number): number {
  const turned = (2 * i + 1) * frequency % 32;
  const folded = turned > 16 ? 32 - turned : turned;
  const value = folded > 8 ? -COSINES[16 - folded]! : COSINES[folded]!;
  return (frequency === 0 ? COSINES[4]! : 1) * value / 2;
}
