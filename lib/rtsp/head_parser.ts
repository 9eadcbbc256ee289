import { MalformedError, quote } from "../bytes/malformed.ts";
import { HeaderList } from "./headers.ts";
import type { RtspLimits } from "./limits.ts";
import { parseStartLine, type RequestLine, type StatusLine } from "./start_line.ts";
import { decodeLine, isBlank, isToken, parseDigits, trimBlanks } from "./text.ts";
import type { OnTolerance } from "./tolerance.ts";

const FIELD = "Header field";
const CONTENT_LENGTH = "content-length";

/** Builds the head of one message from its lines, RFC 2326 sections 4.2, 6 and 7. */
export class HeadParser {
  readonly headers: HeaderList = new HeaderList();
  #startLine: RequestLine | StatusLine | undefined;
  #lengthAt = 0;
  readonly #limits: RtspLimits;
  readonly #onTolerance: OnTolerance | undefined;

  constructor(limits: RtspLimits, onTolerance?: OnTolerance) {
    this.#limits = limits;
    this.#onTolerance = onTolerance;
  }

  /** The start line; undefined until {@linkcode line} was given one. */
  get startLine(): RequestLine | StatusLine | undefined {
    return this.#startLine;
  }

  /**
   * Takes one line that is not empty, without its line end.
   * @param at its stream offset, for errors
   * @throws {MalformedError} when it is not what may stand there
   */
  line(bytes: Uint8Array, at: number): void {
    const text = decodeLine(bytes, this.#onTolerance);
    if (this.#startLine === undefined) {
      this.#startLine = parseStartLine(text, at, this.#onTolerance);
    } else if (isBlank(text.charCodeAt(0))) {
      this.#fold(text, at);
    } else {
      this.#field(text, at);
    }
  }

  /**
   * Bytes of the body that follows (RFC 2326 section 4.4: 0 where nothing is said).
   * @throws {MalformedError} on a Content-Length that is no number, contradicts another or is
   * above the limit
   */
  bodyLength(): number {
    const values = this.headers.getAll(CONTENT_LENGTH);
    const first = values[0];
    if (first === undefined) return 0;
    const length = parseDigits(first, Number.MAX_SAFE_INTEGER);
    if (length === undefined) {
      this.#badLength(`${quote(first)} is not a number of bytes`);
    }
    const other = values.find((value) => value !== first);
    if (other !== undefined) this.#badLength(`${quote(first)} and ${quote(other)} contradict`);
    if (length > this.#limits.body) {
      this.#badLength(`${length} bytes are more than the limit of ${this.#limits.body}`);
    }
    return length;
  }

  #badLength(problem: string): never {
    throw new MalformedError("Content-Length", this.#lengthAt, problem);
  }

  /** Folding: a line that begins with a blank continues the value, RFC 2068 section 4.2. */
  #fold(text: string, at: number): void {
    if (!this.headers.fold(trimBlanks(text))) {
      throw new MalformedError(FIELD, at, `${quote(text)} continues a header, but none precedes`);
    }
  }

  #field(text: string, at: number): void {
    const colon = text.indexOf(":");
    if (colon < 0) throw new MalformedError(FIELD, at, `${quote(text)} has no colon`);
    const raw = text.slice(0, colon);
    const name = trimBlanks(raw);
    if (!isToken(name)) throw new MalformedError(FIELD, at, `Name ${quote(name)} is not a token`);
    if (this.headers.size >= this.#limits.headerCount) {
      throw new MalformedError(FIELD, at, `More than ${this.#limits.headerCount} header fields`);
    }
    if (name !== raw) this.#onTolerance?.("space-before-colon", quote(text));
    if (name.toLowerCase() === CONTENT_LENGTH) this.#lengthAt = at;
    this.headers.append(name, trimBlanks(text.slice(colon + 1)));
  }
}
