// What measures the clip: frame number and clock, dial, colour bars and the band of time.
import { Image } from "imagescript";
import { drawText, textWidth } from "./digits.ts";
import { around, circle, fillShape, line, type Rgb, roundedBox } from "./paint.ts";

const WHITE: Rgb = [255, 255, 255];
const GOLD: Rgb = [255, 206, 84];
const INK: Rgb = [16, 20, 34];

/** The eight bars of a 75 % colour bar signal (the first at 100 %). */
const BARS: readonly Rgb[] = [
  [255, 255, 255],
  [191, 191, 0],
  [0, 191, 191],
  [0, 191, 0],
  [191, 0, 191],
  [191, 0, 0],
  [0, 0, 191],
  [0, 0, 0],
];

/** The running clock of a frame: minutes, seconds and hundredths, `"00:12.35"`. */
export function clockText(seconds: number): string {
  const hundredths = Math.round(seconds * 100);
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(hundredths / 6000);
  return `${two(minutes)}:${two(Math.floor(hundredths / 100) % 60)}.${two(hundredths % 100)}`;
}

const DIAL = { x: 328, y: 56, radius: 38 };

/** A dial with a mark for each frame of a second: the hand goes round once a second. */
export function drawDial(image: Image, number: number, frameRate: number): void {
  const { x, y, radius } = DIAL;
  const box = around(x, y, radius);
  fillShape(image, box, { distance: circle(x, y, radius), colour: INK, alpha: 0.72 });
  const step = (number - 1) % frameRate;
  const swept = step / frameRate * 2 * Math.PI;
  const disc = circle(x, y, radius - 13);
  fillShape(image, box, {
    distance: disc,
    colour: (px, py) => angleOf(px - x, py - y) < swept ? [150, 122, 62] : [44, 50, 70],
  });
  for (let mark = 0; mark < frameRate; mark++) {
    const [dx, dy] = direction(mark / frameRate * 2 * Math.PI);
    const long = mark % 5 === 0 ? 7 : 5;
    const from = [x + dx * (radius - 3), y + dy * (radius - 3)] as const;
    const to = [x + dx * (radius - 3 - long), y + dy * (radius - 3 - long)] as const;
    const distance = line(from, to, mark % 5 === 0 ? 2.6 : 1.6);
    const colour: Rgb = mark === step ? GOLD : WHITE;
    fillShape(image, box, { distance, colour, alpha: mark <= step ? 1 : 0.45 });
  }
  const [dx, dy] = direction(swept);
  const distance = line([x - dx * 6, y - dy * 6], [x + dx * 24, y + dy * 24], 3);
  fillShape(image, box, { distance, colour: GOLD });
  fillShape(image, box, { distance: circle(x, y, 4), colour: GOLD });
}

/** The angle of a point seen from the centre, clockwise from the top, 0 … 2π. */
function angleOf(dx: number, dy: number): number {
  return (Math.atan2(dx, -dy) + 2 * Math.PI) % (2 * Math.PI);
}

/** One step from the centre towards an angle, clockwise from the top. */
function direction(angle: number): readonly [dx: number, dy: number] {
  return [Math.sin(angle), -Math.cos(angle)];
}

/** A panel with the number of the frame, how many there are, and the running clock. */
export function drawNumbers(
  image: Image,
  { number, count, seconds }: { number: number; count: number; seconds: number },
): void {
  const panel = { left: 16, top: 16, right: 208, bottom: 96 };
  fillShape(image, panel, { distance: roundedBox(panel, 8), colour: INK, alpha: 0.85 });
  const big = 36, small = 19, left = 29, base = 27 + big;
  const current = String(number);
  const end = left + textWidth("000", big);
  const start = end - textWidth(current, big);
  drawText(image, current, { x: start, y: base - big, height: big, colour: WHITE });
  const total = { y: base - small, height: small, colour: [190, 200, 220] as Rgb };
  drawText(image, `/${count}`, { x: end + 6, ...total });
  drawText(image, clockText(seconds), { x: left, y: 74, height: 13, colour: GOLD });
}

/** The colour bars, from one row of pixels down to another. */
export function drawBars(image: Image, { top, bottom }: { top: number; bottom: number }): void {
  const wide = image.width / BARS.length;
  for (const [i, [r, g, b]] of BARS.entries()) {
    image.drawBox(
      1 + i * wide,
      1 + top,
      wide,
      bottom - top,
      Image.rgbToColor(r, g, b),
    );
  }
}

/** A band along the bottom that fills as the share `done` grows to 1, in `marks` equal parts. */
export function drawTrack(
  image: Image,
  { top, done, marks }: { top: number; done: number; marks: number },
): void {
  const box = { left: 0, top, right: image.width, bottom: image.height };
  const end = image.width * done;
  fillShape(image, box, { distance: () => -1, colour: INK });
  fillShape(image, { ...box, right: end + 1 }, { distance: (x) => x - end, colour: GOLD });
  for (let mark = 1; mark < marks; mark++) {
    const at = image.width * mark / marks;
    const distance = (x: number): number => Math.abs(x - at) - 1;
    const near = { ...box, left: at - 2, right: at + 2 };
    fillShape(image, near, { distance, colour: [108, 104, 100] });
  }
}
