import { MalformedError } from "../bytes/malformed.ts";
import type { RtspLimits } from "./limits.ts";
import { INTERLEAVED_HEADER_SIZE, INTERLEAVED_MAGIC } from "./message.ts";
import { MESSAGE_STARTS } from "./message_starts.ts";
import { METHODS } from "./methods.ts";
import { parseStartLine } from "./start_line.ts";
import { decodeLine, isControl } from "./text.ts";

const CR = 0x0d;
const LF = 0x0a;
const ASCII_END = 0x80;
/** Shortest thing worth looking at: `A * RTSP/1.0`, `RTSP/1.0 200`. */
const SHORTEST_START_LINE = 12;
/** Smallest RTCP packet: a header alone, RFC 3550 section 6. Shorter blocks are not believed. */
const SMALLEST_PAYLOAD = 4;

/** What a message glued to the end of binary data begins with; such data has no line end. */
const GLUED = new RegExp(
  `(?:RTSP/[0-9]+\\.[0-9]+ [1-9][0-9][0-9](?: |$)|(?:${METHODS.join("|")}) [^ ]+ RTSP/[0-9])`,
);

/**
 * Looks through damaged bytes for the next plausible start: a whole line that is a start line, or
 * an interleaved block whose end meets another block or a message. Whichever is confirmed first
 * wins, so a `$` inside picture data that points far ahead does not hold up the stream. Every byte
 * is looked at once, and the answer does not depend on how the stream was cut.
 */
export class Resynchroniser {
  #scan: number;
  #lineStart: number;
  /** Whether `#lineStart` follows a line end, so that an unknown method may stand there. */
  #wholeLine = false;
  /** Where a believable block would end → where it began; ends are met in ascending order. */
  readonly #ends = new Map<number, number>();
  readonly #limits: RtspLimits;

  /** @param from stream offset of the first byte that may begin a message */
  constructor(from: number, limits: RtspLimits) {
    this.#scan = from;
    this.#lineStart = from;
    this.#limits = limits;
  }

  /** Stream offset of the first byte still needed; what lies before can be dropped. */
  get keepFrom(): number {
    const oldest = this.#ends.values().next();
    return oldest.done ? this.#lineStart : Math.min(oldest.value, this.#lineStart);
  }

  /**
   * Looks on through `bytes`, whose first has the stream offset `base`.
   * @returns the stream offset of the start found, or undefined when more bytes are needed
   */
  find(bytes: Uint8Array, base: number): number | undefined {
    for (; this.#scan < base + bytes.length; this.#scan++) {
      const at = this.#scan - base;
      const confirmed = this.#confirm(bytes, at);
      if (confirmed === undefined) return undefined;
      if (confirmed) return this.#ends.get(this.#scan);
      const byte = bytes[at]!;
      if (byte === INTERLEAVED_MAGIC && !this.#expect(bytes, at)) return undefined;
      if (byte === LF) {
        const start = this.#startInLine(bytes.subarray(this.#lineStart - base, at));
        if (start !== undefined) return this.#lineStart + start;
      }
      this.#followLine(byte);
    }
    return undefined;
  }

  /** Whether a block ends here and is followed by another start; undefined: more bytes needed. */
  #confirm(bytes: Uint8Array, at: number): boolean | undefined {
    if (!this.#ends.has(this.#scan)) return false;
    const plausible = this.#plausibleStart(bytes, at);
    if (plausible === false) this.#ends.delete(this.#scan);
    return plausible;
  }

  #plausibleStart(bytes: Uint8Array, at: number): boolean | undefined {
    if (bytes[at] === INTERLEAVED_MAGIC) {
      const channel = bytes[at + 1];
      return channel === undefined ? undefined : channel <= this.#limits.resynchroniseChannel;
    }
    let unfinished = false;
    for (const start of MESSAGE_STARTS) {
      const here = bytes.subarray(at, at + start.length);
      if (!here.every((byte, i) => byte === start[i])) continue;
      if (here.length === start.length) return true;
      unfinished = true;
    }
    return unfinished ? undefined : false;
  }

  /** Remembers where the block that may begin here would end; false: more bytes needed. */
  #expect(bytes: Uint8Array, at: number): boolean {
    if (at + INTERLEAVED_HEADER_SIZE > bytes.length) return false;
    const channel = bytes[at + 1]!;
    const length = bytes[at + 2]! << 8 | bytes[at + 3]!;
    if (channel > this.#limits.resynchroniseChannel) return true;
    if (length < SMALLEST_PAYLOAD || length > this.#limits.interleaved) return true;
    const end = this.#scan + INTERLEAVED_HEADER_SIZE + length;
    if (!this.#ends.has(end)) this.#ends.set(end, this.#scan);
    return true;
  }

  /** Text begins again after every byte that cannot stand in a line of ASCII. */
  #followLine(byte: number): void {
    const next = this.#scan + 1;
    const text = byte === CR || (!isControl(byte) && byte < ASCII_END);
    if (text && next - this.#lineStart <= this.#limits.startLine + 1) return;
    this.#lineStart = next;
    this.#wholeLine = byte === LF;
  }

  /** Where in a line a start line begins, if one does. */
  #startInLine(bytes: Uint8Array): number | undefined {
    const line = bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes;
    if (line.length < SHORTEST_START_LINE || line.includes(CR)) return undefined;
    const text = decodeLine(line);
    if (!text.includes("RTSP/")) return undefined;
    const glued = text.search(GLUED);
    if (glued >= 0 && isStartLine(text.slice(glued))) return glued;
    return this.#wholeLine && isStartLine(text) ? 0 : undefined;
  }
}

function isStartLine(text: string): boolean {
  try {
    return parseStartLine(text) !== undefined;
  } catch (error) {
    if (error instanceof MalformedError) return false;
    throw error;
  }
}
