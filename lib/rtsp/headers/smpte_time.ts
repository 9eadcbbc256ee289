const SMPTE_TIME = /^([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2}))?(?:\.([0-9]{1,2}))?$/;
const SIXTY = 60;

/** A SMPTE relative timestamp, RFC 2326 section 3.5. */
export interface SmpteTime {
  hours: number;
  minutes: number;
  seconds: number;
  /** Frames into the second; absent where not written. */
  frames?: number;
  /** Hundredths of a frame; absent where not written. */
  subframes?: number;
}

/** `hh:mm:ss[:frames][.subframes]`; undefined for anything else. */
export function parseSmpteTime(text: string): SmpteTime | undefined {
  const match = SMPTE_TIME.exec(text);
  if (match === null) return undefined;
  const [, hours, minutes, seconds, frames, subframes] = match;
  const time: SmpteTime = {
    hours: Number(hours),
    minutes: Number(minutes),
    seconds: Number(seconds),
  };
  if (time.minutes >= SIXTY || time.seconds >= SIXTY) return undefined;
  if (frames !== undefined) time.frames = Number(frames);
  if (subframes !== undefined) time.subframes = Number(subframes);
  return time;
}

/** @throws {RangeError} when a part does not fit its two digits */
export function formatSmpteTime(time: SmpteTime): string {
  const { hours, minutes, seconds, frames, subframes } = time;
  const text = [hours, minutes, seconds].map(twoDigits).join(":");
  const frame = frames === undefined ? "" : `:${twoDigits(frames)}`;
  return text + frame + (subframes === undefined ? "" : `.${twoDigits(subframes)}`);
}

function twoDigits(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value > 99) {
    throw new RangeError(`${value} is not a number of two digits`);
  }
  return String(value).padStart(2, "0");
}
