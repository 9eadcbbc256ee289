import { decimal } from "./lines.ts";
import type { Attribute, MediaDescription, SessionDescription } from "./session_description.ts";
import type { Report } from "./tolerances.ts";

export {
  formatRtpmap,
  parseRtpmap,
  payloadTypes,
  type Rtpmap,
  rtpmapOf,
  rtpmaps,
} from "./rtpmap.ts";
export { type Fmtp, fmtpOf, formatFmtp, parseFmtp, parseFmtpParameters } from "./fmtp.ts";

/** Anything that carries attributes: a session or one of its media. */
export type HasAttributes = Pick<SessionDescription | MediaDescription, "attributes">;

/** Which way media flow, seen from the sender of the description (RFC 8866, 6.7). */
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** A picture size in pixels. */
export interface PictureSize {
  width: number;
  height: number;
}

/** `<token>` or `<token>:<byte-string>` (RFC 8866, 5.13). */
const ATTRIBUTE = /^[!#-'*+\-.0-9A-Z^-~]+(?::[^]+)?$/;
const DIRECTIONS = new Set(["sendrecv", "sendonly", "recvonly", "inactive"]);

/** The value of an `a=` line, or `undefined` when it has no name. */
export function parseAttribute(value: string, report: Report): Attribute | undefined {
  if (!ATTRIBUTE.test(value)) report("attribute-malformed");
  const colon = value.indexOf(":");
  if (value === "" || colon === 0) return undefined;
  if (colon < 0) return { name: value };
  return { name: value.slice(0, colon), value: value.slice(colon + 1) };
}

/** The value of the first attribute called `name`; `""` when it has none, `undefined` without it. */
export function attribute(section: HasAttributes, name: string): string | undefined {
  const found = section.attributes.find((candidate) => candidate.name === name);
  return found === undefined ? undefined : found.value ?? "";
}

/** The values of every attribute called `name`, in order. */
export function attributeValues(section: HasAttributes, name: string): string[] {
  return section.attributes.filter((each) => each.name === name).map((each) => each.value ?? "");
}

/** Whether there is an attribute called `name`, with or without a value. */
export function hasAttribute(section: HasAttributes, name: string): boolean {
  return section.attributes.some((candidate) => candidate.name === name);
}

/**
 * The control URL as written: absolute, relative, or `*` (RFC 2326, C.1.1). `undefined` when it is
 * missing or empty; the medium is then controlled by the base URL.
 */
export function control(section: HasAttributes): string | undefined {
  const value = attribute(section, "control")?.trim();
  return value === "" ? undefined : value;
}

/** The range as written, e.g. `npt=0-10.5` (RFC 2326, C.1.5). */
export function range(section: HasAttributes): string | undefined {
  const value = attribute(section, "range")?.trim();
  return value === "" ? undefined : value;
}

/**
 * Frames per second (RFC 8866, 6.13), the first value that is a number above zero: the
 * camera of moonfire-nvr#213 sends `0S` and, further down, the right one.
 */
export function frameRate(section: HasAttributes): number | undefined {
  for (const value of attributeValues(section, "framerate")) {
    const rate = /^\s*(\d{1,9}(?:\.\d{1,12})?)\s*$/.exec(value)?.[1];
    if (rate !== undefined && Number(rate) > 0) return Number(rate);
  }
  return undefined;
}

/** `a=x-dimensions:<width>,<height>`, which GStreamer sends for JPEG above 2040 pixels. */
export function dimensions(section: HasAttributes): PictureSize | undefined {
  return pictureSize(/^\s*(\d+)\s*,\s*(\d+)\s*$/.exec(attribute(section, "x-dimensions") ?? ""));
}

/** The value of an `x-dimensions` attribute. */
export function formatDimensions(size: PictureSize): string {
  return `${size.width},${size.height}`;
}

/** `a=framesize:<payload type> <width>-<height>` (3GPP TS 26.234) of one payload type. */
export function frameSize(section: HasAttributes, payloadType: number): PictureSize | undefined {
  for (const value of attributeValues(section, "framesize")) {
    const found = /^\s*(\d+)\s+(\d+)-(\d+)\s*$/.exec(value);
    if (found !== null && decimal(found[1]) === payloadType) {
      return pictureSize([found[0], found[2]!, found[3]!]);
    }
  }
  return undefined;
}

/** The value of a `framesize` attribute. */
export function formatFrameSize(payloadType: number, size: PictureSize): string {
  return `${payloadType} ${size.width}-${size.height}`;
}

/** The direction a section states, or else the one `session` states for all its media. */
export function direction(section: HasAttributes, session?: HasAttributes): Direction | undefined {
  const found = section.attributes.find((candidate) => DIRECTIONS.has(candidate.name));
  if (found !== undefined) return found.name as Direction;
  return session === undefined ? undefined : direction(session);
}

function pictureSize(found: ArrayLike<string> | null): PictureSize | undefined {
  const width = decimal(found?.[1]);
  const height = decimal(found?.[2]);
  return width === undefined || height === undefined ? undefined : { width, height };
}
