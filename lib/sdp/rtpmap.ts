import { MalformedError, quote } from "../bytes/malformed.ts";
import { decimal } from "./lines.ts";
import { payloadTypeOf } from "./media.ts";
import type { MediaDescription } from "./session_description.ts";
import type { Report } from "./tolerances.ts";

/** `a=rtpmap:<payload type> <encoding name>/<clock rate>[/<encoding parameters>]` (6.6). */
export interface Rtpmap {
  /** 0 … 127. */
  payloadType: number;
  /** As written; names are compared without regard to case. */
  encodingName: string;
  /** Hertz. */
  clockRate: number;
  /** For audio the number of channels. */
  encodingParameters?: string;
}

const RTPMAP = /^(\d+) ([^\s/]+)\/(\d+)(?:\/(\S+))?$/;

/**
 * The value of an `rtpmap` attribute. Spaces too many are tolerated.
 * @throws {MalformedError} when the payload type, the name or the clock rate is missing
 */
export function parseRtpmap(value: string, report?: Report): Rtpmap {
  const tidy = value.trim().replace(/\s+/g, " ").replace(/ ?\/ ?/g, "/");
  if (tidy !== value) report?.("rtpmap-spaces");
  const found = RTPMAP.exec(tidy);
  const payloadType = payloadTypeOf(found?.[1] ?? "");
  const clockRate = decimal(found?.[3]);
  if (found === null || payloadType === undefined || !clockRate) {
    throw new MalformedError("rtpmap", 0, `Not payload type, name and clock rate: ${quote(value)}`);
  }
  const rtpmap: Rtpmap = { payloadType, encodingName: found[2]!, clockRate };
  if (found[4] !== undefined) rtpmap.encodingParameters = found[4];
  return rtpmap;
}

/** The value of an `rtpmap` attribute. */
export function formatRtpmap(rtpmap: Rtpmap): string {
  const { payloadType, encodingName, clockRate, encodingParameters } = rtpmap;
  const more = encodingParameters === undefined ? "" : `/${encodingParameters}`;
  return `${payloadType} ${encodingName}/${clockRate}${more}`;
}

/** Every `rtpmap` of a medium that can be read, in order. */
export function rtpmaps(media: MediaDescription): Rtpmap[] {
  const found: Rtpmap[] = [];
  for (const { name, value } of media.attributes) {
    if (name !== "rtpmap" || value === undefined) continue;
    try {
      found.push(parseRtpmap(value));
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
    }
  }
  return found;
}

/**
 * The `rtpmap` of one payload type; `undefined` when the description gives none, as it may for
 * the static payload types of RFC 3551 (26 is JPEG/90000).
 */
export function rtpmapOf(media: MediaDescription, payloadType: number): Rtpmap | undefined {
  return rtpmaps(media).find((rtpmap) => rtpmap.payloadType === payloadType);
}

/**
 * The payload types of a medium in order of preference. Where a format is no number (TP-Link's
 * `smart/1/90000`), the payload types of the `rtpmap` attributes stand in for it.
 */
export function payloadTypes(media: MediaDescription): number[] {
  const found = new Set<number>();
  for (const format of media.formats) {
    const payloadType = payloadTypeOf(format);
    if (payloadType !== undefined) found.add(payloadType);
    else for (const rtpmap of rtpmaps(media)) found.add(rtpmap.payloadType);
  }
  return [...found];
}
