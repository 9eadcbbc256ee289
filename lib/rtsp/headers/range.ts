import { MalformedError, quote } from "../../bytes/malformed.ts";
import { VALUE_LIMITS } from "../limits.ts";
import { isToken } from "../text.ts";
import { formatDecimal, parseDecimal } from "./decimal.ts";
import { type Piece, splitList, trimPiece } from "./parameters.ts";
import { formatSmpteTime, parseSmpteTime, type SmpteTime } from "./smpte_time.ts";
import { formatUtcTime, parseUtcTime } from "./utc_time.ts";

const ELEMENT = "Range";
const NPT_CLOCK = /^([0-9]{1,15}):([0-5]?[0-9]):([0-5]?[0-9](?:\.[0-9]{0,15})?)$/;
const SECONDS_PER_MINUTE = 60;
const SECONDS_PER_HOUR = 3600;
/** Digits behind the point as ffmpeg, live555 and VLC write them: `npt=0.000-`. */
const NPT_PLACES = 3;
const SMPTE_UNITS: ReadonlySet<string> = new Set(["smpte", "smpte-30-drop", "smpte-25"]);

/** Seconds from the beginning of the presentation, or the live point; RFC 2326 section 3.6. */
export type NptTime = number | "now";

/** The unit, start and end of a Range value; at least one of start and end is there. */
export type RangeInterval =
  | { unit: "npt"; start?: NptTime; end?: NptTime }
  | { unit: "smpte" | "smpte-30-drop" | "smpte-25"; start: SmpteTime; end?: SmpteTime }
  /** Milliseconds since 1970-01-01T00:00:00Z; RFC 2326 section 3.7. */
  | { unit: "clock"; start: number; end?: number }
  /** A unit RFC 2326 does not know, kept as written; a server answers 457 or ignores it. */
  | { unit: "other"; name: string; text: string };

/** A Range value, RFC 2326 section 12.29. The end is exclusive. */
export type Range = RangeInterval & {
  /** When to begin, in milliseconds since 1970-01-01T00:00:00Z. */
  time?: number;
};

/**
 * A Range value, or what follows `range:` in a session description.
 * @throws {MalformedError} with the character offset of what is wrong
 */
export function parseRange(value: string): Range {
  const [first, ...rest] = splitList({ text: value, at: 0 }, ";", ELEMENT, VALUE_LIMITS.parameters);
  const range: Range = parseInterval(trimPiece(first!));
  for (const piece of rest.map(trimPiece)) {
    const match = /^time[ \t]*=[ \t]*(.*)$/i.exec(piece.text);
    if (match === null) continue; // RFC 2326 defines no other parameter
    const time = parseUtcTime(match[1]!);
    if (time === undefined) fail(piece, "is not time=YYYYMMDDThhmmssZ");
    range.time = time;
  }
  return range;
}

/** @throws {RangeError} when a time cannot be written in its unit */
export function formatRange(range: Range): string {
  const tail = range.time === undefined ? "" : `;time=${formatUtcTime(range.time)}`;
  return formatInterval(range) + tail;
}

function parseInterval(piece: Piece): RangeInterval {
  const equals = piece.text.indexOf("=");
  const { text: name } = trimPiece({ text: piece.text.slice(0, Math.max(0, equals)), at: 0 });
  if (!isToken(name)) fail(piece, "has no unit before =");
  const body = trimPiece({ text: piece.text.slice(equals + 1), at: piece.at + equals + 1 });
  const unit = name.toLowerCase();
  if (unit === "npt") return parseNpt(body);
  if (unit === "clock") return { unit, ...parseClosed(body, parseUtcTime) };
  if (isSmpteUnit(unit)) return { unit, ...parseClosed(body, parseSmpteTime) };
  return { unit: "other", name, text: body.text };
}

/** `npt-time "-" [npt-time]` or `"-" npt-time`, RFC 2326 section 3.6. */
function parseNpt(body: Piece): RangeInterval {
  const [from, to] = splitInterval(body);
  if (from.text === "" && to.text === "") fail(body, "has neither start nor end");
  const interval: RangeInterval = { unit: "npt" };
  if (from.text !== "") interval.start = parseNptTime(from);
  if (to.text !== "") interval.end = parseNptTime(to);
  return interval;
}

function parseNptTime(piece: Piece): NptTime {
  if (piece.text.toLowerCase() === "now") return "now";
  const clock = NPT_CLOCK.exec(piece.text);
  if (clock !== null) {
    const [, hours, minutes, seconds] = clock;
    const total = Number(hours) * SECONDS_PER_HOUR + Number(minutes) * SECONDS_PER_MINUTE +
      Number(seconds);
    if (total >= 10 ** VALUE_LIMITS.digits) fail(piece, "is longer than any recording");
    return total;
  }
  const seconds = parseDecimal(piece.text);
  if (seconds === undefined) fail(piece, "is not seconds, hh:mm:ss or now");
  return seconds;
}

/** `time "-" [time]`, the shape of smpte and clock ranges. */
function parseClosed<T>(
  body: Piece,
  parse: (text: string) => T | undefined,
): { start: T; end?: T } {
  const [from, to] = splitInterval(body);
  const start = parse(from.text);
  if (start === undefined) fail(from, "is not a time of this unit");
  if (to.text === "") return { start };
  const end = parse(to.text);
  if (end === undefined) fail(to, "is not a time of this unit");
  return { start, end };
}

function splitInterval(body: Piece): [Piece, Piece] {
  const dash = body.text.indexOf("-");
  if (dash < 0) fail(body, "has no - between start and end");
  return [
    trimPiece({ text: body.text.slice(0, dash), at: body.at }),
    trimPiece({ text: body.text.slice(dash + 1), at: body.at + dash + 1 }),
  ];
}

function formatInterval(range: RangeInterval): string {
  switch (range.unit) {
    case "npt":
      return `npt=${formatNptTime(range.start)}-${formatNptTime(range.end)}`;
    case "clock": {
      const end = range.end === undefined ? "" : formatUtcTime(range.end);
      return `clock=${formatUtcTime(range.start)}-${end}`;
    }
    case "other":
      return `${range.name}=${range.text}`;
    default: {
      const end = range.end === undefined ? "" : formatSmpteTime(range.end);
      return `${range.unit}=${formatSmpteTime(range.start)}-${end}`;
    }
  }
}

function formatNptTime(time: NptTime | undefined): string {
  if (time === undefined) return "";
  return time === "now" ? "now" : formatDecimal(time, NPT_PLACES);
}

function isSmpteUnit(unit: string): unit is "smpte" | "smpte-30-drop" | "smpte-25" {
  return SMPTE_UNITS.has(unit);
}

function fail(piece: Piece, problem: string): never {
  throw new MalformedError(ELEMENT, piece.at, `${quote(piece.text)} ${problem}`);
}
