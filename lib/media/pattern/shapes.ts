/** How far a point is from the edge of a shape, in pixels; negative inside. */
export type Distance = (x: number, y: number) => number;

/** Distance to a circle's edge. */
export function circle(cx: number, cy: number, radius: number): Distance {
  return (x, y) => Math.sqrt((x - cx) ** 2 + (y - cy) ** 2) - radius;
}

/** Distance to the edge of a line `width` wide with round ends. */
export function line(
  from: readonly [number, number],
  to: readonly [number, number],
  width: number,
): Distance {
  const dx = to[0] - from[0], dy = to[1] - from[1];
  const squared = dx * dx + dy * dy || 1;
  return (x, y) => {
    const px = x - from[0], py = y - from[1];
    const along = clamp((px * dx + py * dy) / squared);
    return Math.sqrt((px - along * dx) ** 2 + (py - along * dy) ** 2) - width / 2;
  };
}

/** `value` kept within 0 … 1. */
export function clamp(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
