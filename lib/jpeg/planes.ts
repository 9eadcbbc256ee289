/** A picture as pixels: four bytes (red, green, blue, alpha) each, row by row, top row first. */
export interface RgbaPicture {
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
  /** `4 * width * height` bytes; alpha is not looked at. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** One component's samples, level-shifted to -128 … 127, row by row, `width` a row. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly samples: Float64Array;
}

const LEVEL_SHIFT = 128;

/**
 * Turns pixels into the three components of JFIF (luminance and the two chrominances of
 * ITU-R BT.601, full range), chrominance averaged over the pixels it covers: two columns and
 * `vertical` rows. Planes are filled up to `paddedWidth` by `paddedHeight` pixels by repeating the
 * last column and row.
 */
export function toPlanes(
  picture: RgbaPicture,
  { vertical, paddedWidth, paddedHeight }: {
    vertical: 1 | 2;
    paddedWidth: number;
    paddedHeight: number;
  },
): [y: Plane, cb: Plane, cr: Plane] {
  const y = plane(paddedWidth, paddedHeight);
  const cb = plane(paddedWidth / 2, paddedHeight / vertical);
  const cr = plane(cb.width, cb.height);
  const share = 1 / (2 * vertical);
  const { width, height, data } = picture;
  for (let row = 0; row < paddedHeight; row++) {
    const source = Math.min(row, height - 1) * width;
    const chromaRow = Math.floor(row / vertical) * cb.width;
    for (let column = 0; column < paddedWidth; column++) {
      const at = 4 * (source + Math.min(column, width - 1));
      const r = data[at]!, g = data[at + 1]!, b = data[at + 2]!;
      const c = chromaRow + (column >> 1);
      y.samples[row * paddedWidth + column] = 0.299 * r + 0.587 * g + 0.114 * b - LEVEL_SHIFT;
      cb.samples[c]! += share * (-0.168735892 * r - 0.331264108 * g + 0.5 * b);
      cr.samples[c]! += share * (0.5 * r - 0.418687589 * g - 0.081312411 * b);
    }
  }
  return [y, cb, cr];
}

function plane(width: number, height: number): Plane {
  return { width, height, samples: new Float64Array(width * height) };
}
