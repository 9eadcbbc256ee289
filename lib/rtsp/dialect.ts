import { isLabMethod, LAB_ONLY_METHODS, SEVEN_BUTTON_VERSION } from "./lab/methods.ts";

/** RTSP 1.0 of RFC 2326, or the course-lab dialect that shares its port. */
export type Dialect = "rtsp" | "lab";

/** Bytes in which the first line must end; without its end there, they tell all there is to tell. */
const FIRST_LINE_LIMIT = 4096;

/**
 * Which dialect a connection speaks, from its first bytes: a lab client names a bare file, writes
 * `RTSP/1.4`, uses a method of its own, or ends its first line with a lone LF. A method that nobody
 * knows tells one by the bare file and the lone LF together.
 * @param bytes everything received so far
 * @param ended whether to decide with what is there, since the socket has been quiet
 * @returns undefined while the first line is not whole
 */
export function detectDialect(bytes: Uint8Array, ended = false): Dialect | undefined {
  const head = bytes.subarray(0, FIRST_LINE_LIMIT);
  const settled = ended || head.length === FIRST_LINE_LIMIT;
  const start = head.findIndex((byte) => byte !== CR && byte !== LF);
  if (start < 0) return settled ? "rtsp" : undefined;
  const end = head.indexOf(LF, start);
  if (end < 0 && !settled) return undefined;
  const line = new TextDecoder("latin1").decode(head.subarray(start, end < 0 ? head.length : end));
  return dialectOfLine(line.replace(/\r$/, ""), end >= 0 && !line.endsWith("\r"));
}

/** A request line as RTSP and the lab write it, whatever its method. */
const REQUEST_LINE = /^[A-Za-z_]+[ \t].*\bRTSP\/\d\.\d\s*$/;

const LF = 0x0a;
const CR = 0x0d;

function dialectOfLine(line: string, loneLf: boolean): Dialect {
  const [method = "", uri = "", ...rest] = line.trimEnd().split(/[ \t]+/);
  if (/^[a-z]+:\/\//i.test(uri) || uri === "*") return "rtsp";
  if (LAB_ONLY_METHODS.has(method)) return "lab";
  if (rest.at(-1) === SEVEN_BUTTON_VERSION) return "lab";
  const isBare = !uri.startsWith("/");
  // As RTSP it would have no end, and a lab client always gets an answer.
  if (!isLabMethod(method)) return isBare && loneLf && REQUEST_LINE.test(line) ? "lab" : "rtsp";
  return loneLf || isBare ? "lab" : "rtsp";
}
