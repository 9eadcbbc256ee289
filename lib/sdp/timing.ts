import { decimal, words } from "./lines.ts";
import type { RepeatTime, TimeDescription, TimeZoneAdjustment } from "./session_description.ts";
import type { Report } from "./tolerances.ts";

/** `typed-time` of RFC 8866, 5.10: a number of seconds, or of days, hours, minutes. */
const TYPED_TIME = /^(-?\d{1,15})([dhms]?)$/;
const SECONDS: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1, "": 1 };

/** The value of a `t=` line. Whatever is not a number in it counts as 0: FLIR sends `t=now-`. */
export function parseTiming(value: string, report: Report): TimeDescription {
  const found = /^(\S+) (\S+)$/.exec(value);
  const start = decimal(found?.[1]);
  const stop = decimal(found?.[2]);
  if (start !== undefined && stop !== undefined) return { start, stop, repeats: [] };
  report("time-malformed");
  const [first, second] = words(value);
  return { start: decimal(first) ?? 0, stop: decimal(second) ?? 0, repeats: [] };
}

/** The value of an `r=` line, or `undefined` when it is of another form. */
export function parseRepeat(value: string, report: Report): RepeatTime | undefined {
  const [interval, duration, ...offsets] = value.split(" ");
  const times = [interval, duration, ...offsets];
  if (offsets.length === 0 || !times.every((time) => TYPED_TIME.test(time ?? ""))) {
    report("time-malformed");
    return undefined;
  }
  return { interval: interval!, duration: duration!, offsets };
}

/** The value of a `z=` line; empty when it is of another form. */
export function parseZones(value: string, report: Report): TimeZoneAdjustment[] {
  const fields = value.split(" ");
  const zones: TimeZoneAdjustment[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const time = decimal(fields[i]);
    const offset = fields[i + 1];
    if (time === undefined || offset === undefined || !TYPED_TIME.test(offset)) {
      report("time-malformed");
      return [];
    }
    zones.push({ time, offset });
  }
  return zones;
}

/**
 * Seconds of a time such as `7d`, `-1h`, `25m` or `3600` (RFC 8866, 5.10); `undefined` for other
 * text.
 */
export function typedTimeSeconds(text: string): number | undefined {
  const found = TYPED_TIME.exec(text);
  return found === null ? undefined : Number(found[1]) * SECONDS[found[2]!]!;
}
