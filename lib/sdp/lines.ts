import { MalformedError } from "../bytes/malformed.ts";
import { checkLimit } from "./limits.ts";
import { lineReport, type OnSdpTolerance, SDP_TOLERANCES } from "./tolerances.ts";

/** One line of a description: a type letter, `=`, and the value (RFC 8866, 5). */
export interface SdpLine {
  /** Counted from 1, empty lines included. */
  number: number;
  /** Offset of the line's first character. */
  position: number;
  /** The whole line without its end. */
  text: string;
  type: string;
  value: string;
}

const LINE_END = /\r\n|\n|\r|$/g;
const TYPED_LINE = /^([A-Za-z])=([^]*)$/;

/**
 * The lines of a description, without those that say nothing.
 * @throws {MalformedError} past a ceiling of `SDP_LIMITS`
 */
export function readLines(text: string, onTolerance?: OnSdpTolerance): SdpLine[] {
  const lines: SdpLine[] = [];
  const ends = new Set<string>();
  let number = 0;
  let position = 0;
  for (const end of text.matchAll(LINE_END)) {
    if (end[0] === "" && position === text.length) break;
    checkLimit("lines", ++number, position);
    ends.add(end[0]);
    const content = text.slice(position, end.index);
    checkLimit("lineLength", content.length, position);
    const line = readLine({ number, position, text: content }, onTolerance);
    if (line !== undefined) lines.push(line);
    position = end.index + end[0].length;
  }
  reportEnds(ends, onTolerance);
  return lines;
}

function readLine(
  line: { number: number; position: number; text: string },
  onTolerance: OnSdpTolerance | undefined,
): SdpLine | undefined {
  const report = lineReport(onTolerance, line);
  const typed = TYPED_LINE.exec(line.text);
  if (typed !== null) return { ...line, type: typed[1]!, value: typed[2]! };
  report(line.text === "" ? "empty-line" : "line-without-type");
  return undefined;
}

/** Line ends are reported once for the whole description. */
function reportEnds(ends: Set<string>, onTolerance: OnSdpTolerance | undefined): void {
  if (ends.has("\n")) onTolerance?.("line-feed-only", SDP_TOLERANCES["line-feed-only"]);
  if (ends.has("\r")) onTolerance?.("carriage-return-only", SDP_TOLERANCES["carriage-return-only"]);
  if (ends.has("")) onTolerance?.("no-final-line-end", SDP_TOLERANCES["no-final-line-end"]);
}

/**
 * The description as text; bytes are read as UTF-8.
 * @throws {MalformedError} when it is larger than `SDP_LIMITS.size`
 */
export function decodeSdp(input: string | Uint8Array, onTolerance?: OnSdpTolerance): string {
  checkLimit("size", input.length, 0);
  if (typeof input === "string") return input;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(input);
  } catch {
    onTolerance?.("not-utf-8", SDP_TOLERANCES["not-utf-8"]);
    return new TextDecoder().decode(input);
  }
}

/** The words of a value, whatever white space is around and between them. */
export function words(value: string): string[] {
  return value.split(/\s+/).filter((word) => word !== "");
}

/**
 * The number written as decimal digits, or `undefined` when the text is anything else, or above
 * `most`.
 */
export function decimal(
  text: string | undefined,
  most = Number.MAX_SAFE_INTEGER,
): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= most ? value : undefined;
}

/** The error for a line that nothing can be made of. */
export function malformedLine(line: SdpLine, problem: string): MalformedError {
  return new MalformedError("SDP", line.position, problem);
}
