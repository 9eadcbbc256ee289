import { timestampDelta } from "../../rtp/timestamp.ts";
import { formatRange, parseRange } from "../../rtsp/headers/range.ts";
import { formatScale, parseScale } from "../../rtsp/headers/scale.ts";
import type { RtspResponse } from "../../rtsp/message.ts";
import type { PlayRequest } from "../media_session.ts";
import type { Track } from "./description.ts";

/** How near the announced end counts as the end, in seconds: the last frame has a length too. */
const NEAR_END = 1;

/** The headers of a PLAY. A Range always: some cameras insist on one. */
export function playHeaders({ start, scale }: PlayRequest): [string, string][] {
  const headers: [string, string][] = [];
  // Backwards from where it is, unless a start is named.
  const from = start ?? (scale !== undefined && scale < 0 ? undefined : 0);
  if (from !== undefined) headers.push(["Range", formatRange({ unit: "npt", start: from })]);
  if (scale !== undefined) headers.push(["Scale", formatScale(scale)]);
  return headers;
}

/** How far one PLAY has come, from timestamps and what its reply said would be played. */
export class PlayProgress {
  readonly #clockRate: number;
  /** Seconds that packets will span, where the server told. */
  readonly #expected: number | undefined;
  #first: number | undefined;
  #last = 0;

  /** @param reply to PLAY: read the answer, not the wish */
  constructor(reply: RtspResponse, asked: PlayRequest, track: Track) {
    this.#clockRate = track.clockRate;
    const scale = readScale(reply);
    const range = readSeconds(reply.headers.get("Range"));
    const start = range.start ?? asked.start ?? 0;
    const end = range.end ?? (scale > 0 ? track.duration : 0);
    if (end !== undefined && scale !== 0) this.#expected = (end - start) / scale;
  }

  /** Notes a packet's timestamp. */
  packet(timestamp: number): void {
    this.#first ??= timestamp;
    this.#last = timestamp;
  }

  /** Whether the end that was announced has come, within a second. */
  get isAtEnd(): boolean {
    if (this.#expected === undefined || this.#first === undefined) return false;
    const seconds = timestampDelta(this.#last, this.#first) / this.#clockRate;
    return seconds >= this.#expected - NEAR_END;
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
