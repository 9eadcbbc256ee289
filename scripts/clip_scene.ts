// What the clip shows: a landscape from morning to morning, and instruments that tell the frame.
import { Image } from "imagescript";
import { drawBars, drawDial, drawNumbers, drawTrack } from "./clip_instruments.ts";
import { drawLandscape } from "./clip_landscape.ts";

/** Pixels across; like every edge that stands still, on the 16-pixel grid of the JPEG's MCUs. */
export const WIDTH = 384;
/** Pixels down. */
export const HEIGHT = 288;
/** Frames a second, the pace of the course lab. */
export const FRAME_RATE = 20;
/** Frames in the clip. */
export const FRAME_COUNT = 500;

const HORIZON = 192;
const BARS_TOP = 240;
const TRACK_TOP = 272;
/** Seconds between two marks on the band along the bottom. */
const MARK_EVERY = 5;

/**
 * Draws a frame of the clip.
 * @param number 1 … {@linkcode FRAME_COUNT}
 */
export function drawFrame(number: number): Image {
  const image = new Image(WIDTH, HEIGHT);
  const seconds = (number - 1) / FRAME_RATE;
  const day = (number - 1) / FRAME_COUNT;
  drawLandscape(image, { horizon: HORIZON, bottom: BARS_TOP, day, seconds });
  drawDial(image, number, FRAME_RATE);
  drawNumbers(image, { number, count: FRAME_COUNT, seconds });
  drawBars(image, { top: BARS_TOP, bottom: TRACK_TOP });
  const marks = FRAME_COUNT / FRAME_RATE / MARK_EVERY;
  drawTrack(image, { top: TRACK_TOP, done: number / FRAME_COUNT, marks });
  return image;
}
