/**
 * Input that breaks the rules of its format. Thrown by parsers of whole values (a datagram, a
 * header field); carried in an {@linkcode Outcome} by parsers that are fed a stream.
 */
export class MalformedError extends Error {
  /**
   * @param element the part being read, in the standard's words: `"RTP header"`, `"CSeq"`
   * @param position byte offset (or character offset in a header value) where the trouble is
   * @param problem what is wrong with it, in sentence case, quoting the input where that helps
   */
  constructor(
    readonly element: string,
    readonly position: number,
    readonly problem: string,
  ) {
    super(`${element}: ${problem} (at byte ${position})`);
    this.name = "MalformedError";
  }
}

/** What a parser that is fed a stream answers: a value, "need more", or "malformed at byte N". */
export type Outcome<T> =
  | { kind: "value"; value: T }
  | { kind: "more" }
  | { kind: "malformed"; error: MalformedError };

/** The outcome that asks for more bytes; one object for all. */
export const MORE: { kind: "more" } = Object.freeze({ kind: "more" });

/** Input shortened for a one-line message: control characters escaped, at most `limit` characters. */
export function quote(input: string, limit = 60): string {
  const cut = input.length > limit ? `${input.slice(0, limit)}…` : input;
  return JSON.stringify(cut);
}
