import { limited } from "./chroma.ts";
import type { CoefficientPlane } from "./coefficients.ts";
import { BLOCK_SIZE } from "./zigzag.ts";

/** Largest entry of a table of 8 bits, the only ones that baseline frames and RFC 2435 have. */
export const MOST_DIVISOR = 255;

/** Whether two tables divide by the same. */
export function sameDivisors(a: Uint16Array, b: Uint16Array): boolean {
  return a.every((divisor, k) => divisor === b[k]);
}

/** A table with no entry above {@linkcode MOST_DIVISOR}; the same one where there is none. */
export function capped(divisors: Uint16Array): Uint16Array {
  if (divisors.every((divisor) => divisor <= MOST_DIVISOR)) return divisors;
  return divisors.map((divisor) => Math.min(divisor, MOST_DIVISOR));
}

/**
 * The plane with other divisors: each coefficient becomes the one nearest to the value it stood
 * for. Coefficients whose divisor stays keep theirs.
 *
 * @param room where the new coefficients go; may be the plane's own
 */
export function requantizePlane(
  plane: CoefficientPlane,
  quantization: Uint16Array,
  room: Int16Array,
): CoefficientPlane {
  const { coefficients } = plane;
  if (sameDivisors(plane.quantization, quantization)) return plane;
  const ratios = Float64Array.from(quantization, (divisor, k) => plane.quantization[k]! / divisor);
  for (let at = 0; at < coefficients.length; at += BLOCK_SIZE) {
    for (let k = 0; k < BLOCK_SIZE; k++) {
      const value = coefficients[at + k]!;
      room[at + k] = value === 0 || ratios[k] === 1 ? value : limited(value * ratios[k]!);
    }
  }
  return { ...plane, quantization, coefficients: room.subarray(0, coefficients.length) };
}
