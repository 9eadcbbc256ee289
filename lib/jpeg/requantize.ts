import type { BaselinePicture } from "./baseline_picture.ts";
import { carriage } from "./carriage.ts";
import { CoefficientMemory, type CoefficientPlane } from "./coefficients.ts";
import { EntropyEncoder } from "./entropy_encoder.ts";
import { inspectJpeg, type JpegInfo } from "./inspect.ts";
import { NeedsPixelsError } from "./needs_pixels.ts";
import { MOST_DIVISOR, requantizePlane } from "./requantize_plane.ts";
import { encodeCarriable, toBaseline, type Transcoding } from "./transcode.ts";
import { isLossless, type TranscodeStep } from "./transcode_plan.ts";

/** How {@linkcode requantizeJpeg} shrinks. */
export interface RequantizeOptions {
  /** Most bytes of the file. */
  readonly maxBytes: number;
  /** What `inspectJpeg` says about the file. */
  readonly info?: JpegInfo;
}

/** Tries to find how much coarser the tables must be. */
const MOST_TRIES = 8;
/** A file of this share of the bytes allowed is not made larger again. */
const CLOSE_ENOUGH = 0.95;
/** Share of the bytes allowed that is aimed at. */
const AIM = 0.975;
/** A factor of e makes files shorter by about e to this power. */
const USUAL_SLOPE = 0.7;
const LEAST_STEP = 0.02;
/** Logarithm of the factor with which every divisor becomes the largest. */
const COARSEST = Math.log(MOST_DIVISOR);

/**
 * Makes a JPEG file that RFC 2435 can carry and that has no more than `maxBytes`: as
 * {@linkcode transcodeJpeg} does, and where that is too long with quantization tables as much
 * coarser as it takes, found in at most 8 tries. The size in pixels stays.
 *
 * @throws {MalformedError} when the file breaks the rules
 * @throws {NeedsPixelsError} when coefficients are not enough, or the picture does not fit even
 * with the coarsest tables, so that only fewer pixels would help
 */
export function requantizeJpeg(jpeg: Uint8Array, options: RequantizeOptions): Transcoding {
  const { maxBytes, info = inspectJpeg(jpeg) } = options;
  if (carriage(info).ok && jpeg.length <= maxBytes) return { jpeg, steps: [], lossless: true };
  const { picture, steps } = toBaseline(jpeg, info, new CoefficientMemory());
  const out = new EntropyEncoder(maxBytes);
  const whole = encodeCarriable(picture, out);
  if (whole.length <= maxBytes) return { jpeg: whole, steps, lossless: isLossless(steps) };
  const coarser: TranscodeStep[] = [...steps, "quantization-coarser"];
  return {
    jpeg: new Shrinker(picture, out).shrink(whole.length, maxBytes),
    steps: coarser,
    lossless: false,
  };
}

/** The logarithm of a factor, and of how many times too long the file was with it. */
interface Attempt {
  readonly x: number;
  readonly y: number;
}

/** Where the line through both attempts meets 0; well between them, so that they close in. */
function nextFactor(fine: Attempt, coarse: Attempt | undefined): number {
  if (!coarse) return Math.min(fine.x + Math.max(fine.y, LEAST_STEP) / USUAL_SLOPE, COARSEST);
  const share = fine.y / (fine.y - coarse.y);
  return fine.x + (coarse.x - fine.x) * Math.min(Math.max(share, 0.1), 0.9);
}

/** Encodes a picture with tables coarser by a factor. */
class Shrinker {
  readonly #picture: BaselinePicture;
  readonly #out: EntropyEncoder;
  /** Room for the coefficients of each plane. */
  readonly #rooms: Int16Array[];

  constructor(picture: BaselinePicture, out: EntropyEncoder) {
    this.#picture = picture;
    this.#out = out;
    this.#rooms = picture.planes.map(({ coefficients }) => new Int16Array(coefficients.length));
  }

  /** @param length bytes of the picture with its own tables, more than `maxBytes` */
  shrink(length: number, maxBytes: number): Uint8Array<ArrayBuffer> {
    // The logarithm of the length falls nearly straight with that of the factor.
    const excess = (bytes: number): number => Math.log(bytes / (AIM * maxBytes));
    let fine: Attempt = { x: 0, y: excess(length) };
    let coarse: Attempt | undefined;
    let best: Uint8Array<ArrayBuffer> | undefined;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const x = tries < MOST_TRIES - 1 || best ? nextFactor(fine, coarse) : COARSEST;
      const jpeg = this.#encode(Math.exp(x));
      const attempt = { x, y: excess(jpeg.length) };
      if (jpeg.length <= maxBytes) {
        best = jpeg;
        coarse = attempt;
        if (jpeg.length >= CLOSE_ENOUGH * maxBytes) break;
      } else if (x === COARSEST) {
        const reason = `${jpeg.length} bytes with the coarsest tables, more than ${maxBytes}`;
        throw new NeedsPixelsError(reason);
      } else fine = attempt;
    }
    // The last try is with the coarsest tables when none before was short enough.
    return best!;
  }

  #encode(factor: number): Uint8Array<ArrayBuffer> {
    const plane = (index: 0 | 1 | 2): CoefficientPlane => {
      const source = this.#picture.planes[index];
      const divisors = source.quantization.map((divisor) => {
        return Math.min(Math.round(divisor * factor), MOST_DIVISOR);
      });
      return requantizePlane(source, divisors, this.#rooms[index]!);
    };
    return encodeCarriable({ ...this.#picture, planes: [plane(0), plane(1), plane(2)] }, this.#out);
  }
}
