import type { RgbaPicture } from "../../jpeg/planes.ts";
import type { PictureSize } from "./picture_size.ts";

const CHANNELS = 4;

/** The size of the same shape whose sides are at most `side`; itself when it is no larger. */
export function sizeWithin({ width, height }: PictureSize, side: number): PictureSize {
  const longest = Math.max(width, height);
  if (longest <= side) return { width, height };
  // Reduced by a half, a quarter or an eighth, a decoder does it, and sharply.
  for (const factor of [2, 4, 8]) {
    const reduced = Math.ceil(longest / factor);
    if (reduced <= side && reduced >= NEARLY * side) {
      return { width: Math.ceil(width / factor), height: Math.ceil(height / factor) };
    }
  }
  const factor = side / longest;
  return {
    width: Math.max(1, Math.round(width * factor)),
    height: Math.max(1, Math.round(height * factor)),
  };
}

/** So near the largest side that allows reducing by a whole factor, that is done. */
const NEARLY = 0.9;

/** What each source sample gives to a target sample: `weights[i]` of sample `first + i`. */
interface Share {
  readonly first: number;
  readonly weights: Float32Array;
}

/** Makes a picture smaller: each pixel is the mean of those it covers. */
export function scaleDown(picture: RgbaPicture, size: PictureSize): RgbaPicture {
  const { width, height } = size;
  if (width === picture.width && height === picture.height) return picture;
  const columns = shares(picture.width, width);
  const rows = shares(picture.height, height);
  const data = new Uint8ClampedArray(CHANNELS * width * height);
  const sums = new Float32Array(CHANNELS * width);
  for (let y = 0; y < height; y++) {
    const { first, weights } = rows[y]!;
    sums.fill(0);
    for (let i = 0; i < weights.length; i++) addRow(sums, picture, first + i, columns, weights[i]!);
    data.set(sums, CHANNELS * width * y);
  }
  return { width, height, data };
}

/** Adds one row of the source, made narrower, `weight` times. */
function addRow(
  sums: Float32Array,
  { width, data }: RgbaPicture,
  y: number,
  columns: readonly Share[],
  weight: number,
): void {
  const row = CHANNELS * width * y;
  for (let x = 0; x < columns.length; x++) {
    const { first, weights } = columns[x]!;
    let red = 0, green = 0, blue = 0;
    for (let i = 0, at = row + CHANNELS * first; i < weights.length; i++, at += CHANNELS) {
      const share = weights[i]!;
      red += share * data[at]!;
      green += share * data[at + 1]!;
      blue += share * data[at + 2]!;
    }
    const to = CHANNELS * x;
    sums[to]! += weight * red;
    sums[to + 1]! += weight * green;
    sums[to + 2]! += weight * blue;
  }
}

/** What `from` samples give to each of `to`, which are fewer. */
function shares(from: number, to: number): Share[] {
  const covered = from / to;
  return Array.from({ length: to }, (_, index) => {
    const begin = index * covered;
    const end = Math.min(from, begin + covered);
    const first = Math.floor(begin);
    const last = Math.min(from, Math.ceil(end));
    const weights = new Float32Array(Math.max(1, last - first));
    for (let i = 0; i < weights.length; i++) {
      const overlap = Math.min(end, first + i + 1) - Math.max(begin, first + i);
      weights[i] = overlap / (end - begin);
    }
    return { first, weights };
  });
}
