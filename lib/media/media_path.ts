import { MediaNotFoundError } from "../stream/media_provider.ts";

/** Longest name a client may ask for, in characters, before decoding. */
export const MAX_MEDIA_NAME_LENGTH = 1024;
/** Most folders and file in a name. */
export const MAX_MEDIA_NAME_SEGMENTS = 16;

// deno-lint-ignore no-control-regex
const NEVER_IN_A_NAME = /[\u0000-\u001f\u007f\\]/;
/** Drive letters and alternate streams of Windows. */
const NEVER_ON_WINDOWS = /:/;

/** Whether a file or folder of this name can be asked for; see {@linkcode mediaPath}. */
export function canBeAskedFor(name: string): boolean {
  return !NEVER_IN_A_NAME.test(name);
}

/**
 * The folders and the file a client's name means, below the root whatever the name looks like.
 * Percent-encoding is decoded once; slashes at the beginning and empty or `.` segments drop out.
 *
 * @param name as it came from the wire, e.g. `movie.Mjpeg`, `/lab/my%20movie.mjpeg`
 * @param windows whether names with a colon are refused too
 * @throws {MediaNotFoundError} when the name has a `..` segment, a backslash or a control character,
 * encoded or not, when nothing remains of it, or when it is too long
 */
export function mediaPath(name: string, windows = false): string[] {
  if (name.length > MAX_MEDIA_NAME_LENGTH) throw new MediaNotFoundError(name);
  const decoded = decodeOnce(name);
  if (NEVER_IN_A_NAME.test(decoded) || (windows && NEVER_ON_WINDOWS.test(decoded))) {
    throw new MediaNotFoundError(name);
  }
  const segments = decoded.split("/").filter((segment) => segment !== "" && segment !== ".");
  if (
    segments.length === 0 || segments.length > MAX_MEDIA_NAME_SEGMENTS || segments.includes("..")
  ) {
    throw new MediaNotFoundError(name);
  }
  return segments;
}

/** A bare name in the lab dialect is not encoded and may hold a lone percent sign: kept as it is. */
function decodeOnce(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
