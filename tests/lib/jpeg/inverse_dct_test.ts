import fc from "fast-check";
import { DCT_SCALE, forwardDct } from "../../../lib/jpeg/forward_dct.ts";
import { dequantize, inverseDct, inverseFactors } from "../../../lib/jpeg/inverse_dct.ts";
import { ZIGZAG } from "../../../lib/jpeg/zigzag.ts";
import { assert, assertEquals } from "../../support/assert.ts";

/** ITU-T T.81 section A.3.3, as it stands there. */
function definition(coefficients: Float64Array): Float64Array {
  const c = (i: number): number => i === 0 ? Math.SQRT1_2 : 1;
  return Float64Array.from({ length: 64 }, (_, at) => {
    let sum = 0;
    for (let i = 0; i < 64; i++) {
      const u = i & 7, v = i >> 3;
      sum += c(u) * c(v) * coefficients[i]! * Math.cos((2 * (at & 7) + 1) * u * Math.PI / 16) *
        Math.cos((2 * (at >> 3) + 1) * v * Math.PI / 16);
    }
    return sum / 4;
  });
}

Deno.test("the fast inverse transform agrees with the definition in T.81 section A.3.3", () => {
  const value = fc.integer({ min: -1023, max: 1023 });
  fc.assert(
    fc.property(fc.array(value, { minLength: 64, maxLength: 64 }), (values) => {
      const divisors = Uint16Array.from({ length: 64 }, (_, k) => 1 + k % 5);
      const zigzag = Int16Array.from(values);
      const block = new Float64Array(64), coefficients = new Float64Array(64);
      dequantize(block, zigzag, 0, inverseFactors(divisors));
      for (let k = 0; k < 64; k++) coefficients[ZIGZAG[k]!] = zigzag[k]! * divisors[k]!;
      inverseDct(block);
      for (const [i, sample] of definition(coefficients).entries()) {
        assert(Math.abs(sample - block[i]!) < 1e-6);
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("it undoes the forward transform", () => {
  const samples = Float64Array.from({ length: 64 }, (_, i) => (i * 37) % 255 - 128);
  const block = samples.slice();
  forwardDct(block);
  for (let i = 0; i < 64; i++) block[i]! /= 64;
  assertEquals(DCT_SCALE[0], 8);
  inverseDct(block);
  for (let i = 0; i < 64; i++) assert(Math.abs(block[i]! - samples[i]!) < 1e-9);
});

Deno.test("dequantizing tells whether there is more than a flat colour", () => {
  const block = new Float64Array(64).fill(9);
  const factors = inverseFactors(new Uint16Array(64).fill(16));
  const coefficients = new Int16Array(128);
  coefficients[64] = 5;
  assertEquals(dequantize(block, coefficients, 64, factors), false);
  assertEquals([block[0], block[1], block[63]], [10, 0, 0]);
  coefficients[127] = -1;
  assertEquals(dequantize(block, coefficients, 64, factors), true);
});
