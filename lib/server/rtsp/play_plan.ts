import type { Range } from "../../rtsp/headers/range.ts";
import { nptOfSmpte } from "./smpte.ts";

/** How one PLAY is carried out. */
export interface PlayPlan {
  /** The first frame, from 0; undefined to go on where playing stopped. */
  from: number | undefined;
  /** The first frame not to be shown any more, in the direction of play. */
  until: number | undefined;
  /** Frames from one to the next that is shown; below 0 backwards. */
  step: number;
  /** ms from one shown frame to the next, as they leave. */
  interval: number;
  /** ms from one shown frame to the next, as timestamps count them: Speed does not change it. */
  mediaInterval: number;
  /** The Scale and Speed that hold, as the reply states them. */
  scale: number;
  speed: number;
  /** Whether `until` is a pause point, from which the next PLAY goes on. */
  pauses?: boolean;
}

/** What a plan is made for. */
export interface PlanSource {
  fps: number;
  /** Undefined while it is not known; Infinity where there is no end. */
  frameCount: number | undefined;
  /** Whether it goes on by itself, so that there is nothing to be chosen. */
  live?: boolean;
  /** The frame that would come next. */
  position: number;
  /** Whether the source came to its end. */
  ended: boolean;
}

/** The Range cannot be played: 457 (RFC 2326, section 11.3.9), or 456 for a unit that means nothing. */
export class RangeRefusedError extends Error {
  constructor(readonly status: 456 | 457, message: string) {
    super(message);
    this.name = "RangeRefusedError";
  }
}

/** The slowest and fastest Scale and Speed, either way; what asks for more gets this. */
const LEAST_SCALE = 0.01;
const MOST_SCALE = 64;
const LEAST_SPEED = 0.1;
const MOST_SPEED = 16;

/** The frame on show at a time in seconds. */
export function frameAtTime(time: number, fps: number): number {
  return Math.floor(time * fps + CLOSE);
}

/** Whether a plan that begins at `from` passes a frame of the source, or ends with it. */
export function passes(
  { step, until }: PlayPlan,
  from: number,
  frame: number,
  { frameCount = Infinity }: PlanSource,
): boolean {
  if (frame >= frameCount) return false;
  if (step < 0) return frame <= from && frame >= (until ?? 0);
  return frame >= from && frame <= (until ?? Infinity);
}

/** A time this close before a frame, in frames, means that frame: 0.05 s × 20 fps is not exact. */
const CLOSE = 1e-6;

/**
 * Plans a PLAY (RFC 2326, section 10.5).
 * @param scale as asked, any number but 0 (section 12.34)
 * @param speed as asked, above 0 (section 12.35)
 * @throws {RangeRefusedError} when the range lies outside the media
 */
export function planPlay(
  source: PlanSource,
  range: Range | undefined,
  scale: number,
  speed: number,
): PlayPlan {
  if (source.live) return planLive(source, range);
  const size = clamp(Math.abs(scale), LEAST_SCALE, MOST_SCALE);
  const granted = Math.sign(scale) * size;
  const grantedSpeed = clamp(speed, LEAST_SPEED, MOST_SPEED);
  // Faster than life by leaving frames out, slower by showing each for longer.
  const mediaInterval = 1000 / source.fps / Math.min(1, size);
  return {
    ...planRange(source, range, granted),
    step: Math.sign(scale) * Math.max(1, size),
    interval: mediaInterval / grantedSpeed,
    mediaInterval,
    scale: granted,
    speed: grantedSpeed,
  };
}

/**
 * What is live is joined where it is, at its own rate, as long as it goes on; the reply says so. The
 * beginning is what every player asks for, and means the same.
 */
function planLive({ fps }: PlanSource, range: Range | undefined): PlayPlan {
  const { start = 0 } = secondsOf(range);
  if (start > 0) throw new RangeRefusedError(457, `this is live: there is no second ${start}`);
  const interval = 1000 / fps;
  const whole = { from: undefined, until: undefined, step: 1 };
  return { ...whole, interval, mediaInterval: interval, scale: 1, speed: 1 };
}

function planRange(
  source: PlanSource,
  range: Range | undefined,
  scale: number,
): { from: number | undefined; until: number | undefined } {
  const { start, end } = secondsOf(range);
  const from = start === undefined ? resumeAt(source, scale) : frameAt(source, start, scale);
  if (end === undefined) return { from, until: undefined };
  const begin = start ?? (from ?? source.position) / source.fps;
  if (scale > 0 ? end <= begin : end > begin) {
    throw new RangeRefusedError(457, `the range ends at ${end} s, before it begins`);
  }
  const until = scale > 0
    ? Math.ceil(end * source.fps - CLOSE)
    : Math.ceil(end * source.fps - CLOSE) - 1;
  return { from, until };
}

/** Where playing goes on without a start: where it is, or backwards from the last frame. */
function resumeAt(source: PlanSource, scale: number): number | undefined {
  if (scale < 0 && source.ended) return Math.max(0, (source.frameCount ?? 1) - 1);
  return source.ended ? 0 : undefined;
}

/** The frame that is on show at a time. */
function frameAt(source: PlanSource, time: number, scale: number): number {
  const frame = frameAtTime(time, source.fps);
  const count = source.frameCount ?? Infinity;
  // Backwards from the very end means from the last frame.
  if (scale < 0 && frame === count) return count - 1;
  if (frame < count) return frame;
  throw new RangeRefusedError(
    457,
    `the range begins at ${time} s, and the media ends at ${count / source.fps} s`,
  );
}

/**
 * Start and end in seconds; `now` in a file is where it stands, so it says nothing.
 * @throws {RangeRefusedError} when the unit means nothing here
 */
export function secondsOf(range: Range | undefined): { start?: number; end?: number } {
  if (range === undefined) return {};
  const out: { start?: number; end?: number } = {};
  switch (range.unit) {
    case "npt":
      if (typeof range.start === "number") out.start = range.start;
      if (typeof range.end === "number") out.end = range.end;
      // `-10`: the last ten seconds are what RFC 2326 does not define; from the beginning to 10 s.
      return out;
    case "smpte":
    case "smpte-25":
    case "smpte-30-drop":
      out.start = nptOfSmpte(range.start, range.unit);
      if (range.end !== undefined) out.end = nptOfSmpte(range.end, range.unit);
      return out;
    case "clock":
      throw new RangeRefusedError(456, "a recording has no wall-clock times; use npt");
    default:
      throw new RangeRefusedError(456, `the range unit ${range.name} is not known; use npt`);
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
