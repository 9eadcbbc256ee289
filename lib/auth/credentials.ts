import { MalformedError } from "../bytes/malformed.ts";
import { AuthScanner, type AuthValue, formatAuthValue } from "./auth_value.ts";

/**
 * What a client sends in `Authorization` (RFC 7235, 4.2). Never print one: of scheme Basic it
 * holds the password. {@linkcode redactAuthorization} makes one fit for logs.
 */
export type Credentials = AuthValue;

/** RFC 7616, 3.4 forbids quotes around these, and Amcrest cameras refuse them quoted (scrypted#2122). */
const UNQUOTED = new Set(["algorithm", "qop", "nc", "userhash"]);
const HEADER = "Authorization";

/**
 * The credentials of a request. Quotes are accepted around any parameter. Errors never quote the
 * value.
 * @throws {MalformedError} when the value is not one set of credentials (RFC 7235, 4.2)
 */
export function parseCredentials(value: string): Credentials {
  const scanner = new AuthScanner(value, HEADER);
  const credentials = scanner.next();
  if (credentials === undefined) throw new MalformedError(HEADER, 0, "There are no credentials");
  if (scanner.next() !== undefined) {
    throw new MalformedError(HEADER, 0, "There are credentials of more than one scheme");
  }
  return credentials;
}

/**
 * The value of an `Authorization` header.
 * @throws {RangeError} on characters a header cannot carry; values are never shown
 */
export function formatCredentials(credentials: Credentials): string {
  return formatAuthValue(credentials, UNQUOTED);
}

/** The value of an `Authorization` header with everything but the scheme hidden, for logs. */
export function redactAuthorization(value: string): string {
  const scheme = /^\s*(Basic|Digest)(?=\s)/i.exec(value)?.[1];
  return scheme === undefined ? "…" : `${scheme} …`;
}
