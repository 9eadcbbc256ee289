// Writing on the pixels of an imagescript image.
import type { Image } from "imagescript";
import {
  DIGIT_HEIGHT,
  type GlyphMask,
  glyphMask,
  glyphOf,
  MARGIN,
} from "../lib/media/pattern/stroke_font.ts";
import { blend, type Rgb } from "./paint.ts";

const masks = new Map<string, GlyphMask>();

function mask(character: string, height: number): GlyphMask {
  const key = `${character}${height}`;
  let known = masks.get(key);
  if (known === undefined) masks.set(key, known = glyphMask(character, height));
  return known;
}

/** Pixels a text takes across, from the first stroke's edge to the last pen position. */
export function textWidth(text: string, height: number): number {
  return [...text].reduce((sum, c) => sum + glyphOf(c).advance, 0) * height / DIGIT_HEIGHT;
}

/**
 * Writes digits, ":", ".", "/", "-" and spaces; digits are all equally wide, so running numbers stand
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
    pen += glyphOf(character).advance * unit;
  }
}
