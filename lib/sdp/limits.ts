import { MalformedError } from "../bytes/malformed.ts";

/** Ceilings on what is read as one session description. Going past one is malformed. */
export const SDP_LIMITS = Object.freeze({
  /** Bytes of the description (characters, when it is given as a string). */
  size: 65_536,
  /** Lines of the description, empty ones included. */
  lines: 2_048,
  /** Characters of one line, its end not counted; parameter sets make `a=fmtp` lines long. */
  lineLength: 16_384,
  /** `m=` sections. */
  media: 64,
  /** Formats in one `m=` line: there are no more RTP payload types than this. */
  formats: 128,
});

/**
 * Passes when `count` is within the ceiling called `name`.
 * @throws {MalformedError} when it is above
 */
export function checkLimit(name: keyof typeof SDP_LIMITS, count: number, position: number): void {
  const most = SDP_LIMITS[name];
  if (count <= most) return;
  throw new MalformedError("SDP", position, `More than the ${most} allowed for ${name}`);
}
