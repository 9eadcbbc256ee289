// A small stroke font: digits, ":", ".", "/", "-" and the space. No font file is needed.
import { clamp, type Distance, line } from "./shapes.ts";

type Point = readonly [x: number, y: number];
type Stroke = readonly Point[];

/** A character as a pen writes it. */
export interface Glyph {
  /** Units the pen moves on. */
  readonly advance: number;
  readonly strokes: readonly Stroke[];
}

/** Height of a digit in font units; a digit is 4 wide, y grows downwards. */
export const DIGIT_HEIGHT = 6;
/** Room around a glyph for half a stroke and its soft edge, in font units. */
export const MARGIN = 1;
const DIGIT_WIDTH = 4;
const DIGIT_ADVANCE = 5.5;
const STROKE_WIDTH = 1.0;

/** Points on an ellipse, from one angle to another in degrees, clockwise from the right. */
function arc(centre: Point, radii: Point, [from, to]: Point): Point[] {
  const steps = Math.ceil(Math.abs(to - from) / 12);
  return Array.from({ length: steps + 1 }, (_, i): Point => {
    const angle = (from + (to - from) * i / steps) * Math.PI / 180;
    return [centre[0] + radii[0] * Math.cos(angle), centre[1] + radii[1] * Math.sin(angle)];
  });
}

const six: readonly Stroke[] = [
  arc([2, 4.05], [1.95, 1.95], [0, 360]),
  arc([3.9, 4.05], [3.85, 4.05], [180, 254]),
];

const digits: readonly (readonly Stroke[])[] = [
  [[...arc([2, 2], [2, 2], [180, 360]), ...arc([2, 4], [2, 2], [0, 180]), [0, 2]]],
  [[[0.7, 1.4], [2.3, 0], [2.3, 6]]],
  [[...arc([2, 1.85], [1.85, 1.85], [190, 390]), [0.1, 6], [4, 6]]],
  [arc([1.9, 1.6], [1.65, 1.6], [200, 450]), arc([1.9, 4.4], [1.95, 1.6], [-90, 160])],
  [[[4.1, 4.4], [0, 4.4], [2.9, 0], [2.9, 6]]],
  [[[3.6, 0], [0.6, 0], [0.35, 2.9], ...arc([1.95, 4.05], [1.95, 1.95], [-128, 148])]],
  six,
  [[[0, 0], [4, 0], [1.4, 6]]],
  [arc([2, 1.5], [1.6, 1.5], [0, 360]), arc([2, 4.45], [1.95, 1.55], [0, 360])],
  six.map((stroke) => stroke.map(([x, y]): Point => [4 - x, 6 - y])),
];

const glyphs: Readonly<Record<string, Glyph>> = {
  ...Object.fromEntries(digits.map((strokes, digit) => {
    return [digit, { advance: DIGIT_ADVANCE, strokes }];
  })),
  ":": { advance: 2.2, strokes: [[[0.35, 1.8], [0.35, 1.81]], [[0.35, 4.6], [0.35, 4.61]]] },
  ".": { advance: 2.2, strokes: [[[0.35, 5.9], [0.35, 5.91]]] },
  "/": { advance: 4.6, strokes: [[[0, 6.4], [3, -0.4]]] },
  "-": { advance: DIGIT_ADVANCE, strokes: [[[0.6, 3.2], [3.4, 3.2]]] },
  " ": { advance: 2.4, strokes: [] },
};

/** Coverage 0 … 1 of a glyph's pixels, row by row, with {@linkcode MARGIN} on all sides. */
export interface GlyphMask {
  readonly width: number;
  readonly height: number;
  readonly coverage: Float64Array;
}

/** @throws {RangeError} for a character the font has not */
export function glyphOf(character: string): Glyph {
  const found = Object.hasOwn(glyphs, character) ? glyphs[character] : undefined;
  if (!found) throw new RangeError(`The font has no ${JSON.stringify(character)}`);
  return found;
}

/**
 * The pixels of a character.
 * @param height of a digit, in pixels
 * @throws {RangeError} for a character the font has not
 */
export function glyphMask(character: string, height: number): GlyphMask {
  const unit = height / DIGIT_HEIGHT;
  const { advance, strokes } = glyphOf(character);
  const lines = strokes.flatMap((stroke): Distance[] => {
    return stroke.slice(1).map((to, i) => {
      return line(toPixels(stroke[i]!, unit), toPixels(to, unit), STROKE_WIDTH * unit);
    });
  });
  const width = Math.ceil((Math.max(advance, DIGIT_WIDTH) + 2 * MARGIN) * unit);
  const rows = Math.ceil((DIGIT_HEIGHT + 2 * MARGIN) * unit);
  const coverage = Float64Array.from({ length: width * rows }, (_, i) => {
    const x = i % width + 0.5, y = Math.floor(i / width) + 0.5;
    return clamp(0.5 - lines.reduce((least, d) => Math.min(least, d(x, y)), Infinity));
  });
  return { width, height: rows, coverage };
}

/** Where the middle of a character is, in font units from its left edge; one for all digits. */
export function glyphMiddle(character: string): number {
  return glyphOf(character).advance === DIGIT_ADVANCE ? DIGIT_WIDTH / 2 : 0.35;
}

function toPixels([x, y]: Point, unit: number): Point {
  return [(x + MARGIN) * unit, (y + MARGIN) * unit];
}
