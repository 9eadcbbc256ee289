/** The 256 colours of xterm: 16 of the person's own, a cube of 6 x 6 x 6, and 24 greys. */
const CUBE_AT = 16;
const CUBE_SIDE = 6;
const GREYS_AT = 232;
const GREYS = 24;
const FIRST_GREY = 8;
const GREY_STEP = 10;
/** How bright the cube's six levels are. */
const LEVELS = [0, 95, 135, 175, 215, 255] as const;
/** Parts of a colour that are so near each other look grey. */
const NEARLY_GREY = 24;
/** How much of the pattern is used, 0 … 1: with all of it, pixels as large as these are a mosaic. */
const PATTERN = 0.35;

/** For each brightness the highest level that is no brighter. */
const LEVEL_BELOW: Uint8Array = Uint8Array.from({ length: 256 }, (_, value) => {
  return LEVELS.findLastIndex((level) => level <= value);
});
/** For each brightness how far it is from there to the next level, 0 … 1. */
const WAY_UP: Float32Array = Float32Array.from({ length: 256 }, (_, value) => {
  const below = LEVEL_BELOW[value]!;
  const next = LEVELS[below + 1];
  return next === undefined ? 0 : (value - LEVELS[below]!) / (next - LEVELS[below]!);
});

/**
 * The number of one of the 256 colours for a pixel; those of the person's own are left out. What
 * lies in the middle between the cube's colours becomes a pattern of them; greys have steps fine
 * enough.
 *
 * @param threshold 0 … 1, another one for each pixel of the pattern
 */
export function paletteColour(
  red: number,
  green: number,
  blue: number,
  threshold: number,
): number {
  const spread = Math.max(red, green, blue) - Math.min(red, green, blue);
  if (spread < NEARLY_GREY) return greyOf((red + green + blue) / 3);
  const limit = 0.5 + PATTERN * (threshold - 0.5);
  const level = (value: number): number => LEVEL_BELOW[value]! + Number(WAY_UP[value]! > limit);
  return CUBE_AT + CUBE_SIDE * (CUBE_SIDE * level(red) + level(green)) + level(blue);
}

/** Black and white are of the cube; the greys between them have a ramp of their own. */
function greyOf(light: number): number {
  if (light < FIRST_GREY / 2) return CUBE_AT;
  const grey = Math.max(0, Math.round((light - FIRST_GREY) / GREY_STEP));
  return grey < GREYS ? GREYS_AT + grey : GREYS_AT - 1;
}

/** Red, green and blue of one of the 256 colours, from 16 on. */
export function colourOf(number: number): [red: number, green: number, blue: number] {
  if (number >= GREYS_AT) {
    const light = FIRST_GREY + GREY_STEP * (number - GREYS_AT);
    return [light, light, light];
  }
  const at = number - CUBE_AT;
  const level = (place: number): number => LEVELS[Math.floor(at / place) % CUBE_SIDE]!;
  return [level(CUBE_SIDE * CUBE_SIDE), level(CUBE_SIDE), level(1)];
}
