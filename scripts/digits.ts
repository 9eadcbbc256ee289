// A small stroke font, drawn for this clip: digits, ":", "." and "/". No font file is needed.
import type { Image } from "imagescript";
import { blend, clamp, line, type Rgb } from "./paint.ts";

type Point = readonly [x: number, y: number];
type Stroke = readonly Point[];

interface Glyph {
  /** Units the pen moves on. */
  readonly advance: number;
  readonly strokes: readonly Stroke[];
}

/** Height of a digit in font units; a digit is 4 wide, y grows downwards. */
const DIGIT_HEIGHT = 6;
const DIGIT_ADVANCE = 5.5;
const STROKE_WIDTH = 1.0;
/** Room around a glyph for half a stroke and its soft edge. */
const MARGIN = 1;

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
  " ": { advance: 2.4, strokes: [] },
};

/** Coverage 0 … 1 of a glyph's pixels, row by row. */
interface Mask {
  readonly width: number;
  readonly height: number;
  readonly coverage: Float64Array;
}

const masks = new Map<string, Mask>();

function glyph(character: string): Glyph {
  const found = glyphs[character];
  if (!found) throw new RangeError(`The clip's font has no ${JSON.stringify(character)}`);
  return found;
}

function mask(character: string, height: number): Mask {
  const key = `${character}${height}`;
  const known = masks.get(key);
  if (known) return known;
  const unit = height / DIGIT_HEIGHT;
  const { advance, strokes } = glyph(character);
  const lines = strokes.flatMap((stroke) => {
    return stroke.slice(1).map((to, i) => {
      return line(toPixels(stroke[i]!, unit), toPixels(to, unit), STROKE_WIDTH * unit);
    });
  });
  const width = Math.ceil((Math.max(advance, 4) + 2 * MARGIN) * unit);
  const rows = Math.ceil((DIGIT_HEIGHT + 2 * MARGIN) * unit);
  const coverage = Float64Array.from({ length: width * rows }, (_, i) => {
    const x = i % width + 0.5, y = Math.floor(i / width) + 0.5;
    return clamp(0.5 - lines.reduce((least, d) => Math.min(least, d(x, y)), Infinity));
  });
  const made = { width, height: rows, coverage };
  masks.set(key, made);
  return made;
}

function toPixels([x, y]: Point, unit: number): Point {
  return [(x + MARGIN) * unit, (y + MARGIN) * unit];
}

/** Pixels a text takes across, from the first stroke's edge to the last pen position. */
export function textWidth(text: string, height: number): number {
  return [...text].reduce((sum, c) => sum + glyph(c).advance, 0) * height / DIGIT_HEIGHT;
}

/**
 * Writes digits, ":", ".", "/" and spaces; digits are all equally wide, so running numbers stand
 * still.
 * @param at upper left corner of the first digit, and the digits' height, in pixels
 * @throws {RangeError} for any other character
 */
export function drawText(
  image: Image,
  text: string,
  at: { x: number; y: number; height: number; colour: Rgb; alpha?: number },
): void {
  const unit = at.height / DIGIT_HEIGHT;
  let pen = at.x - MARGIN * unit;
  for (const character of text) {
    const { width, height, coverage } = mask(character, at.height);
    const left = Math.round(pen), top = Math.round(at.y - MARGIN * unit);
    for (let i = 0; i < width * height; i++) {
      if (coverage[i] === 0) continue;
      const x = left + i % width, y = top + Math.floor(i / width);
      if (x < 0 || y < 0 || x >= image.width || y >= image.height) continue;
      blend(image, { x, y }, { colour: at.colour, alpha: coverage[i]! * (at.alpha ?? 1) });
    }
    pen += glyph(character).advance * unit;
  }
}
