import { MalformedError, MORE, type Outcome, quote } from "../../bytes/malformed.ts";
import { JpegEnd, startsJpeg } from "../jpeg_end.ts";
import { ByteTail } from "./byte_tail.ts";
import { LIVE_LIMITS } from "./live_limits.ts";

const ELEMENT = "Multipart stream";
const LF = 0x0a;
const CR = 0x0d;
/** SOI and the prefix of the marker behind it. */
const START_BYTES = 3;

/** One part of a multipart body (RFC 2046, section 5.1). */
export interface Part {
  /** Values by name in lower case; of several of one name the first. */
  readonly headers: ReadonlyMap<string, string>;
  /** In memory of its own. */
  readonly body: Uint8Array<ArrayBuffer>;
}

type State = "delimiter" | "header" | "counted body" | "open body" | "closed";

/**
 * Takes the body of a `multipart/x-mixed-replace` reply apart, as network cameras send it. Fed; after
 * "malformed" the stream is of no more use.
 *
 * A part with Content-Length is told with its last byte. Without one, a JPEG ends with its end of
 * image, so that it need not wait for the next boundary, and anything else before the boundary.
 */
export class MultipartParser {
  readonly #tail = new ByteTail();
  readonly #delimiter: Uint8Array;
  #state: State = "delimiter";
  #position = 0;
  #headers = new Map<string, string>();
  #length = 0;
  #jpeg: JpegEnd | undefined;
  /** Bytes of the body that were looked at. */
  #seen = 0;

  /** @param boundary as {@linkcode boundaryOf} gives it */
  constructor(boundary: string) {
    this.#delimiter = new TextEncoder().encode(`--${boundary}`);
  }

  push(bytes: Uint8Array): void {
    this.#tail.push(bytes);
  }

  /** Whether the last boundary has come (RFC 2046, section 5.1.1), behind which nothing counts. */
  get closed(): boolean {
    return this.#state === "closed";
  }

  /** The next whole part. */
  next(): Outcome<Part> {
    for (;;) {
      const outcome = this.#step();
      if (outcome !== undefined) return outcome;
    }
  }

  /** @returns undefined when it got on to another state */
  #step(): Outcome<Part> | undefined {
    switch (this.#state) {
      case "delimiter":
        return this.#findDelimiter();
      case "header":
        return this.#readHeader();
      case "counted body":
        return this.#tail.length < this.#length ? MORE : this.#part(this.#length);
      case "open body":
        return this.#findEnd();
      case "closed":
        this.#skip(this.#tail.length);
        return MORE;
    }
  }

  /** Skips to behind the next line that is a delimiter. */
  #findDelimiter(): Outcome<Part> | undefined {
    const { bytes } = this.#tail;
    const { betweenBytes, partHeaderBytes } = LIVE_LIMITS;
    const at = this.#indexOfDelimiter(bytes, 0);
    // The limits are the same whether more has come already or not.
    if ((at < 0 ? bytes.length : at + this.#delimiter.length) > betweenBytes) {
      return this.#fail(`No boundary comes within ${betweenBytes} bytes`);
    }
    if (at < 0) return MORE;
    const lineEnd = bytes.indexOf(LF, at);
    if ((lineEnd < 0 ? bytes.length : lineEnd) - at > partHeaderBytes) {
      return this.#fail("The line of a boundary does not end", at);
    }
    if (lineEnd < 0) return MORE;
    const closes = text(bytes.subarray(at + this.#delimiter.length, lineEnd)).startsWith("--");
    this.#skip(lineEnd + 1);
    this.#state = closes ? "closed" : "header";
    return undefined;
  }

  /** The delimiter at the beginning of a line from `from` on, or -1. */
  #indexOfDelimiter(bytes: Uint8Array, from: number): number {
    const delimiter = this.#delimiter;
    const first = delimiter[0]!;
    for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
      if (at + delimiter.length > bytes.length) return -1;
      // The first one may stand at the very beginning, or behind a part that has no line end.
      if (at > 0 && bytes[at - 1] !== LF) continue;
      if (delimiter.every((byte, i) => bytes[at + i] === byte)) return at;
    }
    return -1;
  }

  #readHeader(): Outcome<Part> | undefined {
    const { bytes } = this.#tail;
    const { partHeaderBytes, partHeaderLines } = LIVE_LIMITS;
    const headers = new Map<string, string>();
    let at = 0;
    for (let lines = 0; lines <= partHeaderLines; lines++) {
      const end = bytes.indexOf(LF, at);
      if ((end < 0 ? bytes.length : end) > partHeaderBytes) {
        return this.#fail(`The header of a part is longer than ${partHeaderBytes} bytes`);
      }
      if (end < 0) return MORE;
      const line = text(bytes.subarray(at, end));
      at = end + 1;
      if (line === "") return this.#endHeader(headers, at);
      const colon = line.indexOf(":");
      const name = line.slice(0, colon).trim().toLowerCase();
      if (colon <= 0 || /\s/.test(name)) {
        return this.#fail(`${quote(line)} is no header line of a part`, end - line.length);
      }
      if (!headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
    }
    return this.#fail(`The header of a part has more than ${partHeaderLines} lines`);
  }

  #endHeader(headers: Map<string, string>, size: number): Outcome<Part> | undefined {
    const length = headers.get("content-length");
    if (length !== undefined && !/^\d{1,12}$/.test(length)) {
      return this.#fail(`Content-Length ${quote(length)} is no number`);
    }
    if (Number(length) > LIVE_LIMITS.frameBytes) {
      return this.#fail(
        `A part of ${length} bytes is longer than ${LIVE_LIMITS.frameBytes} bytes`,
      );
    }
    this.#skip(size);
    this.#headers = headers;
    // Some cameras write 0 where they do not know.
    const counted = Number(length ?? 0) > 0;
    this.#length = counted ? Number(length) : 0;
    this.#state = counted ? "counted body" : "open body";
    this.#jpeg = counted ? undefined : new JpegEnd();
    this.#seen = 0;
    return undefined;
  }

  /**
   * Looks for the end of a body that nobody counted: of a JPEG its end of image, unless a boundary
   * comes first, however the body is cut into pieces.
   */
  #findEnd(): Outcome<Part> | undefined {
    const { bytes } = this.#tail;
    // A delimiter may have come in two pieces.
    const from = Math.max(0, this.#seen - this.#delimiter.length);
    const at = this.#indexOfDelimiter(bytes, from);
    const jpeg = this.#findJpegEnd(at < 0 ? bytes : bytes.subarray(0, at));
    if (jpeg !== undefined) return jpeg;
    if (at >= 0) return this.#part(at - lineEndBefore(bytes, at));
    this.#seen = bytes.length;
    if (bytes.length <= LIVE_LIMITS.frameBytes) return MORE;
    return this.#fail(`A part is longer than ${LIVE_LIMITS.frameBytes} bytes`);
  }

  #findJpegEnd(bytes: Uint8Array): Outcome<Part> | undefined {
    if (this.#jpeg === undefined || bytes.length < START_BYTES) return undefined;
    if (!startsJpeg(bytes)) {
      this.#jpeg = undefined;
      return undefined;
    }
    const fresh = this.#seen < START_BYTES ? bytes : bytes.subarray(this.#seen);
    const answer = this.#jpeg.feed(fresh);
    if (answer.kind === "value") return this.#part(answer.value);
    // Its end is where the next boundary begins, whatever is wrong with it.
    if (answer.kind === "malformed") this.#jpeg = undefined;
    return undefined;
  }

  #part(size: number): Outcome<Part> {
    const body = this.#tail.take(size);
    this.#position += size;
    this.#state = "delimiter";
    return { kind: "value", value: { headers: this.#headers, body } };
  }

  #skip(count: number): void {
    this.#tail.skip(count);
    this.#position += count;
  }

  #fail(problem: string, at = 0): Outcome<never> {
    const error = new MalformedError(ELEMENT, this.#position + at, problem);
    return { kind: "malformed", error };
  }
}

/** Bytes of the line end before `at`, which belongs to the delimiter (RFC 2046, section 5.1.1). */
function lineEndBefore(bytes: Uint8Array, at: number): number {
  if (at < 1 || bytes[at - 1] !== LF) return 0;
  return at >= 2 && bytes[at - 2] === CR ? 2 : 1;
}

/** A line without its CR; header text is ASCII, and what is not is nobody's business here. */
function text(bytes: Uint8Array): string {
  let out = "";
  for (const byte of bytes) out += String.fromCharCode(byte);
  return out.replace(/\r$/, "");
}

/**
 * The boundary that a Content-Type names, without the two dashes that stand before it in the body.
 * Many cameras (and mjpg-streamer's descendants) write `boundary=--name` and then `--name` in the
 * body: dashes at the beginning are taken for those.
 * @throws {MalformedError} when there is none, or it is too long
 */
export function boundaryOf(contentType: string): string {
  const match = /;\s*boundary\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i.exec(contentType);
  const boundary = (match?.[1] ?? match?.[2] ?? "").replace(/^--/, "").trim();
  if (boundary === "") {
    throw new MalformedError("Content-Type", 0, `${quote(contentType)} names no boundary`);
  }
  if (boundary.length > LIVE_LIMITS.boundaryLength) {
    const most = LIVE_LIMITS.boundaryLength;
    throw new MalformedError("Content-Type", 0, `The boundary is longer than ${most} characters`);
  }
  return boundary;
}
