import { MalformedError, MORE, type Outcome } from "../bytes/malformed.ts";

const MARKER_PREFIX = 0xff;
const STUFFED_ZERO = 0x00;
const TEM = 0x01;
const RST0 = 0xd0;
const RST7 = 0xd7;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
/** The smallest value of a segment's length field, which counts itself (T.81 B.1.1.4). */
const LENGTH_FIELD_BYTES = 2;

/** A JPEG file longer than this is taken for damage. */
export const MAX_JPEG_BYTES = 64 * 1024 * 1024;

/** Whether the three bytes at `at` are SOI and the first byte of another marker: a JPEG begins. */
export function startsJpeg(bytes: Uint8Array, at = 0): boolean {
  return bytes[at] === MARKER_PREFIX && bytes[at + 1] === SOI && bytes[at + 2] === MARKER_PREFIX;
}

/** Whether the two bytes at `at` are EOI. */
export function isEndOfImage(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === MARKER_PREFIX && bytes[at + 1] === EOI;
}

/** Offset of the first {@linkcode startsJpeg} place from `from` on, or -1. */
export function findJpeg(bytes: Uint8Array, from = 0): number {
  let at = bytes.indexOf(MARKER_PREFIX, from);
  while (at >= 0 && !startsJpeg(bytes, at)) at = bytes.indexOf(MARKER_PREFIX, at + 1);
  return at;
}

type State =
  | "image start"
  | "image start code"
  | "marker"
  | "marker code"
  | "length high"
  | "length low"
  | "segment"
  | "entropy"
  | "entropy code";

/**
 * Finds where a JPEG file ends (ITU-T T.81 annex B) without keeping any of it: fed piece by piece
 * from its SOI on, it answers the number of bytes up to and including EOI. Segments are stepped over
 * by their length, so the EOI of a thumbnail in an APPn segment does not count.
 */
export class JpegEnd {
  #state: State = "image start";
  #fed = 0;
  #length = 0;
  #segment = 0;
  #entropyStart: number | undefined;

  /** Offset of the first entropy-coded byte, once it has been reached. */
  get entropyStart(): number | undefined {
    return this.#entropyStart;
  }

  /**
   * @param bytes the bytes that follow those fed before
   * @returns the length of the JPEG file; after that, or after "malformed", feed no more
   */
  feed(bytes: Uint8Array): Outcome<number> {
    const base = this.#fed;
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === "segment") {
        at += this.#skipSegment(bytes.length - at, base + at);
      } else if (this.#state === "entropy") {
        at = this.#skipEntropy(bytes, at);
      } else {
        const answer = this.#take(bytes[at]!, base + at);
        if (answer !== undefined) return answer;
        at++;
      }
    }
    this.#fed = base + at;
    if (this.#fed <= MAX_JPEG_BYTES) return MORE;
    return malformed(this.#fed, `Is longer than ${MAX_JPEG_BYTES} bytes`);
  }

  #skipSegment(available: number, position: number): number {
    const count = Math.min(this.#length, available);
    this.#length -= count;
    if (this.#length === 0) this.#endSegment(position + count);
    return count;
  }

  #skipEntropy(bytes: Uint8Array, at: number): number {
    const prefix = bytes.indexOf(MARKER_PREFIX, at);
    if (prefix < 0) return bytes.length;
    this.#state = "entropy code";
    return prefix + 1;
  }

  #take(byte: number, position: number): Outcome<number> | undefined {
    switch (this.#state) {
      case "image start":
        return this.#expect(byte === MARKER_PREFIX, position, "image start code");
      case "image start code":
        return this.#expect(byte === SOI, position, "marker");
      case "marker":
        return this.#expect(byte === MARKER_PREFIX, position, "marker code");
      case "length high":
        this.#length = byte << 8;
        this.#state = "length low";
        return undefined;
      case "length low":
        return this.#beginSegment(this.#length | byte, position);
      case "entropy code":
        if (byte === STUFFED_ZERO || (byte >= RST0 && byte <= RST7)) {
          this.#state = "entropy";
          return undefined;
        }
        return this.#marker(byte, position);
      default:
        return this.#marker(byte, position);
    }
  }

  #expect(holds: boolean, position: number, next: State): Outcome<number> | undefined {
    if (!holds) return malformed(position, `Has no marker where ${this.#state} belongs`);
    this.#state = next;
    return undefined;
  }

  #marker(code: number, position: number): Outcome<number> | undefined {
    if (code === MARKER_PREFIX) return undefined; // fill byte, T.81 B.1.1.2
    if (code === EOI) return { kind: "value", value: position + 1 };
    if (code === SOI) return malformed(position - 1, "Has another start of image inside");
    if (code === STUFFED_ZERO) return malformed(position, "Has a stuffed zero outside a scan");
    if (code === TEM || (code >= RST0 && code <= RST7)) {
      this.#state = "marker";
      return undefined;
    }
    this.#segment = code;
    this.#state = "length high";
    return undefined;
  }

  #beginSegment(length: number, position: number): Outcome<number> | undefined {
    if (length < LENGTH_FIELD_BYTES) {
      return malformed(position - 1, `Has a segment of ${length} bytes`);
    }
    this.#length = length - LENGTH_FIELD_BYTES;
    this.#state = "segment";
    if (this.#length === 0) this.#endSegment(position + 1);
    return undefined;
  }

  #endSegment(position: number): void {
    this.#state = this.#segment === SOS ? "entropy" : "marker";
    if (this.#segment === SOS) this.#entropyStart ??= position;
  }
}

function malformed(position: number, problem: string): Outcome<number> {
  return { kind: "malformed", error: new MalformedError("JPEG", position, problem) };
}
