import { DCT_SCALE } from "./forward_dct.ts";
import { BLOCK_SIZE, ZIGZAG } from "./zigzag.ts";

// The one-dimensional inverse transform of Arai, Agui and Nakajima: five multiplications for eight
// samples, its remaining factors folded into the divisors (see inverseFactors). The constants are
// written out, so that every machine decodes to the same samples.
const SQRT2 = 1.414213562373095; // 2 · cos(π/4)
const A2 = 1.847759065022573; // 2 · cos(π/8)
const A1 = 1.082392200292394; // 2 · (cos(π/8) − cos(3π/8))
const A3 = 2.613125929752753; // 2 · (cos(π/8) + cos(3π/8))

/** What `forwardDct` multiplies by is in the numerator here, and 8 · 8 once. */
const BOTH_SCALES = 64;

/**
 * What each quantized coefficient, in zig-zag order, is multiplied by before {@linkcode inverseDct}.
 * @param divisors 64 entries of a quantization table in zig-zag order
 */
export function inverseFactors(divisors: Uint16Array): Float64Array {
  return Float64Array.from(
    { length: BLOCK_SIZE },
    (_, k) => divisors[k]! * DCT_SCALE[ZIGZAG[k]!]! / BOTH_SCALES,
  );
}

/**
 * Multiplies 64 coefficients in zig-zag order, from `at` on, by `factors` and puts them row by row
 * into `block`.
 * @returns whether any but the first is not 0
 */
export function dequantize(
  block: Float64Array,
  coefficients: Int16Array,
  at: number,
  factors: Float64Array,
): boolean {
  block.fill(0);
  block[0] = coefficients[at]! * factors[0]!;
  let some = false;
  for (let k = 1; k < BLOCK_SIZE; k++) {
    const value = coefficients[at + k]!;
    if (value === 0) continue;
    some = true;
    block[ZIGZAG[k]!] = value * factors[k]!;
  }
  return some;
}

/**
 * Transforms 8 by 8 coefficients, row by row, multiplied by their {@linkcode inverseFactors}, into
 * samples around 0, in place (ITU-T T.81 section A.3.3).
 */
export function inverseDct(block: Float64Array): void {
  for (let column = 0; column < 8; column++) {
    if (!isFlat(block, column)) transform(block, column, 8);
  }
  for (let row = 0; row < BLOCK_SIZE; row += 8) transform(block, row, 1);
}

/** Whether a column has nothing but its first coefficient; then it is made samples at once. */
function isFlat(block: Float64Array, column: number): boolean {
  for (let i = column + 8; i < BLOCK_SIZE; i += 8) if (block[i] !== 0) return false;
  const first = block[column]!;
  for (let i = column + 8; i < BLOCK_SIZE; i += 8) block[i] = first;
  return true;
}

function transform(block: Float64Array, start: number, step: number): void {
  const i1 = start + step, i2 = i1 + step, i3 = i2 + step, i4 = i3 + step;
  const i5 = i4 + step, i6 = i5 + step, i7 = i6 + step;

  // Even coefficients.
  const s04 = block[start]! + block[i4]!, d04 = block[start]! - block[i4]!;
  const s26 = block[i2]! + block[i6]!;
  const d26 = (block[i2]! - block[i6]!) * SQRT2 - s26;
  const e0 = s04 + s26, e3 = s04 - s26, e1 = d04 + d26, e2 = d04 - d26;

  // Odd coefficients.
  const s53 = block[i5]! + block[i3]!, d53 = block[i5]! - block[i3]!;
  const s17 = block[i1]! + block[i7]!, d17 = block[i1]! - block[i7]!;
  const o7 = s17 + s53;
  const z5 = (d53 + d17) * A2;
  const o6 = z5 - A3 * d53 - o7;
  const o5 = (s17 - s53) * SQRT2 - o6;
  const o4 = A1 * d17 - z5 + o5;

  block[start] = e0 + o7;
  block[i7] = e0 - o7;
  block[i1] = e1 + o6;
  block[i6] = e1 - o6;
  block[i2] = e2 + o5;
  block[i5] = e2 - o5;
  block[i4] = e3 + o4;
  block[i3] = e3 - o4;
}
