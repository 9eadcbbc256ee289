import { MalformedError } from "../../bytes/malformed.ts";
import type { Dimensions } from "../../jpeg/rebuild.ts";
import { staticPayloadType } from "../../rtp/payload_types.ts";
import { parseRange } from "../../rtsp/headers/range.ts";
import type { RtspResponse } from "../../rtsp/message.ts";
import { resolveControl, type RtspUrl } from "../../rtsp/url.ts";
import { control, dimensions, payloadTypes, range, rtpmapOf } from "../../sdp/attributes.ts";
import { parseSdp } from "../../sdp/parse.ts";
import type { MediaDescription, SessionDescription } from "../../sdp/session_description.ts";
import { isMulticastV4 } from "../../net/address.ts";
import { NoMediaError, ProtocolError } from "../errors.ts";
import type { Observer } from "../observer.ts";
import { baseUrl } from "./base_url.ts";

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
  /** The multicast group it is sent to, where the description names one. */
  group: Group | undefined;
}

/** Where a multicast stream goes. */
export interface Group {
  /** IPv4 */
  address: string;
  /** Of RTP; undefined where it is not told. */
  port: number | undefined;
  /** Routers to cross plus one; undefined where it is not told. */
  ttl: number | undefined;
}

/**
 * Chooses the stream to play from what DESCRIBE answered: JPEG video before other video before
 * anything else.
 * @param encodings those the caller can make use of; undefined for any
 * @throws {ProtocolError} when there is no description, or no stream in it
 * @throws {NoMediaError} when no stream is of those encodings
 */
export function chooseTrack(
  reply: RtspResponse,
  url: RtspUrl,
  { observer, encodings }: { observer: Observer; encodings?: readonly string[] | undefined },
): Track {
  const session = readDescription(reply, observer);
  const base = baseUrl(
    reply.headers.get("Content-Base") ?? reply.headers.get("Content-Location"),
    url,
  );
  const tracks = session.media.map((media) => trackOf(session, media, base));
  if (tracks.length === 0) throw new ProtocolError("the session description names no stream");
  const usable = tracks.filter(({ encoding }) => encodings?.includes(encoding) ?? true);
  const track = usable.find(({ encoding }) => encoding === "JPEG") ??
    usable.find(({ media }) => media.type === "video") ?? usable[0];
  if (track !== undefined) return track;
  const offered = tracks.map(({ encoding, media }) => `${encoding} ${media.type}`).join(", ");
  throw new NoMediaError(
    `the server offers ${offered}, and nothing of what can be shown here: ${
      encodings?.join(", ")
    } (rtspkit probe shows its packets)`,
  );
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

function trackOf(session: SessionDescription, media: MediaDescription, base: string): Track {
  const formats = payloadTypes(media).map((payloadType) => formatOf(media, payloadType));
  const format = formats.find(({ encoding }) => encoding === "JPEG") ?? formats[0] ??
    formatOf(media, 0);
  return {
    media,
    ...format,
    controlUrl: resolveControl(base, control(media)),
    aggregateUrl: resolveControl(base, control(session)),
    duration: durationOf(range(media) ?? range(session)),
    dimensions: dimensions(media),
    group: groupOf(session, media),
  };
}

function formatOf(
  media: MediaDescription,
  payloadType: number,
): Pick<Track, "payloadType" | "encoding" | "clockRate"> {
  const map = rtpmapOf(media, payloadType);
  const known = staticPayloadType(payloadType);
  return {
    payloadType,
    encoding: (map?.encodingName ?? known?.encodingName ?? "unknown").toUpperCase(),
    clockRate: map?.clockRate ?? known?.clockRate ?? 90_000,
  };
}

function groupOf(session: SessionDescription, media: MediaDescription): Group | undefined {
  const { address, ttl } = media.connections[0] ?? session.connection ?? {};
  if (address === undefined || !isMulticastV4(address)) return undefined;
  return { address, port: media.port || undefined, ttl };
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
