import type { HttpCredentials } from "../lib/media/live/http_origin.ts";
import { PATTERN_NAME } from "../lib/media/pattern/pattern_settings.ts";
import { formatUrl, parseUrl, type RtspUrl, withoutCredentials } from "../lib/rtsp/url.ts";
import { UsageError } from "./exit_status.ts";

/** Live sources one server has at most. */
export const MOST_SOURCES = 64;
/** What a source may be called: it stands in URLs and lab requests as it is. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const FORM = "NAME=URL: http://…, https://…, rtsp://…, rtsps://…, or - for standard input";

/** Where a live source comes from. */
export type Origin =
  | { kind: "http"; url: string; credentials: HttpCredentials | undefined }
  | { kind: "rtsp"; url: RtspUrl }
  | { kind: "stdin" };

/** One `--source`. */
export interface SourceSetting {
  name: string;
  origin: Origin;
}

/**
 * Reads what `--source` says, each time it was given.
 * @throws {UsageError} when one makes no sense; no message shows a password
 */
export function parseSources(values: readonly string[] = []): SourceSetting[] {
  if (values.length > MOST_SOURCES) {
    throw new UsageError(`--source: ${values.length} of them are more than ${MOST_SOURCES}`);
  }
  const settings = values.map(parseSource);
  for (const [i, { name, origin }] of settings.entries()) {
    const before = settings.slice(0, i);
    if (before.some((other) => other.name === name)) {
      throw new UsageError(`--source: two are called ${name}`);
    }
    if (origin.kind === "stdin" && before.some((other) => other.origin.kind === "stdin")) {
      throw new UsageError("--source: standard input can be one source only");
    }
  }
  return settings;
}

function parseSource(value: string): SourceSetting {
  const equals = value.indexOf("=");
  const name = value.slice(0, Math.max(0, equals));
  if (equals < 0 || !NAME.test(name)) {
    const shown = equals < 0 ? "no = in it" : `${JSON.stringify(name)} is no name`;
    throw new UsageError(`--source: ${shown} (give ${FORM})`);
  }
  if (name === PATTERN_NAME) {
    throw new UsageError(`--source: ${PATTERN_NAME} is the test pattern's name; take another`);
  }
  return { name, origin: parseOrigin(name, value.slice(equals + 1)) };
}

function parseOrigin(name: string, text: string): Origin {
  if (text === "-") return { kind: "stdin" };
  if (/^https?:\/\//i.test(text)) return parseHttp(name, text);
  if (!/^rtsps?:\/\//i.test(text)) throw new UsageError(`--source ${name} is not ${FORM}`);
  try {
    return { kind: "rtsp", url: parseUrl(text) };
  } catch (error) {
    throw new UsageError(`--source ${name}: ${(error as Error).message}`);
  }
}

function parseHttp(name: string, text: string): Origin {
  if (!URL.canParse(text)) throw new UsageError(`--source ${name} is no URL`);
  const url = new URL(text);
  const { username, password } = url;
  url.username = url.password = url.hash = "";
  const credentials = username === ""
    ? undefined
    : { username: unescape(username), password: unescape(password) };
  return { kind: "http", url: url.href, credentials };
}

/** Percent escapes as characters; text that is not escaped well is meant as it stands. */
function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** An origin as people write it, without any password. */
export function originName(origin: Origin): string {
  if (origin.kind === "stdin") return "standard input";
  return origin.kind === "http" ? origin.url : formatUrl(withoutCredentials(origin.url));
}
