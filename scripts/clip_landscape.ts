// The landscape behind the instruments: a day and a night over hills, and a bouncing ball.
import type { Image } from "imagescript";
import { around, blend, circle, clamp, fillShape, mix, type Rgb } from "./paint.ts";

const WHITE: Rgb = [255, 255, 255];

/** Sky colours over the day, which is as long as the clip; `at` is the share that has passed. */
const SKIES: readonly { at: number; top: Rgb; bottom: Rgb; light: number }[] = [
  { at: 0.00, top: [58, 92, 164], bottom: [255, 190, 140], light: 0.75 },
  { at: 0.10, top: [46, 128, 214], bottom: [190, 226, 250], light: 1 },
  { at: 0.40, top: [40, 118, 206], bottom: [186, 222, 248], light: 1 },
  { at: 0.52, top: [72, 62, 138], bottom: [255, 146, 92], light: 0.7 },
  { at: 0.62, top: [16, 20, 58], bottom: [58, 56, 110], light: 0.36 },
  { at: 0.88, top: [14, 20, 60], bottom: [60, 66, 122], light: 0.36 },
  { at: 1.00, top: [58, 92, 164], bottom: [255, 190, 140], light: 0.75 },
];

interface Sky {
  readonly top: Rgb;
  readonly bottom: Rgb;
  /** How bright the land is: 0 … 1. */
  readonly light: number;
}

/**
 * Draws sky, hills, meadow and ball.
 * @param horizon where the meadow begins, in pixels from the top
 * @param bottom where it ends
 * @param day the share of the day that has passed, 0 … 1 (not 1 itself)
 * @param seconds time in the clip, which moves the ball
 */
export function drawLandscape(
  image: Image,
  at: { horizon: number; bottom: number; day: number; seconds: number },
): void {
  const sky = skyAt(at.day);
  drawSky(image, sky, at.horizon);
  drawStars(image, sky, at.horizon);
  drawSunAndMoon(image, at.day, at.horizon);
  drawLand(image, sky, at);
  drawBall(image, sky, { seconds: at.seconds, ground: at.bottom - 12 });
}

function skyAt(day: number): Sky {
  const next = SKIES.findIndex((sky) => sky.at > day);
  const from = SKIES[next - 1]!, to = SKIES[next]!;
  const share = (day - from.at) / (to.at - from.at);
  return {
    top: mix(from.top, to.top, share),
    bottom: mix(from.bottom, to.bottom, share),
    light: from.light + (to.light - from.light) * share,
  };
}

function drawSky(image: Image, sky: Sky, horizon: number): void {
  for (let y = 0; y < horizon; y++) {
    const colour = mix(sky.top, sky.bottom, y / horizon);
    for (let x = 0; x < image.width; x++) blend(image, { x, y }, { colour, alpha: 1 });
  }
}

function drawStars(image: Image, sky: Sky, horizon: number): void {
  const alpha = clamp((0.6 - sky.light) * 4);
  if (alpha === 0) return;
  for (let i = 0; i < 40; i++) {
    // A fixed scatter: multiples of two irrational steps.
    const x = 6 + (i * 0.754877666 % 1) * (image.width - 12);
    const y = 6 + (i * 0.569840291 % 1) * (horizon - 64);
    const radius = 0.8 + (i % 4) * 0.2;
    fillShape(image, around(x, y, radius), {
      distance: circle(x, y, radius),
      colour: WHITE,
      alpha: alpha * (0.5 + (i % 3) * 0.2),
    });
  }
}

const SUN_RADIUS = 20;
const MOON_RADIUS = 17;

function drawSunAndMoon(image: Image, day: number, horizon: number): void {
  const sun = arcAt((day + 0.02) / 0.56, { width: image.width, horizon });
  const glow = 3 * SUN_RADIUS;
  fillShape(image, around(sun.x, sun.y, glow), {
    distance: circle(sun.x, sun.y, glow / 2),
    softness: glow,
    colour: [255, 226, 150],
    alpha: 0.5,
  });
  fillShape(image, around(sun.x, sun.y, SUN_RADIUS), {
    distance: circle(sun.x, sun.y, SUN_RADIUS),
    colour: [255, 238, 170],
  });
  const moon = arcAt((day - 0.54) / 0.44, { width: image.width, horizon });
  const full = circle(moon.x, moon.y, MOON_RADIUS);
  const shadow = circle(moon.x + 9, moon.y - 5, MOON_RADIUS - 1);
  fillShape(image, around(moon.x, moon.y, MOON_RADIUS), {
    distance: (x, y) => Math.max(full(x, y), -shadow(x, y)),
    colour: [238, 238, 214],
  });
}

/** Where a light stands that rises at 0 and sets at 1. */
function arcAt(
  share: number,
  { width, horizon }: { width: number; horizon: number },
): { x: number; y: number } {
  return {
    x: -24 + share * (width + 48),
    y: horizon + 24 - 106 * Math.sin(Math.PI * Math.min(Math.max(share, -0.1), 1.1)),
  };
}

function drawLand(
  image: Image,
  sky: Sky,
  { horizon, bottom }: { horizon: number; bottom: number },
): void {
  const shade = (colour: Rgb): Rgb => mix([10, 14, 40], colour, sky.light);
  const farHills = shade(mix([104, 138, 160], sky.bottom, 0.25));
  const nearHills = shade([62, 112, 96]);
  const grass = shade([104, 168, 76]);
  const meadow = shade([76, 136, 62]);
  for (let x = 0; x < image.width; x++) {
    const a = x / image.width * 2 * Math.PI;
    const far = horizon - 34 - 17 * Math.sin(1.5 * a + 0.9) - 8 * Math.sin(4 * a + 2) -
      2 * Math.sin(9 * a);
    const near = horizon - 18 - 9 * Math.sin(1.2 * a + 3.6) - 5 * Math.sin(3.1 * a + 1);
    for (let y = Math.floor(Math.min(far, near)); y < bottom; y++) {
      const soft = (edge: number): number => clamp(y + 1 - edge);
      blend(image, { x, y }, { colour: farHills, alpha: soft(far) });
      blend(image, { x, y }, { colour: nearHills, alpha: soft(near) });
      const depth = clamp((y - horizon) / (bottom - horizon));
      blend(image, { x, y }, { colour: mix(grass, meadow, depth), alpha: soft(horizon) });
    }
  }
}

const BALL_RADIUS = 24;

function drawBall(
  image: Image,
  sky: Sky,
  { seconds, ground }: { seconds: number; ground: number },
): void {
  // There and back in 10 s with smooth turns at the sides, one bounce a second.
  const reach = image.width / 2 - BALL_RADIUS - 10;
  const x = image.width / 2 - reach * Math.cos(2 * Math.PI * seconds / 12.5);
  const fall = 2 * (seconds % 1) - 1;
  const height = 80 * (1 - fall * fall);
  const y = ground - BALL_RADIUS - height;
  const wide = BALL_RADIUS * (0.9 + height / 200);
  fillShape(image, around(x, ground - 2, wide + 10), {
    distance: (px, py) => {
      return Math.sqrt((px - x) ** 2 + ((py - ground + 2) * 3.6) ** 2) - wide;
    },
    colour: [8, 16, 12],
    alpha: 0.5 - height / 310,
    softness: 4 + height / 12,
  });
  const turn = (x - image.width / 2) / BALL_RADIUS;
  fillShape(image, around(x, y, BALL_RADIUS), {
    distance: circle(x, y, BALL_RADIUS),
    colour: (px, py) => ballColour((px - x) / BALL_RADIUS, (py - y) / BALL_RADIUS, { turn, sky }),
  });
}

/** Six gores around a white cap, turned, lit from the upper left. */
function ballColour(x: number, y: number, { turn, sky }: { turn: number; sky: Sky }): Rgb {
  const gore = ((Math.atan2(y - 0.1, x + 0.1) - turn) / (Math.PI / 3) % 6 + 6) % 6;
  // How far the next seam is, in pixels, for a soft one.
  const cap = clamp(0.5 + (Math.sqrt((x + 0.1) ** 2 + (y - 0.1) ** 2) - 0.2) * BALL_RADIUS);
  const reach = Math.sqrt(x * x + y * y) * BALL_RADIUS;
  const seam = Math.min(gore % 1, 1 - gore % 1) * (Math.PI / 3) * reach;
  const own = Math.floor(gore) % 2 === 0 ? 1 : 0;
  const red = own === 1 ? clamp(0.5 + seam) : clamp(0.5 - seam);
  const base = mix([250, 246, 236], [222, 44, 52], red * cap);
  const depth = Math.sqrt(Math.max(0, 1 - x * x - y * y));
  const lit = clamp(0.42 + 0.62 * (-0.45 * x - 0.62 * y + 0.64 * depth));
  const shine = clamp(1 - Math.sqrt((x + 0.38) ** 2 + (y + 0.46) ** 2) / 0.3);
  const shaded = mix([40, 24, 52], base, lit * (0.55 + 0.45 * sky.light));
  return mix(shaded, WHITE, 0.75 * shine * shine);
}
