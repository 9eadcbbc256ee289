import { MalformedError } from "../bytes/malformed.ts";
import type { TrackDescription } from "../codec/depacketizer.ts";
import { staticPayloadType } from "../rtp/payload_types.ts";
import {
  control,
  dimensions,
  fmtpOf,
  frameRate,
  frameSize,
  hasAttribute,
  payloadTypes,
  type PictureSize,
  range,
  rtpmapOf,
} from "../sdp/attributes.ts";
import { isSdp } from "../sdp/media_type.ts";
import { parseSdp } from "../sdp/parse.ts";
import type { MediaDescription, SessionDescription } from "../sdp/session_description.ts";
import type { ObservedMessage } from "../stream/observation.ts";
import { headerOf } from "./exchange.ts";

/** The clock of video, where neither the description nor the payload type tells one. */
const VIDEO_CLOCK_RATE = 90_000;

/** `npt=0-25.000`, `npt=now-8`, and not `npt=0-` or `npt=now-` (RFC 2326, section 3.6). */
const RANGE_WITH_END = /^npt\s*=[^-]*-\s*[\d.:]+/i;

/** One stream as the session description has it. */
export interface DescribedTrack {
  /** `video`, `audio`, `audio 2` …, as clients call it. */
  name: string;
  /** `video`, `audio`, `application` … */
  mediaType: string;
  /** By payload type, in the order they are named. */
  formats: ReadonlyMap<number, TrackDescription>;
  control: string | undefined;
  /** Frames a second. */
  frameRate: number | undefined;
  size: PictureSize | undefined;
  /** Whether its media end by themselves, at a time that is told. */
  hasEnd: boolean;
  /** Whether it is for sending to the server. */
  sendOnly: boolean;
}

/** The streams of a session description, named as clients name them. */
export function describedTracks(session: SessionDescription): DescribedTrack[] {
  const met = new Map<string, number>();
  return session.media.map((medium) => {
    const { type } = medium;
    const number = (met.get(type) ?? 0) + 1;
    met.set(type, number);
    return trackOf(session, medium, number === 1 ? type : `${type} ${number}`);
  });
}

/** What a payload type is where no description says. */
export function undescribed(payloadType: number): TrackDescription {
  const { encodingName = "", clockRate = VIDEO_CLOCK_RATE, channels } =
    staticPayloadType(payloadType) ?? {};
  return { encoding: encodingName, clockRate, ...(channels === undefined ? {} : { channels }) };
}

/** The session description in a message, if it carries one that can be read. */
export function describedBy(message: ObservedMessage): SessionDescription | undefined {
  if (!isSdp(headerOf(message, "content-type"), message.body)) return undefined;
  try {
    return parseSdp(message.body);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return undefined;
  }
}

function trackOf(
  session: SessionDescription,
  medium: MediaDescription,
  name: string,
): DescribedTrack {
  const types = payloadTypes(medium);
  return {
    name,
    mediaType: medium.type,
    formats: new Map(types.map((payloadType) => [payloadType, formatOf(medium, payloadType)])),
    control: control(medium),
    frameRate: frameRate(medium),
    size: dimensions(medium) ?? (types[0] === undefined ? undefined : frameSize(medium, types[0])),
    hasEnd: RANGE_WITH_END.test(range(medium) ?? range(session) ?? ""),
    sendOnly: hasAttribute(medium, "sendonly"),
  };
}

/** What a payload type of a medium stands for, as described or by its static number. */
export function formatOf(medium: MediaDescription, payloadType: number): TrackDescription {
  const map = rtpmapOf(medium, payloadType);
  const fixed = undescribed(payloadType);
  const channels = Number(map?.encodingParameters) || fixed.channels;
  const fmtp = fmtpOf(medium, payloadType);
  return {
    encoding: map?.encodingName ?? fixed.encoding,
    clockRate: map?.clockRate ?? fixed.clockRate,
    ...(channels === undefined ? {} : { channels }),
    ...(fmtp === undefined ? {} : { fmtp }),
  };
}
