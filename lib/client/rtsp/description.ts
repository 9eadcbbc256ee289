import { MalformedError } from "../../bytes/malformed.ts";
import type { TrackDescription } from "../../codec/depacketizer.ts";
import type { Dimensions } from "../../jpeg/rebuild.ts";
import { staticPayloadType } from "../../rtp/payload_types.ts";
import { parseRange } from "../../rtsp/headers/range.ts";
import type { RtspResponse } from "../../rtsp/message.ts";
import type { RtspUrl } from "../../rtsp/url.ts";
import {
  control,
  dimensions,
  fmtpOf,
  hasAttribute,
  payloadTypes,
  range,
  rtpmapOf,
} from "../../sdp/attributes.ts";
import { parseSdp } from "../../sdp/parse.ts";
import type { MediaDescription, SessionDescription } from "../../sdp/session_description.ts";
import { isMulticastV4 } from "../../net/address.ts";
import { NoMediaError, ProtocolError } from "../errors.ts";
import type { ChooseTracks, OfferedTrack } from "../media_session.ts";
import type { Observer } from "../observer.ts";
import { baseUrl, controlUrl } from "./base_url.ts";
import { protectionOf, type TrackProtection } from "./srtp/track_keying.ts";

/** One stream of a session, as the description tells it. */
export interface Track {
  /** What people call it: `video`, `audio`, `audio 2` … */
  name: string;
  media: MediaDescription;
  payloadType: number;
  /** Its encoding, in upper case, and what goes with it. */
  format: TrackDescription;
  /** What SETUP names. */
  controlUrl: string;
  /** What PLAY, PAUSE and TEARDOWN name. */
  aggregateUrl: string;
  /** Length of the media in seconds, where the description tells. */
  duration: number | undefined;
  dimensions: Dimensions | undefined;
  /** The multicast group it is sent to, where the description names one. */
  group: Group | undefined;
  /** How its packets are protected (SRTP); undefined where they are not. */
  protection?: TrackProtection | undefined;
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

/** What {@linkcode chooseTracks} goes by. */
export interface TrackChoice {
  observer: Observer;
  /** Encodings the caller can make use of; undefined for any. */
  encodings?: readonly string[] | undefined;
  /** Whether the other streams of those encodings are wanted too. */
  allTracks?: boolean | undefined;
  /** Who chooses otherwise; the other wishes do not count then. */
  chooseTracks?: ChooseTracks | undefined;
}

/**
 * Chooses the streams to play from what DESCRIBE answered. The one that matters most is the first:
 * JPEG video before other video before anything else; the others follow as they are described.
 * @throws {ProtocolError} when there is no description, or no stream in it
 * @throws {NoMediaError} when no stream is of those encodings
 */
export function chooseTracks(reply: RtspResponse, url: RtspUrl, choice: TrackChoice): Track[] {
  const { observer, encodings, allTracks = false, chooseTracks: choose } = choice;
  const session = readDescription(reply, observer);
  const base = baseUrl(
    reply.headers.get("Content-Base") ?? reply.headers.get("Content-Location"),
    url,
  );
  const tracks = named(session.media.map((media) => trackOf(session, media, base)));
  if (tracks.length === 0) throw new ProtocolError("the session description names no stream");
  const usable = withoutBackchannels(tracks, observer)
    .filter(({ format }) => choose !== undefined || (encodings?.includes(format.encoding) ?? true));
  const main = usable.find(({ format }) => format.encoding === "JPEG") ??
    usable.find(({ media }) => media.type === "video") ?? usable[0];
  if (main === undefined) throw nothingUsable(tracks, encodings);
  const others = usable.filter((track) => track !== main).slice(0, MOST_TRACKS - 1);
  if (choose !== undefined) return chosenBy(choose, [main, ...others]);
  return allTracks ? [main, ...others] : [main];
}

function chosenBy(choose: ChooseTracks, tracks: readonly Track[]): Track[] {
  const offered: OfferedTrack[] = tracks.map(({ name, media, format }) => {
    return { name, mediaType: media.type, format };
  });
  const names = choose(offered).map(({ name }) => name);
  return tracks.filter(({ name }) => names.includes(name));
}

/** Streams of one session that are set up at most. */
const MOST_TRACKS = 16;

/**
 * Leaves out what is for sound to the camera and not from it: ONVIF (Streaming, section 5.3) marks
 * it `sendonly` beside others that are not. Where all are, the server means that it sends.
 */
function withoutBackchannels(tracks: readonly Track[], observer: Observer): readonly Track[] {
  const incoming = tracks.filter(({ media }) => !hasAttribute(media, "sendonly"));
  if (incoming.length === 0) return tracks;
  for (const track of tracks) {
    if (incoming.includes(track)) continue;
    observer.note?.({
      code: "backchannel",
      message: `The stream "${track.name}" is for sending to the server (a=sendonly) and is left ` +
        "alone",
    });
  }
  return incoming;
}

function nothingUsable(
  tracks: readonly Track[],
  encodings: readonly string[] | undefined,
): NoMediaError {
  const offered = tracks.map(({ format, media }) => `${format.encoding} ${media.type}`).join(", ");
  const wanted = encodings === undefined ? "" : `: ${encodings.join(", ")}`;
  return new NoMediaError(
    `the server offers ${offered}, and nothing of what can be shown here${wanted} ` +
      "(rtspkit probe shows its packets)",
  );
}

/** Calls them by their kind of media, from the second of a kind on with a number. */
function named(tracks: readonly Omit<Track, "name">[]): Track[] {
  const met = new Map<string, number>();
  return tracks.map((track) => {
    const { type } = track.media;
    const number = (met.get(type) ?? 0) + 1;
    met.set(type, number);
    return { name: number === 1 ? type : `${type} ${number}`, ...track };
  });
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

function trackOf(
  session: SessionDescription,
  media: MediaDescription,
  base: string,
): Omit<Track, "name"> {
  const formats = payloadTypes(media).map((payloadType) => formatOf(media, payloadType));
  const chosen = formats.find(({ format }) => format.encoding === "JPEG") ?? formats[0] ??
    formatOf(media, 0);
  return {
    media,
    ...chosen,
    controlUrl: controlUrl(base, control(media)),
    aggregateUrl: controlUrl(base, control(session)),
    duration: durationOf(range(media) ?? range(session)),
    dimensions: dimensions(media),
    group: groupOf(session, media),
    protection: protectionOf(session, media),
  };
}

function formatOf(
  media: MediaDescription,
  payloadType: number,
): Pick<Track, "payloadType" | "format"> {
  const map = rtpmapOf(media, payloadType);
  const known = staticPayloadType(payloadType);
  const channels = Number(map?.encodingParameters) || known?.channels;
  const fmtp = fmtpOf(media, payloadType);
  const format = {
    encoding: (map?.encodingName ?? known?.encodingName ?? "unknown").toUpperCase(),
    clockRate: map?.clockRate ?? known?.clockRate ?? 90_000,
    ...(channels === undefined ? {} : { channels }),
    ...(fmtp === undefined ? {} : { fmtp }),
  };
  return { payloadType, format };
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
