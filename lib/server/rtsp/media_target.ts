import { parseRequestUri } from "../../rtsp/url.ts";

/** The control name of the one track there is (RFC 2326, appendix C.1.1). */
export const TRACK = "track1";

/** What a Request-URI names. */
export interface MediaTarget {
  /** The name of the media, no slash at either end; empty for the server as a whole. */
  media: string;
  /** What follows `?`; undefined where nothing does. */
  query: string | undefined;
  /** Whether it is the track's URL and not the aggregate's. */
  track: boolean;
  /** The aggregate's URL as the client wrote it, without credentials and slash at its end. */
  base: string;
}

/** The control name at the end of a URL, or before its query, where rtspsrc puts it. */
const TRACK_END = new RegExp(`/+${TRACK}/*(?=$|\\?)`);

/**
 * Takes a Request-URI apart. Host and port are not looked at: clients echo whatever Content-Base
 * said, and slashes are doubled or missing depending on how they join it with the control name.
 * @throws {MalformedError} when it is neither URL, path nor `*`
 */
export function parseMediaTarget(uri: string): MediaTarget {
  const { path, query: tail = "" } = parseRequestUri(uri);
  if (path === "*") return { media: "", query: undefined, track: false, base: "*" };
  const track = TRACK_END.test(uri);
  const base = withoutUserinfo(uri).replace(TRACK_END, "").replace(/\/+$/, "");
  const media = path.replace(TRACK_END, "").replace(/^\/+|\/+$/g, "");
  const query = tail.replace(TRACK_END, "").replace(/\/+$/, "") || undefined;
  return { media, query, track, base };
}

/** A Request-URI without user and password, which openRTSP leaves in: no reply or log repeats them. */
export function withoutUserinfo(uri: string): string {
  return uri.replace(/^([a-z]+:\/\/)[^/]*@/i, "$1");
}

/** Whether two names, however they are spelled, are one medium's: clients escape as they like. */
export function isSameMedia(a: string, b: string): boolean {
  return a === b || plainName(a) === plainName(b);
}

function plainName(name: string): string {
  // A raw question mark begins a query, which one request may repeat and another leave out.
  const segments = name.split("?", 1)[0]!.split("/").filter((segment) =>
    segment !== "" && segment !== "."
  );
  try {
    return decodeURIComponent(segments.join("/"));
  } catch {
    return name; // a lone percent sign
  }
}

/** The URL of the track of `base`. */
export function trackUrl(base: string): string {
  return `${base}/${TRACK}`;
}
