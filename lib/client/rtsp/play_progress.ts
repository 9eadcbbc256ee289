import { timestampDelta } from "../../rtp/timestamp.ts";
import { formatRange, parseRange } from "../../rtsp/headers/range.ts";
import { formatScale, parseScale } from "../../rtsp/headers/scale.ts";
import type { RtspResponse } from "../../rtsp/message.ts";
import type { PlayRequest } from "../media_session.ts";
import type { Track } from "./description.ts";

/** How near the announced end counts as the end, in seconds: the last frame has a length too. */
const NEAR_END = 1;

/**
 * The headers of a PLAY. A Range, as some cameras insist on one (Parrot); but none where playing
 * goes on after a pause, as that means from there (RFC 2326, section 10.5).
 */
export function playHeaders({ start, scale }: PlayRequest, resumes: boolean): [string, string][] {
  const headers: [string, string][] = [];
  // Backwards from where it is, unless a start is named.
  const goesOn = resumes || (scale !== undefined && scale < 0);
  const from = start ?? (goesOn ? undefined : 0);
  if (from !== undefined) headers.push(["Range", formatRange({ unit: "npt", start: from })]);
  if (scale !== undefined) headers.push(["Scale", formatScale(scale)]);
  return headers;
}

/** How far one PLAY has come, from timestamps and what its reply said would be played. */
export class PlayProgress {
  readonly #track: Track;
  #start: number;
  #scale = 1;
  /** Seconds that packets will span, where the server told. */
  #expected: number | undefined;
  #lastTimestamp: number | undefined;
  #ticks = 0;

  /** @param start where in the media it should begin, in seconds */
  constructor(track: Track, start: number) {
    this.#track = track;
    this.#start = start;
  }

  /**
   * Notes what the server makes of the request: the answer counts, not the wish. Packets may have
   * come before it.
   */
  accepted(reply: RtspResponse): void {
    this.#scale = readScale(reply);
    const range = readSeconds(reply.headers.get("Range"));
    this.#start = range.start ?? this.#start;
    const end = range.end ?? (this.#scale > 0 ? this.#track.duration : 0);
    if (end !== undefined && this.#scale !== 0) {
      this.#expected = (end - this.#start) / this.#scale;
    }
  }

  /** Notes a packet's timestamp. */
  packet(timestamp: number): void {
    // Steps, not the distance from the first: that would wrap after half a day.
    if (this.#lastTimestamp !== undefined) {
      this.#ticks += timestampDelta(timestamp, this.#lastTimestamp);
    }
    this.#lastTimestamp = timestamp;
  }

  /** Where in the media the last packet is, in seconds. */
  get position(): number {
    return this.#start + this.#scale * this.#ticks / this.#track.format.clockRate;
  }

  /** Whether the server announced an end. */
  get hasEnd(): boolean {
    return this.#expected !== undefined;
  }

  /** Whether the end that was announced has come, within a second. */
  get isAtEnd(): boolean {
    if (this.#expected === undefined || this.#lastTimestamp === undefined) return false;
    return this.#ticks / this.#track.format.clockRate >= this.#expected - NEAR_END;
  }
}

function readScale(reply: RtspResponse): number {
  const value = reply.headers.get("Scale");
  try {
    return value === undefined ? 1 : parseScale(value);
  } catch {
    return 1;
  }
}

function readSeconds(value: string | undefined): { start?: number; end?: number } {
  if (value === undefined) return {};
  try {
    const range = parseRange(value);
    if (range.unit !== "npt") return {};
    return {
      ...(typeof range.start === "number" ? { start: range.start } : {}),
      ...(typeof range.end === "number" ? { end: range.end } : {}),
    };
  } catch {
    return {};
  }
}
