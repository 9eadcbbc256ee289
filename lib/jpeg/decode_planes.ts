import { BLOCK_SIDE, type CoefficientPlane } from "./coefficients.ts";
import { decodeCoefficients } from "./decode_coefficients.ts";
import { dequantize, inverseDct, inverseFactors } from "./inverse_dct.ts";
import { BLOCK_SIZE } from "./zigzag.ts";

/** Samples of one component as a decoder has them before it converts colours. */
export interface SamplePlane {
  /** Samples across that belong to the picture. */
  readonly width: number;
  /** Samples down, likewise. */
  readonly height: number;
  /** Samples from one row to the next: `width` filled up to whole blocks. */
  readonly stride: number;
  /** 0 … 255, row by row. */
  readonly samples: Uint8ClampedArray;
}

/** A picture as the samples of its components. */
export interface DecodedPlanes {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** One a component, in the frame header's order: Y, Cb, Cr or whatever the file holds. */
  readonly planes: readonly SamplePlane[];
}

const LEVEL_SHIFT = 128;

/**
 * Decodes a JPEG file to the samples of its components, each at its own resolution.
 * @throws {MalformedError} and {NeedsPixelsError} as {@linkcode decodeCoefficients} does
 */
export function decodeToPlanes(jpeg: Uint8Array): DecodedPlanes {
  const { width, height, planes } = decodeCoefficients(jpeg);
  return { width, height, planes: planes.map(toSamples) };
}

function toSamples(plane: CoefficientPlane): SamplePlane {
  const { width, height, blocksAcross, blocksDown, coefficients } = plane;
  const stride = BLOCK_SIDE * blocksAcross;
  const samples = new Uint8ClampedArray(BLOCK_SIDE * stride * blocksDown);
  const factors = inverseFactors(plane.quantization);
  const block = new Float64Array(BLOCK_SIZE);
  for (let row = 0; row < blocksDown; row++) {
    for (let column = 0; column < blocksAcross; column++) {
      const at = BLOCK_SIZE * (row * plane.stride + column);
      if (dequantize(block, coefficients, at, factors)) inverseDct(block);
      else block.fill(block[0]!);
      const corner = BLOCK_SIDE * (row * stride + column);
      for (let i = 0; i < BLOCK_SIZE; i++) {
        samples[corner + (i >> 3) * stride + (i & 7)] = block[i]! + LEVEL_SHIFT;
      }
    }
  }
  return { width, height, stride, samples };
}
