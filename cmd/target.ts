import type { Credentials } from "../lib/client/rtsp/requester.ts";
import { formatUrl, parseUrl, type RtspUrl, withoutCredentials } from "../lib/rtsp/url.ts";
import { parsePort } from "./flags.ts";
import { UsageError } from "./exit_status.ts";

/** The stream a command is about, as it was named. */
export type StreamTarget =
  | { form: "lab"; hostname: string; port: number; rtpPort: number; file: string }
  | { form: "url"; url: RtspUrl };

const FORMS = "rtsp://host[:port]/path, or HOST PORT RTP_PORT FILE";

/**
 * Reads how a stream was named.
 * @throws {UsageError} when it is neither form
 */
export function parseTarget(words: string[]): StreamTarget {
  const [first] = words;
  if (first === undefined) throw new UsageError(`name a stream: ${FORMS}`);
  if (words.length === 1 && /^rtspu?s?:\/\//i.test(first)) return parseTargetUrl(first);
  if (words.length !== 4) {
    // A URL with a slip in it may have a password in it, too.
    const shown = words.join(" ").replace(/[^\s/]*@/g, "…@");
    throw new UsageError(`a stream is ${FORMS}; got ${words.length} word(s): ${shown}`);
  }
  const [hostname, port, rtpPort, file] = words as [string, string, string, string];
  return {
    form: "lab",
    hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: parsePort("PORT", port),
    rtpPort: parsePort("RTP_PORT", rtpPort, 0),
    file,
  };
}

function parseTargetUrl(text: string): StreamTarget {
  try {
    const url = parseUrl(text);
    if (url.scheme !== "rtspu") return { form: "url", url };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  throw new UsageError("rtspu:// is RTSP over UDP, which nobody speaks any more; use rtsp://");
}

/** The credentials in a URL. */
export function credentialsOf(target: StreamTarget): Credentials | undefined {
  if (target.form !== "url" || target.url.username === undefined) return undefined;
  return { username: target.url.username, password: target.url.password ?? "" };
}

/** The target as people write it, without any password. */
export function targetName(target: StreamTarget): string {
  if (target.form === "url") return formatUrl(withoutCredentials(target.url));
  return `${target.hostname} ${target.port} ${target.rtpPort} ${target.file}`;
}
