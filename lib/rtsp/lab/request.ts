import { MalformedError, quote } from "../../bytes/malformed.ts";
import { isLabMethod } from "./methods.ts";

/** A request in the course-lab dialect, with what its positions say already taken out. */
export interface LabRequest {
  /** In upper case as sent; may be one nobody knows. */
  method: string;
  /** The bare file name; empty in the three-line variant's later requests (`PLAY` and a blank). */
  file: string;
  /** `RTSP/1.0`, `RTSP/1.4`, or `RTSP/1.0` where the line carries none. */
  version: string;
  /** Undefined when no number stands where CSeq belongs. */
  cseq: number | undefined;
  /** The session as sent, undefined when there is no such line. */
  session: string | undefined;
  /** UDP port 1 … 65535 for RTP, undefined when the request names none. */
  clientPort: number | undefined;
  /** Every line after the first, as sent, without line ends: the server's log and `probe` show them. */
  lines: string[];
  /** What ended the first line; replies use the same. */
  lineEnd: "\n" | "\r\n";
  /** Whether the last line is ended too, as by programs that read replies line by line. */
  lastLineEnded: boolean;
}

/** What a client needs to say to write a request. */
export interface LabRequestFields {
  method: string;
  file: string;
  cseq: number;
  session?: string;
  clientPort?: number;
  version?: string;
}

/**
 * A request as the course text shows it: LF line ends, nothing behind the last line. The blank
 * after `client_port=` matters, since lab servers split that line at single blanks.
 */
export function formatLabRequest(fields: LabRequestFields): Uint8Array<ArrayBuffer> {
  const { method, file, cseq, session, clientPort, version = "RTSP/1.0" } = fields;
  const lines = [`${method} ${file} ${version}`, `CSeq: ${cseq}`];
  if (clientPort !== undefined) lines.push(`Transport: RTP/UDP; client_port= ${clientPort}`);
  if (session !== undefined) lines.push(`Session: ${session}`);
  return new TextEncoder().encode(lines.join("\n"));
}

/**
 * Takes a lab request apart.
 * @param text one whole message
 * @throws {MalformedError} when the first line is no request line
 */
export function parseLabRequest(text: string): LabRequest {
  const lineEnd = /^[^\n]*\r\n/.test(text) ? "\r\n" : "\n";
  const rows = text.split("\n").map((row) => row.replace(/\r$/, ""));
  const lastLineEnded = rows.length > 1 && rows[rows.length - 1] === "";
  while (rows.length > 1 && rows[rows.length - 1] === "") rows.pop();
  const [first = "", ...lines] = rows;
  const { method, file, version } = parseRequestLine(first);
  return {
    method,
    file,
    version,
    cseq: parseCseq(lines[0]),
    session: parseSession(lines),
    clientPort: parseClientPort(lines),
    lines,
    lineEnd,
    lastLineEnded,
  };
}

/** `METHOD file RTSP/1.x`; the file may hold blanks, and file and version may be missing. */
function parseRequestLine(line: string): { method: string; file: string; version: string } {
  const method = /^[A-Z][A-Z_]{1,31}(?=[ \t]|$)/.exec(line)?.[0];
  if (method === undefined) {
    throw new MalformedError(
      "Lab request line",
      0,
      `Expected METHOD FILE RTSP/1.0: ${quote(line)}`,
    );
  }
  const rest = line.slice(method.length).trim();
  const version = /(?:^|[ \t])(RTSP\/\d\.\d)$/.exec(rest)?.[1];
  const file = version === undefined ? rest : rest.slice(0, -version.length).trimEnd();
  return { method, file, version: version ?? "RTSP/1.0" };
}

/**
 * Line 1 by its last number and not by its name, as lab programs write `CSeq: 1`, `CSeq 1`,
 * `SEeq: 1`, a tab before it, or in the three-line variant the bare number.
 */
function parseCseq(line: string | undefined): number | undefined {
  const digits = line === undefined ? undefined : /(\d{1,9})\s*$/.exec(line)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** `Session: 123456`, `Session 123456`, or one program's `Sesssion:`. */
function parseSession(lines: string[]): string | undefined {
  for (const line of lines) {
    const value = /^\s*Ses+ion[\s:]*([^\s:;]+)/i.exec(line)?.[1];
    if (value !== undefined) return value;
  }
  return undefined;
}

/**
 * `Transport: RTP/UDP; client_port= 25000`, the standard-looking `RTP/AVP;unicast;client_port=a-b`,
 * or the three-line variant's ` RTSP/1.0 RTP/UDP 25000`.
 */
function parseClientPort(lines: string[]): number | undefined {
  for (const line of lines) {
    const digits = /client_port\s*[=:]\s*(\d{1,5})(?!\d)/i.exec(line)?.[1] ??
      /RTP\/UDP\s+(\d{1,5})\s*$/i.exec(line)?.[1];
    const port = digits === undefined ? 0 : Number(digits);
    if (port >= 1 && port <= 65535) return port;
  }
  return undefined;
}

/** Whether a line starts a request; header lines of the dialect never do. */
export function startsLabRequest(line: string): boolean {
  const method = /^([A-Z][A-Z_]{1,31})(?:[ \t]|\r?$)/.exec(line)?.[1];
  return method !== undefined &&
    (isLabMethod(method) || /[ \t]RTSP\/\d\.\d[ \t]*\r?$/.test(line));
}
