import { MalformedError, quote } from "../bytes/malformed.ts";
import type { FrameFindings } from "./frame_scanner.ts";
import type { FileView, Scan } from "./guided_scanner.ts";
import { JpegEnd, startsJpeg } from "./jpeg_end.ts";

/** Bytes of a part's head or a response's, at most. */
export const MAX_PART_HEAD_BYTES = 8192;
/** Most heads are shorter. */
const USUAL_HEAD_BYTES = 256;
/** RFC 2046 allows 70 characters; cameras are not so strict. */
export const MAX_BOUNDARY_BYTES = 200;

const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;
const START_BYTES = 3;
const LINE_END_BYTES = 2;
const PROTOCOL = "HTTP/";
const NOTHING = new Uint8Array(0);

/** The head of a part. */
interface PartHead {
  /** Offset in the file of what it is the head of. */
  readonly body: number;
  /** Its length in bytes, where that is stated. */
  readonly length: number | undefined;
  readonly contentType: string;
}

/**
 * Finds the frames of a `multipart/x-mixed-replace` stream (RFC 2046, section 5.1): part by part by
 * their stated lengths, each believed when a boundary stands where it leads. Else the JPEG is read
 * marker by marker to its end.
 */
export class MultipartScan {
  readonly #view: FileView;
  readonly #findings: FrameFindings;
  /** What delimiter lines begin with, as the first one shows. */
  #delimiter: Uint8Array = NOTHING;
  #at = 0;

  constructor(view: FileView, findings: FrameFindings) {
    this.#view = view;
    this.#findings = findings;
  }

  *run(): Scan {
    yield* this.#skipResponseHead();
    yield* this.#skipLineEnds();
    yield* this.#learnDelimiter();
    while (!this.#findings.hopeless(this.#at)) {
      yield* this.#skipLineEnds();
      if (this.#at >= this.#view.size) return;
      if (yield* this.#isDelimiter(this.#at)) yield* this.#part();
      else yield* this.#resume("Has no boundary here", this.#at);
    }
  }

  *#skipResponseHead(): Scan {
    const protocol = yield* this.#view.look(0, PROTOCOL.length);
    if (String.fromCharCode(...protocol) !== PROTOCOL) return;
    const { bytes, end } = yield* this.#headBytes();
    if (end === undefined) {
      throw new MalformedError("HTTP response", 0, `Has no end in ${bytes.length} bytes`);
    }
    this.#at = end;
  }

  *#skipLineEnds(): Scan {
    for (;;) {
      const bytes = yield* this.#view.lookOn(this.#at, 1);
      const next = bytes.findIndex((byte) => byte !== CR && byte !== LF && byte !== 0);
      this.#at += next < 0 ? bytes.length : next;
      if (next >= 0 || bytes.length === 0) return;
    }
  }

  *#learnDelimiter(): Scan {
    const bytes = yield* this.#view.look(this.#at, MAX_BOUNDARY_BYTES + LINE_END_BYTES);
    const end = bytes.indexOf(LF);
    if (end < 0 || bytes[0] !== DASH || bytes[1] !== DASH) {
      const text = quote(String.fromCharCode(...bytes.subarray(0, 20)));
      throw new MalformedError("multipart", this.#at, `Begins with no boundary but ${text}`);
    }
    this.#delimiter = bytes.slice(0, bytes[end - 1] === CR ? end - 1 : end);
  }

  *#isDelimiter(at: number): Scan<boolean> {
    const bytes = yield* this.#view.look(at, this.#delimiter.length);
    return bytes.length > 0 && matches(bytes, 0, this.#delimiter);
  }

  /** Whether a part may end at `at`: a boundary follows on a new line, or nothing does. */
  *#endsPart(at: number): Scan<boolean> {
    const bytes = yield* this.#view.look(at, LINE_END_BYTES + this.#delimiter.length);
    const skip = bytes[0] === CR && bytes[1] === LF ? LINE_END_BYTES : bytes[0] === LF ? 1 : 0;
    // At the end of the file the boundary may be cut, or not there.
    const next = bytes.subarray(skip);
    const last = at + LINE_END_BYTES + this.#delimiter.length > this.#view.size;
    return matches(next, 0, last ? this.#delimiter.subarray(0, next.length) : this.#delimiter);
  }

  *#part(): Scan {
    const from = this.#at;
    if ((yield* this.#isClosed()) || (yield* this.#isLast())) return;
    const head = yield* this.#head();
    if (head === undefined) return yield* this.#resume("The head of the part has no end", from);
    const { body, length, contentType } = head;
    this.#at = body;
    if (body >= this.#view.size) return;
    if (!startsJpeg(yield* this.#view.look(body, START_BYTES))) {
      const type = contentType === "" ? "" : ` but ${quote(contentType)}`;
      return yield* this.#resume(`The part is no JPEG${type}`, body);
    }
    if (length !== undefined && (yield* this.#endsPart(body + length))) {
      if (body + length <= this.#view.size) {
        this.#findings.place(body, length, this.#view.size);
        this.#at = body + length;
        return;
      }
    }
    yield* this.#unstated(head);
  }

  /** Steps over the delimiter behind the last part, which has two dashes more. */
  *#isClosed(): Scan<boolean> {
    const length = this.#delimiter.length + 2;
    const bytes = yield* this.#view.look(this.#at, length);
    if (bytes[length - 2] !== DASH || bytes[length - 1] !== DASH) return false;
    this.#at += length;
    return true;
  }

  /**
   * Steps over a delimiter with nothing behind it: ffmpeg's mpjpeg muxer writes the one before the
   * next part with each part, and no last one, so that its recordings end like this.
   */
  *#isLast(): Scan<boolean> {
    const from = this.#at + this.#delimiter.length;
    if (from + LINE_END_BYTES < this.#view.size) return false;
    const bytes = yield* this.#view.look(from, LINE_END_BYTES);
    if (!bytes.every((byte) => byte === CR || byte === LF)) return false;
    this.#at = this.#view.size;
    return true;
  }

  /** Bytes of a head, and the offset in them of what it is the head of. */
  *#headBytes(): Scan<{ bytes: Uint8Array; end: number | undefined }> {
    let bytes = yield* this.#view.look(this.#at, USUAL_HEAD_BYTES);
    let end = endOfHead(bytes);
    if (end === undefined) {
      bytes = yield* this.#view.look(this.#at, MAX_PART_HEAD_BYTES);
      end = endOfHead(bytes);
    }
    return { bytes, end };
  }

  *#head(): Scan<PartHead | undefined> {
    const { bytes, end } = yield* this.#headBytes();
    if (end === undefined) return undefined;
    const text = String.fromCharCode(...bytes.subarray(0, end));
    const digits = /^content-length[ \t]*:[ \t]*(\d{1,12})[ \t]*\r?$/im.exec(text)?.[1];
    const contentType = /^content-type[ \t]*:[ \t]*([^\r\n]*)/im.exec(text)?.[1] ?? "";
    const length = digits === undefined ? undefined : Number(digits);
    return { body: this.#at + end, length, contentType };
  }

  /** Finds the end of a JPEG whose length is not stated, or wrong. */
  *#unstated({ body, length }: PartHead): Scan {
    const end = new JpegEnd();
    for (let at = body;;) {
      const bytes = yield* this.#view.lookOn(at, 1);
      if (bytes.length === 0) {
        return yield* this.#resume("The JPEG is cut off by the end of the file", body, end);
      }
      const answer = end.feed(bytes);
      at += bytes.length;
      if (answer.kind === "malformed") {
        const { problem, position } = answer.error;
        return yield* this.#resume(`${problem} at byte ${body + position}`, body, end);
      }
      if (answer.kind !== "value") continue;
      const jpeg = { position: body, length: answer.value };
      this.#at = body + answer.value;
      if (length === undefined || length === answer.value) {
        return this.#findings.accept(body, answer.value);
      }
      const problem = `Content-Length is ${length}, but the JPEG has ${answer.value} bytes`;
      return this.#findings.recover(body, problem, jpeg);
    }
  }

  /** Gives a part up, and goes on at the next boundary. */
  *#resume(problem: string, from: number, jpeg?: JpegEnd): Scan {
    this.#findings.reject(from, problem);
    this.#at = from + (jpeg?.entropyStart ?? 1);
    while (!this.#findings.hopeless(this.#at)) {
      const bytes = yield* this.#view.lookOn(this.#at, this.#delimiter.length);
      if (bytes.length < this.#delimiter.length) {
        this.#at = this.#view.size;
        return;
      }
      let found = bytes.indexOf(DASH);
      while (found >= 0 && !matches(bytes, found, this.#delimiter)) {
        found = bytes.indexOf(DASH, found + 1);
      }
      if (found >= 0) {
        this.#at += found;
        return;
      }
      this.#at += bytes.length - this.#delimiter.length + 1;
    }
  }
}

function matches(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  return wanted.every((byte, i) => bytes[at + i] === byte);
}

/** Offset behind the blank line that ends a head. */
function endOfHead(bytes: Uint8Array): number | undefined {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return undefined;
}
