import type { SmpteTime } from "../../rtsp/headers/smpte_time.ts";

/** Frames a second of each unit; the drop-frame one counts 30 and drops numbers to keep time. */
const FRAME_RATES = { "smpte": 30, "smpte-30-drop": 30000 / 1001, "smpte-25": 25 } as const;

const SUBFRAMES = 100;

/**
 * A relative SMPTE time in seconds (RFC 2326, section 3.5). `smpte` without a rate is 29.97 frames a
 * second drop-frame by the text; its times stay within a frame of 30 for clips of minutes, and drop
 * numbers are counted for `smpte-30-drop`.
 */
export function nptOfSmpte(time: SmpteTime, unit: keyof typeof FRAME_RATES): number {
  const { hours, minutes, seconds, frames = 0, subframes = 0 } = time;
  const whole = (hours * 60 + minutes) * 60 + seconds;
  const part = frames + subframes / SUBFRAMES;
  if (unit !== "smpte-30-drop") return whole + part / FRAME_RATES[unit];
  // Two numbers are dropped in each minute but every tenth.
  const totalMinutes = hours * 60 + minutes;
  const dropped = 2 * (totalMinutes - Math.floor(totalMinutes / 10));
  return (whole * 30 + part - dropped) / FRAME_RATES[unit];
}
