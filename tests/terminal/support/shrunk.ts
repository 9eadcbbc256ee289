import type { RgbaPicture } from "../../../lib/jpeg/planes.ts";

/** A picture of another size, each pixel the mean of those it covers: for tests, slow and plain. */
export function shrunk(picture: RgbaPicture, width: number, height: number): RgbaPicture {
  const data = new Uint8Array(4 * width * height).fill(255);
  const across = picture.width / width, down = picture.height / height;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        data[4 * (y * width + x) + c] = mean(picture, c, {
          left: x * across,
          right: (x + 1) * across,
          top: y * down,
          bottom: (y + 1) * down,
        });
      }
    }
  }
  return { width, height, data };
}

function mean(
  { width, height, data }: RgbaPicture,
  channel: number,
  { left, right, top, bottom }: { left: number; right: number; top: number; bottom: number },
): number {
  const share = (from: number, to: number, at: number): number => {
    return Math.max(0, Math.min(to, at + 1) - Math.max(from, at));
  };
  let sum = 0, weight = 0;
  for (let y = Math.floor(top); y < Math.min(height, bottom); y++) {
    for (let x = Math.floor(left); x < Math.min(width, right); x++) {
      const part = share(top, bottom, y) * share(left, right, x);
      sum += part * data[4 * (y * width + x) + channel]!;
      weight += part;
    }
  }
  return sum / weight;
}
