// Soft-edged painting on the pixels of an imagescript image.
import type { Image } from "imagescript";
import { clamp } from "../lib/media/pattern/shapes.ts";

export { circle, clamp, line } from "../lib/media/pattern/shapes.ts";

/** Red, green, blue: 0 … 255 each. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Part of an image, in pixels; `right` and `bottom` lie outside. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Mixes `colour` over the pixel at column `x`, row `y`; `alpha` 0 … 1. */
export function blend(
  image: Image,
  { x, y }: { x: number; y: number },
  paint: { colour: Rgb; alpha: number },
): void {
  if (paint.alpha <= 0) return;
  const at = 4 * (y * image.width + x);
  const { bitmap } = image;
  for (let c = 0; c < 3; c++) {
    bitmap[at + c]! += (paint.colour[c]! - bitmap[at + c]!) * paint.alpha;
  }
  bitmap[at + 3] = 255;
}

/**
 * Fills the shape where `distance` (pixels to its edge, negative inside) says it is, with an edge
 * one pixel soft. Only `box` is looked at, cut to the image.
 */
export function fillShape(
  image: Image,
  box: Box,
  { distance, colour, alpha = 1, softness = 1 }: {
    distance: (x: number, y: number) => number;
    colour: Rgb | ((x: number, y: number) => Rgb);
    alpha?: number;
    softness?: number;
  },
): void {
  const right = Math.min(Math.ceil(box.right), image.width);
  const bottom = Math.min(Math.ceil(box.bottom), image.height);
  for (let y = Math.max(Math.floor(box.top), 0); y < bottom; y++) {
    for (let x = Math.max(Math.floor(box.left), 0); x < right; x++) {
      const covered = clamp(0.5 - distance(x + 0.5, y + 0.5) / softness);
      if (covered === 0) continue;
      const fill = typeof colour === "function" ? colour(x + 0.5, y + 0.5) : colour;
      blend(image, { x, y }, { colour: fill, alpha: covered * alpha });
    }
  }
}

/** The box around a circle, with room for a soft edge. */
export function around(x: number, y: number, radius: number): Box {
  const reach = radius + 1;
  return { left: x - reach, top: y - reach, right: x + reach + 1, bottom: y + reach + 1 };
}

/** Distance to the edge of a box with round corners. */
export function roundedBox(box: Box, radius: number): (x: number, y: number) => number {
  const cx = (box.left + box.right) / 2, cy = (box.top + box.bottom) / 2;
  const halfWidth = (box.right - box.left) / 2 - radius;
  const halfHeight = (box.bottom - box.top) / 2 - radius;
  return (x, y) => {
    const dx = Math.abs(x - cx) - halfWidth, dy = Math.abs(y - cy) - halfHeight;
    const outside = Math.sqrt(Math.max(dx, 0) ** 2 + Math.max(dy, 0) ** 2);
    return outside + Math.min(Math.max(dx, dy), 0) - radius;
  };
}

/** `a` at 0, `b` at 1. */
export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return [
    a[0] + (b[0] - a[0]) * share,
    a[1] + (b[1] - a[1]) * share,
    a[2] + (b[2] - a[2]) * share,
  ];
}
