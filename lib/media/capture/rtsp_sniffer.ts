import { detectDialect, type Dialect } from "../../rtsp/dialect.ts";
import { isLabMethod } from "../../rtsp/lab/methods.ts";
import { INTERLEAVED_HEADER_SIZE, INTERLEAVED_MAGIC } from "../../rtsp/message.ts";
import { METHODS } from "../../rtsp/methods.ts";

/** What a piece of a connection shows itself to be. */
export interface Sniffed {
  dialect: Dialect;
  /** Who says such things. */
  speaker: "client" | "server";
}

/** Most bytes of a first line that are waited for. */
export const MAX_SNIFFED = 4096;
/** Bytes that tell. */
const HEAD_BYTES = 1024;
const RTP_VERSION = 2;
/** Higher channels than a client with sixteen streams would use are coincidence. */
const MOST_CHANNEL = 31;
/** `R` of `RTSP/1.0 200 OK`. */
const FIRST_OF_REPLY = 0x52;
const BLOCK_BYTES = INTERLEAVED_HEADER_SIZE + 12;

/**
 * Whether bytes begin a message of RTSP, or a block of RTP between such, on whatever port.
 * @returns `more` where the first line is not whole and may become one
 */
export function sniffRtsp(bytes: Uint8Array): Sniffed | "more" | undefined {
  if (bytes[0] === INTERLEAVED_MAGIC) return sniffBlock(bytes);
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, HEAD_BYTES));
  const line = /^\s*([^\n]*)(\n?)/.exec(head)!;
  const text = line[1]!;
  const isWhole = line[2] !== "";
  if (/^RTSP\/\d\.\d[ \t]+\d{3}/.test(text)) return { dialect: "rtsp", speaker: "server" };
  const method = /^[A-Z_]+/.exec(text)?.[0] ?? "";
  if (isKnown(method) && /[ \t]RTSP\/\d\.\d\s*$/.test(text)) {
    return { dialect: detectDialect(bytes, true) ?? "rtsp", speaker: "client" };
  }
  if (isWhole || bytes.length >= MAX_SNIFFED || text === "") return undefined;
  return mayBecome(text, method) ? "more" : undefined;
}

/** A block of RTP or RTCP: what a capture begins with that was started late. */
function sniffBlock(bytes: Uint8Array): Sniffed | undefined {
  if (bytes.length < BLOCK_BYTES || bytes[1]! > MOST_CHANNEL) return undefined;
  if (bytes[INTERLEAVED_HEADER_SIZE]! >>> 6 !== RTP_VERSION) return undefined;
  const length = (bytes[2]! << 8) | bytes[3]!;
  if (length < 8) return undefined;
  // Other streams have a dollar sign, too: behind a block comes another, or a message.
  const next = bytes[INTERLEAVED_HEADER_SIZE + length];
  if (next !== undefined && next !== INTERLEAVED_MAGIC && next !== FIRST_OF_REPLY) return undefined;
  return { dialect: "rtsp", speaker: "server" };
}

function isKnown(method: string): boolean {
  return (METHODS as readonly string[]).includes(method) || isLabMethod(method);
}

function mayBecome(text: string, method: string): boolean {
  if (text.length > method.length) return isKnown(method);
  return "RTSP/".startsWith(text.slice(0, 5)) || isKnown(method) ||
    METHODS.some((known) => known.startsWith(method));
}
