import type { SmpteTime } from "../../rtsp/headers/smpte_time.ts";

/** Frames a second of the drop-frame units, whose numbers count 30 and leave some out. */
const DROP_FRAME_RATE = 30000 / 1001;
const SUBFRAMES = 100;

/**
 * A relative SMPTE time in seconds (RFC 2326, section 3.5). `smpte` without a rate is
 * `smpte-30-drop`, which leaves out two numbers in each minute but every tenth to keep time.
 */
export function nptOfSmpte(
  time: SmpteTime,
  unit: "smpte" | "smpte-30-drop" | "smpte-25",
): number {
  const { hours, minutes, seconds, frames = 0, subframes = 0 } = time;
  const whole = (hours * 60 + minutes) * 60 + seconds;
  const part = frames + subframes / SUBFRAMES;
  if (unit === "smpte-25") return whole + part / 25;
  const totalMinutes = hours * 60 + minutes;
  const dropped = 2 * (totalMinutes - Math.floor(totalMinutes / 10));
  return (whole * 30 + part - dropped) / DROP_FRAME_RATE;
}
