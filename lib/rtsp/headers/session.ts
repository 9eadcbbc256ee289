import { MalformedError, quote } from "../../bytes/malformed.ts";
import { VALUE_LIMITS } from "../limits.ts";
import { parseDigits } from "../text.ts";
import type { OnTolerance } from "../tolerance.ts";
import {
  formatParameter,
  type Parameter,
  parseParameters,
  type PlacedParameter,
  splitList,
  trimPiece,
} from "./parameters.ts";

const ELEMENT = "Session";
/** Section 3.4: ALPHA, DIGIT and `safe`. */
const STANDARD_ID = /^[A-Za-z0-9$\-_.+]+$/;
/** An identifier of others is opaque: whatever has no blank, no control and no semicolon. */
const OPAQUE_ID = /^[\x21-\x3a\x3c-\x7e]+$/;

/** A Session value, RFC 2326 section 12.37. */
export interface Session {
  /** The identifier alone; requests carry nothing else (live555MediaServer answers 454). */
  id: string;
  /** Seconds after which the server forgets a silent session; absent means 60. */
  timeout?: number;
  /** Parameters RFC 2326 does not know, in order, values as written. */
  other?: Parameter[];
}

/** Seconds a session lives where the Session value names no timeout, RFC 2326 section 12.37. */
export const DEFAULT_SESSION_TIMEOUT = 60;

/**
 * The identifier and timeout of a Session value.
 * @throws {MalformedError} with the character offset of what is wrong
 */
export function parseSession(value: string, onTolerance?: OnTolerance): Session {
  const pieces = splitList({ text: value, at: 0 }, ";", ELEMENT, Infinity);
  const id = trimPiece(pieces[0]!);
  if (!OPAQUE_ID.test(id.text)) {
    throw new MalformedError(ELEMENT, id.at, `Identifier ${quote(id.text)} is empty or has blanks`);
  }
  if (id.text.length > VALUE_LIMITS.sessionId) {
    const problem = `The identifier is longer than ${VALUE_LIMITS.sessionId} characters`;
    throw new MalformedError(ELEMENT, id.at + VALUE_LIMITS.sessionId, problem);
  }
  if (!STANDARD_ID.test(id.text)) onTolerance?.("session-id-characters", quote(id.text));
  if (id.text !== pieces[0]!.text) onTolerance?.("space-in-session", quote(value));
  const session: Session = { id: id.text };
  const context = { element: ELEMENT, onTolerance, spaceCode: "space-in-session" } as const;
  for (const parameter of parseParameters(pieces.slice(1), context)) {
    applyParameter(session, parameter, onTolerance);
  }
  return session;
}

/** A Session value; without timeout and parameters it is what a request carries. */
export function formatSession(session: Session): string {
  const { id, timeout, other = [] } = session;
  const parts = timeout === undefined ? [id] : [id, `timeout=${timeout}`];
  return [...parts, ...other.map(formatParameter)].join(";");
}

function applyParameter(
  session: Session,
  parameter: PlacedParameter,
  onTolerance: OnTolerance | undefined,
): void {
  const { name, value } = parameter;
  if (name.toLowerCase() !== "timeout") {
    (session.other ??= []).push(value === undefined ? { name } : { name, value });
    return;
  }
  const timeout = parseDigits(value ?? "", VALUE_LIMITS.sessionTimeout);
  if (timeout === undefined) {
    onTolerance?.("session-timeout-ignored", quote(value ?? ""));
    return;
  }
  session.timeout = timeout;
}
