import { MalformedError, quote } from "../bytes/malformed.ts";
import { RTSP_VERSION } from "./message.ts";
import { isToken, isVersion, trimBlanks, trimBlanksEnd } from "./text.ts";
import type { OnTolerance } from "./tolerance.ts";

/** A Request-Line, RFC 2326 section 6.1. */
export interface RequestLine {
  kind: "request";
  method: string;
  uri: string;
  version: string;
}

/** A Status-Line, RFC 2326 section 7.1. */
export interface StatusLine {
  kind: "response";
  version: string;
  status: number;
  reason: string;
}

/** What errors in a start line name as their element. */
export const START_LINE = "Start line";
const STATUS_CODE = /^[1-9][0-9][0-9]$/;

/**
 * The first line of a message, without its line end.
 * @param at the line's stream offset, for errors
 * @throws {MalformedError} where it is neither a Request-Line nor a Status-Line
 */
export function parseStartLine(
  line: string,
  at = 0,
  onTolerance?: OnTolerance,
): RequestLine | StatusLine {
  const text = trimBlanksEnd(line);
  const parsed = /^(RTSP|HTTP)\//.test(text)
    ? parseStatusLine(line, text, at, onTolerance)
    : parseRequestLine(text, at, onTolerance);
  if (text !== line && !(parsed.kind === "response" && parsed.reason === "")) {
    onTolerance?.("space-after-start-line", quote(line));
  }
  if (parsed.version !== RTSP_VERSION) onTolerance?.("other-version", parsed.version);
  return parsed;
}

function parseStatusLine(
  line: string,
  text: string,
  at: number,
  onTolerance?: OnTolerance,
): StatusLine {
  const [version, code = "", ...rest] = text.split(" ");
  checkVersion(version!, at);
  if (!STATUS_CODE.test(code)) {
    throw new MalformedError(
      START_LINE,
      at + version!.length + 1,
      `Status code ${quote(code)} is not three digits`,
    );
  }
  if (line.length === version!.length + 1 + code.length) {
    onTolerance?.("missing-reason-phrase", quote(line));
  }
  return { kind: "response", version: version!, status: Number(code), reason: rest.join(" ") };
}

function parseRequestLine(text: string, at: number, onTolerance?: OnTolerance): RequestLine {
  const first = text.indexOf(" ");
  const last = text.lastIndexOf(" ");
  if (first <= 0 || last <= first) {
    throw new MalformedError(
      START_LINE,
      at,
      `${quote(text)} is neither a request nor a status line`,
    );
  }
  const method = text.slice(0, first);
  if (!isToken(method)) {
    throw new MalformedError(START_LINE, at, `Method ${quote(method)} is not a token`);
  }
  const version = text.slice(last + 1);
  checkVersion(version, at + last + 1);
  const uri = text.slice(first + 1, last);
  if (trimBlanks(uri) !== uri) {
    throw new MalformedError(START_LINE, at + first + 1, `White space around ${quote(uri)}`);
  }
  if (/[ \t]/.test(uri)) onTolerance?.("space-in-uri", quote(uri));
  return { kind: "request", method, uri, version };
}

function checkVersion(version: string, at: number): void {
  if (isVersion(version)) return;
  const problem = version.startsWith("HTTP/")
    ? `This is ${quote(version)}, not RTSP`
    : `Version ${quote(version)} is not RTSP/N.N`;
  throw new MalformedError(START_LINE, at, problem);
}
