import {
  type BaselinePicture,
  encodeBaseline,
  mcuGrid,
  verticalFactor,
} from "./baseline_picture.ts";
import { carriage, LONGEST_SCAN } from "./carriage.ts";
import { type ChromaTarget, resampleChroma } from "./chroma.ts";
import {
  CoefficientMemory,
  type CoefficientPicture,
  type CoefficientPlane,
  coefficientPlane,
} from "./coefficients.ts";
import { decodeCoefficients } from "./decode_coefficients.ts";
import { EntropyEncoder } from "./entropy_encoder.ts";
import { inspectJpeg, type JpegInfo } from "./inspect.ts";
import { NeedsPixelsError } from "./needs_pixels.ts";
import { capped, requantizePlane } from "./requantize_plane.ts";
import { targetRestartInterval } from "./restart_interval.ts";
import {
  chromaRatio,
  isLossless,
  planOfPicture,
  targetSubsampling,
  type TranscodeStep,
  whyPixels,
} from "./transcode_plan.ts";

export { NeedsPixelsError } from "./needs_pixels.ts";
export {
  planOfPicture,
  planTranscode,
  type TranscodePlan,
  type TranscodeStep,
} from "./transcode_plan.ts";

/** A picture that RFC 2435 can carry, and what was done to make it one. */
export interface Transcoding {
  /** A JPEG file; the very one that was given when there was nothing to do. */
  readonly jpeg: Uint8Array;
  readonly steps: readonly TranscodeStep[];
  /** Whether decoded pixels are those of the file that was given. */
  readonly lossless: boolean;
}

/** First size of what is written into. */
const CAPACITY = 1 << 16;

/**
 * Makes of any Huffman-coded JPEG file of 8 bits, in YCbCr or greyscale, a baseline one that RFC
 * 2435 can carry (see {@linkcode carriage}), in the domain of coefficients: with the Huffman tables
 * of ITU-T T.81 Annex K, one scan, two quantization tables of 8 bits, 4:2:0 or 4:2:2, without
 * application segments and comments. Luminance coefficients stay as they are, chrominance is
 * resampled only where its resolution is another one. The size in pixels stays.
 *
 * @param info what {@linkcode inspectJpeg} says about `jpeg`
 * @throws {MalformedError} naming the byte, when the file breaks the rules or ends too early
 * @throws {NeedsPixelsError} when coefficients are not enough, naming why: RGB, CMYK, 12 bits,
 * arithmetic, lossless and hierarchical coding, more than `MOST_BLOCKS` blocks
 */
export function transcodeJpeg(jpeg: Uint8Array, info?: JpegInfo): Transcoding {
  return new JpegTranscoder().transcode(jpeg, info);
}

/** Transcodes one picture after the other in the same memory: 128 bytes a block, and the output. */
export class JpegTranscoder {
  readonly #memory = new CoefficientMemory();
  readonly #out = new EntropyEncoder(CAPACITY);

  /** As {@linkcode transcodeJpeg} does. */
  transcode(jpeg: Uint8Array, info: JpegInfo = inspectJpeg(jpeg)): Transcoding {
    if (carriage(info).ok) return { jpeg, steps: [], lossless: true };
    const { picture, steps } = toBaseline(jpeg, info, this.#memory);
    return { jpeg: encodeCarriable(picture, this.#out), steps, lossless: isLossless(steps) };
  }
}

/**
 * Writes the picture.
 * @throws {NeedsPixelsError} when its scan is longer than RFC 2435 has offsets for
 */
export function encodeCarriable(
  picture: BaselinePicture,
  out: EntropyEncoder,
): Uint8Array<ArrayBuffer> {
  const jpeg = encodeBaseline(picture, out);
  if (jpeg.length > LONGEST_SCAN) {
    throw new NeedsPixelsError(`${jpeg.length} bytes, more than ${LONGEST_SCAN}`);
  }
  return jpeg;
}

/** A file's picture as coefficients that RFC 2435 can carry, and what was done to them. */
export function toBaseline(
  jpeg: Uint8Array,
  info: JpegInfo,
  memory: CoefficientMemory,
): { picture: BaselinePicture; steps: readonly TranscodeStep[] } {
  const reason = whyPixels(info);
  if (reason !== undefined) throw new NeedsPixelsError(reason);
  const picture = decodeCoefficients(jpeg, memory);
  const { steps } = planOfPicture(info, picture);
  const { width, height } = picture;
  const shape = { width, height, subsampling: targetSubsampling(info) };
  const restartInterval = targetRestartInterval(info, shape);
  const y = withSmallDivisors(picture.planes[0]!);
  const [cb, cr] = chromaPlanes(picture, shape);
  return { picture: { ...shape, restartInterval, planes: [y, cb, cr] }, steps };
}

function withSmallDivisors(plane: CoefficientPlane): CoefficientPlane {
  return requantizePlane(plane, capped(plane.quantization), plane.coefficients);
}

type Shape = Pick<BaselinePicture, "width" | "height" | "subsampling">;

function chromaPlanes(
  picture: CoefficientPicture,
  shape: Shape,
): [cb: CoefficientPlane, cr: CoefficientPlane] {
  const [y, cb, cr] = picture.planes;
  if (!cb || !cr) {
    const none = colourless(y!);
    return [none, none];
  }
  const quantization = capped(cb.quantization);
  return [chromaPlane(y!, cb, quantization, shape), chromaPlane(y!, cr, quantization, shape)];
}

/** A plane of no block at all: each is written flat, with 0 for its DC coefficient. */
function colourless(y: CoefficientPlane): CoefficientPlane {
  const component = { ...y.component, horizontal: 1, vertical: 1 };
  const blocks = { stride: 0, rows: 0, coefficients: new Int16Array() };
  const plane = coefficientPlane(component, { width: 0, height: 0 }, blocks);
  plane.quantization = capped(y.quantization);
  return plane;
}

function chromaPlane(
  y: CoefficientPlane,
  plane: CoefficientPlane,
  quantization: Uint16Array,
  shape: Shape,
): CoefficientPlane {
  const { across, down } = chromaRatio(y.component, plane.component);
  const vertical = verticalFactor(shape.subsampling);
  if (across === 2 && down === vertical) {
    return requantizePlane(plane, quantization, plane.coefficients);
  }
  const grid = mcuGrid(shape);
  const target: ChromaTarget = {
    width: Math.ceil(shape.width / 2),
    height: Math.ceil(shape.height / vertical),
    stride: grid.across,
    rows: grid.down,
    stepAcross: 2 / across,
    stepDown: vertical / down,
    quantization,
  };
  return resampleChroma(plane, target);
}
