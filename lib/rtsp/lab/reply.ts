import { MalformedError, quote } from "../../bytes/malformed.ts";

/** A reply in the course-lab dialect. */
export interface LabReply {
  version: string;
  status: number;
  reason: string;
  /** Undefined when the reply has no such line (seen from some lab servers). */
  cseq: number | undefined;
  /** Undefined when the reply has no such line (seen from one lab server on SETUP and PLAY). */
  session: string | undefined;
  /** Total frames of the file, the seven-button program's fourth line. */
  frames: number | undefined;
  /** Every line behind status, CSeq, Session and Frames, in order, without line ends. */
  lines: string[];
}

/**
 * A reply by position: status line, CSeq, Session, then `Frames:` where known, then further lines.
 * Every line is ended, also the last: clients that read line by line need it and the Python ones,
 * which split at LF, do not mind.
 * @param lineEnd the one the client used itself
 * @param withSession false where the client knows the third line to be another
 */
export function formatLabReply(
  reply: LabReply,
  lineEnd: "\n" | "\r\n" = "\n",
  withSession = true,
): Uint8Array<ArrayBuffer> {
  const lines = [`${reply.version} ${reply.status} ${reply.reason}`, `CSeq: ${reply.cseq ?? 0}`];
  // A Python lab client calls int() on the third line, whatever the status.
  if (withSession) lines.push(`Session: ${reply.session ?? 0}`);
  if (reply.frames !== undefined) lines.push(`Frames: ${reply.frames}`);
  lines.push(...reply.lines);
  return new TextEncoder().encode(lines.join(lineEnd) + lineEnd);
}

/** The most bytes one lab reply may have; lab clients themselves read at most 1,024. */
export const LAB_REPLY_LIMIT = 16384;

/**
 * Takes a lab reply apart. Lines are known by their names where they have one: lab servers leave
 * Session out or put other lines between.
 * @param text what came between one request and a quiet moment
 * @throws {MalformedError} when there is no status line
 */
export function parseLabReply(text: string): LabReply {
  const rows = text.split("\n").map((row) => row.replace(/\r$/, ""));
  const match = /^(RTSP\/\d\.\d)[ \t]+(\d{3})(?:[ \t](.*))?$/s.exec(rows[0] ?? "");
  if (match === null) {
    throw new MalformedError("Lab reply", 0, `Expected a status line: ${quote(rows[0] ?? "")}`);
  }
  const reply: LabReply = {
    version: match[1]!,
    status: Number(match[2]),
    reason: match[3]?.trim() ?? "",
    cseq: undefined,
    session: undefined,
    frames: undefined,
    lines: [],
  };
  for (const row of rows.slice(1)) readLine(reply, row);
  while (reply.lines.at(-1) === "") reply.lines.pop();
  return reply;
}

function readLine(reply: LabReply, row: string): void {
  const cseq = /^\s*CSeq[\s:]*(\d{1,9})\s*$/i.exec(row)?.[1];
  const session = /^\s*Session[\s:]*([^\s:;]+)/i.exec(row)?.[1];
  const frames = /^\s*Frames\s*:\s*(\d{1,9})\s*$/i.exec(row)?.[1];
  if (cseq !== undefined && reply.cseq === undefined) reply.cseq = Number(cseq);
  else if (session !== undefined && reply.session === undefined) reply.session = session;
  else if (frames !== undefined && reply.frames === undefined) reply.frames = Number(frames);
  else reply.lines.push(row);
}

/** Whether a reply that ends here has the three lines of the dialect, each ended. */
export function isWholeLabReply(text: string): boolean {
  const [status = "", cseq = "", session = ""] = text.split("\n", 3);
  return text.endsWith("\n") && status.startsWith("RTSP/") && /CSeq/i.test(cseq) &&
    /Session/i.test(session);
}
