// The one-dimensional transform of Arai, Agui and Nakajima: five multiplications for eight
// samples, its remaining factors left for the quantizer (see DCT_SCALE). The constants are written
// out, so that every machine encodes to the same bytes.
const C2 = 1.306562964876376; // cos(π/8) · √2
const C4 = 0.707106781186548; // cos(π/4)
const C6 = 0.541196100146197; // cos(3π/8) · √2
const C6_HALF = 0.382683432365090; // cos(3π/8)

const SCALE_1D = [
  1,
  1.387039845322148,
  1.306562964876377,
  1.175875602419359,
  1,
  0.785694958387102,
  0.541196100146197,
  0.275899379282943,
];

/**
 * `forwardDct` leaves coefficient `i` (row by row) this many times too large compared with the
 * transform of ITU-T T.81 section A.3.3.
 */
export const DCT_SCALE: Float64Array = Float64Array.from(
  { length: 64 },
  (_, i) => 8 * SCALE_1D[i >> 3]! * SCALE_1D[i & 7]!,
);

/**
 * Transforms 8 by 8 samples, row by row and level-shifted around 0, in place. Each coefficient
 * comes out multiplied by its {@linkcode DCT_SCALE}.
 */
export function forwardDct(block: Float64Array): void {
  for (let row = 0; row < 64; row += 8) transform(block, row, 1);
  for (let column = 0; column < 8; column++) transform(block, column, 8);
}

function transform(block: Float64Array, start: number, step: number): void {
  const i1 = start + step, i2 = i1 + step, i3 = i2 + step, i4 = i3 + step;
  const i5 = i4 + step, i6 = i5 + step, i7 = i6 + step;

  const s07 = block[start]! + block[i7]!, d07 = block[start]! - block[i7]!;
  const s16 = block[i1]! + block[i6]!, d16 = block[i1]! - block[i6]!;
  const s25 = block[i2]! + block[i5]!, d25 = block[i2]! - block[i5]!;
  const s34 = block[i3]! + block[i4]!, d34 = block[i3]! - block[i4]!;

  // Even coefficients: a transform of four samples.
  const e0 = s07 + s34, e3 = s07 - s34;
  const e1 = s16 + s25, e2 = s16 - s25;
  const z1 = (e2 + e3) * C4;
  block[start] = e0 + e1;
  block[i4] = e0 - e1;
  block[i2] = e3 + z1;
  block[i6] = e3 - z1;

  // Odd coefficients.
  const o0 = d34 + d25, o1 = d25 + d16, o2 = d16 + d07;
  const z5 = (o0 - o2) * C6_HALF;
  const z2 = C6 * o0 + z5;
  const z4 = C2 * o2 + z5;
  const z3 = o1 * C4;
  const z11 = d07 + z3, z13 = d07 - z3;
  block[i5] = z13 + z2;
  block[i3] = z13 - z2;
  block[i1] = z11 + z4;
  block[i7] = z11 - z4;
}
