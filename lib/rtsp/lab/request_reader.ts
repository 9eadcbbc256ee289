import { MalformedError, MORE, type Outcome, quote } from "../../bytes/malformed.ts";
import { LAB_METHODS, LAB_SESSION_DIGITS } from "./methods.ts";
import { type LabRequest, parseLabRequest, startsLabRequest } from "./request.ts";

/** The most bytes one lab request may have; lab servers themselves read at most 256. */
export const LAB_REQUEST_LIMIT = 4096;

/** How long a socket is quiet before a request with every line its method needs counts as whole. */
export const LAB_QUIET_MS = 25;

/** How long before one that lacks a line is answered all the same (with what it lacks). */
export const LAB_INCOMPLETE_MS = 1000;

/**
 * Cuts a byte stream into lab requests. The dialect has no end mark, so a request ends where it
 * must (a blank line, the next request's first line, a value that cannot grow any more) or, when
 * the caller finds the socket quiet for {@linkcode quietMs}, by {@linkcode finish}.
 */
export class LabRequestReader {
  #text = "";
  #decoder = new TextDecoder();
  #consumed = 0;

  /** Takes bytes as they came from the socket, cut anywhere. */
  push(bytes: Uint8Array): void {
    this.#text += this.#decoder.decode(bytes, { stream: true });
  }

  /** How long a silence would make what is held a request, in ms; undefined when nothing is held. */
  get quietMs(): number | undefined {
    this.#skipLeftovers();
    if (this.#text === "") return undefined;
    return hasNeededLines(this.#text) ? LAB_QUIET_MS : LAB_INCOMPLETE_MS;
  }

  /** The next request, if its end is certain. */
  next(): Outcome<LabRequest> {
    this.#skipLeftovers();
    const end = findEnd(this.#text);
    if (end !== undefined) return this.#take(end);
    if (this.#text.length > LAB_REQUEST_LIMIT) return this.#tooLong();
    return MORE;
  }

  /** What is held, taken as a whole request since the socket has been quiet. */
  finish(): Outcome<LabRequest> {
    this.#skipLeftovers();
    if (this.#consumed > 0 && isLeftover(this.#text)) this.#drop(this.#text.length);
    return this.#text === "" ? MORE : this.#take(this.#text.length);
  }

  #take(end: number): Outcome<LabRequest> {
    if (end > LAB_REQUEST_LIMIT) return this.#tooLong();
    const text = this.#text.slice(0, end);
    try {
      return { kind: "value", value: parseLabRequest(text) };
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      return {
        kind: "malformed",
        error: new MalformedError(error.element, this.#consumed + error.position, error.problem),
      };
    } finally {
      this.#drop(end);
    }
  }

  #tooLong(): Outcome<LabRequest> {
    const problem = `Longer than ${LAB_REQUEST_LIMIT} bytes: ${quote(this.#text)}`;
    this.#drop(this.#text.length);
    return {
      kind: "malformed",
      error: new MalformedError("Lab request", this.#consumed, problem),
    };
  }

  /** Drops line ends between requests, and header lines that came after their request was whole. */
  #skipLeftovers(): void {
    for (;;) {
      const blank = /^\s+/.exec(this.#text);
      if (blank !== null && /[\n]/.test(blank[0])) this.#drop(blank[0].length);
      const line = /^([^\n]*)\n/.exec(this.#text)?.[1];
      if (this.#consumed === 0 || line === undefined || !isLeftover(line)) break;
      this.#drop(line.length + 1);
    }
    if (this.#consumed === 0 || startsLabRequest(this.#text.split("\n", 1)[0]!)) return;
    const glued = findGluedRequest(this.#text);
    if (glued > 0 && !this.#text.slice(0, glued).includes("\n")) this.#drop(glued);
  }

  #drop(characters: number): void {
    this.#text = this.#text.slice(characters);
    this.#consumed += characters;
  }
}

/**
 * Whether a line can only belong to the request before it, taken as whole already: a header line,
 * or the rest of a value (`-25001`, `;timeout=60`, digits).
 */
function isLeftover(line: string): boolean {
  return /^\s*(?:[\w-]+\s*:|[-;]|\d+\s*$)/.test(line) && !startsLabRequest(line);
}

/** A request line glued to the last line of the request before it, which had no line end. */
const GLUED = new RegExp(`[0-9A-Za-z_.;=-]((?:${LAB_METHODS.join("|")})[ \\t])`, "g");

/** Where in the first line such a second request starts; -1 when there is none. */
function findGluedRequest(text: string): number {
  GLUED.lastIndex = 0;
  const match = GLUED.exec(text);
  return match === null ? -1 : match.index + 1;
}

/** The offset just past the first request where that is certain. */
function findEnd(text: string): number | undefined {
  const firstEnd = text.indexOf("\n");
  if (firstEnd < 0) return undefined;
  for (let at = firstEnd + 1; at < text.length;) {
    const lineEnd = text.indexOf("\n", at);
    const line = text.slice(at, lineEnd < 0 ? text.length : lineEnd);
    if (lineEnd >= 0 && line.trim() === "") return lineEnd + 1;
    if (lineEnd >= 0 && startsLabRequest(line)) return at;
    const glued = findGluedRequest(line);
    if (glued > 0) return at + glued;
    if (lineEnd < 0) break;
    at = lineEnd + 1;
  }
  return hasNeededLines(text) && isSettled(text) ? text.length : undefined;
}

/** Whether the lines are there without which the method means nothing. */
function hasNeededLines(text: string): boolean {
  const [first = "", ...lines] = text.split("\n");
  const cseqLine = lines[0];
  if (cseqLine === undefined || !/\d\s*$/.test(cseqLine)) return false;
  if (/^SETUP\b/.test(first)) return /(client_port\s*[=:]|RTP\/UDP)\s*\d/i.test(text);
  if (/^SETTIME\b/.test(first)) return lines.some((line) => /^\s*FRAME\s*:\s*\d/i.test(line));
  // The three-line variant's later requests name no file and carry no session.
  if (/^[A-Z]+\s*$/.test(first)) return true;
  // The course's Java clients ask for a description without naming a session.
  if (/^DESCRIBE\b/.test(first) && lines.some((line) => /^\s*Accept\s*:\s*\S/i.test(line))) {
    return true;
  }
  return lines.some((line) => /^\s*Ses+ion[\s:]*[^\s:]/i.test(line));
}

/** A session identifier of our own making, which is how long every one a client repeats to us is. */
const OWN_SESSION_AT_END = new RegExp(`Ses+ion[\\s:]*\\d{${LAB_SESSION_DIGITS}}$`, "i");

/** Whether the last value cannot grow: its line has ended, or it has all the digits it can have. */
function isSettled(text: string): boolean {
  if (text.endsWith("\n")) return true;
  if (/^SETUP\b/.test(text)) return /(client_port=|RTP\/UDP) \d{5}$/i.test(text);
  return OWN_SESSION_AT_END.test(text);
}
