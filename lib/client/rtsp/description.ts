import { MalformedError } from "../../bytes/malformed.ts";
import type { Dimensions } from "../../jpeg/rebuild.ts";
import { staticPayloadType } from "../../rtp/payload_types.ts";
import { parseRange } from "../../rtsp/headers/range.ts";
import type { RtspResponse } from "../../rtsp/message.ts";
import { formatUrl, resolveControl, type RtspUrl, withoutCredentials } from "../../rtsp/url.ts";
import { control, dimensions, payloadTypes, range, rtpmapOf } from "../../sdp/attributes.ts";
import { parseSdp } from "../../sdp/parse.ts";
import type { MediaDescription, SessionDescription } from "../../sdp/session_description.ts";
import { ProtocolError } from "../errors.ts";
import type { Observer } from "../observer.ts";

/** The one stream that is played, as the description tells it. */
export interface Track {
  media: MediaDescription;
  payloadType: number;
  /** `JPEG`, `H264` … in upper case. */
  encoding: string;
  /** Hz */
  clockRate: number;
  /** What SETUP names. */
  controlUrl: string;
  /** What PLAY, PAUSE and TEARDOWN name. */
  aggregateUrl: string;
  /** Length of the media in seconds, where the description tells. */
  duration: number | undefined;
  dimensions: Dimensions | undefined;
}

/**
 * Chooses the stream to play from what DESCRIBE answered: JPEG video before other video before
 * anything else.
 * @throws {ProtocolError} when there is no description, or no stream in it
 */
export function chooseTrack(reply: RtspResponse, url: RtspUrl, observer: Observer): Track {
  const session = readDescription(reply, observer);
  const base = baseOf(reply, url);
  const tracks = session.media.map((media) => trackOf(session, media, base));
  const track = tracks.find(({ encoding }) => encoding === "JPEG") ??
    tracks.find(({ media }) => media.type === "video") ?? tracks[0];
  if (track === undefined) throw new ProtocolError("the session description names no stream");
  return track;
}

function readDescription(reply: RtspResponse, observer: Observer): SessionDescription {
  try {
    return parseSdp(reply.body, {
      onTolerance: (code, detail) => observer.note?.({ code, message: detail }),
    });
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new ProtocolError(`the session description cannot be read: ${error.message}`);
  }
}

/**
 * What control names are relative to (RFC 2326, appendix C.1.1): Content-Base, Content-Location, or
 * the URL itself. Cameras leave out the scheme, or give a path alone; host and port are ours anyway.
 */
function baseOf(reply: RtspResponse, url: RtspUrl): string {
  const own = formatUrl(withoutCredentials(url));
  const stated = (reply.headers.get("Content-Base") ?? reply.headers.get("Content-Location"))
    ?.trim();
  if (stated === undefined || stated === "") return own;
  if (/^rtsps?:\/\//i.test(stated)) return stated;
  const authority = /^[^/]*\/\/[^/]*/.exec(own)![0];
  if (stated.startsWith("/")) return authority + stated;
  return stated.includes("/") ? `${url.scheme}://${stated}` : own;
}

function trackOf(session: SessionDescription, media: MediaDescription, base: string): Track {
  const payloadType = payloadTypes(media)[0] ?? 0;
  const map = rtpmapOf(media, payloadType);
  const known = staticPayloadType(payloadType);
  const aggregate = control(session);
  return {
    media,
    payloadType,
    encoding: (map?.encodingName ?? known?.encodingName ?? "unknown").toUpperCase(),
    clockRate: map?.clockRate ?? known?.clockRate ?? 90_000,
    controlUrl: resolveControl(base, control(media)),
    aggregateUrl: resolveControl(base, aggregate),
    duration: durationOf(range(media) ?? range(session)),
    dimensions: dimensions(media),
  };
}

function durationOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  try {
    const interval = parseRange(value);
    if (interval.unit !== "npt" || typeof interval.end !== "number") return undefined;
    return interval.end - (typeof interval.start === "number" ? interval.start : 0);
  } catch {
    return undefined; // the description advises; the stream itself tells its end
  }
}
