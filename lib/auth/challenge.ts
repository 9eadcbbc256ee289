import { MalformedError } from "../bytes/malformed.ts";
import { AuthScanner, type AuthValue, formatAuthValue } from "./auth_value.ts";
import { AUTH_LIMITS } from "./limits.ts";

/** What a server asks for in `WWW-Authenticate` (RFC 7235, 4.1). */
export type Challenge = AuthValue;

/** What a Digest challenge is made of (RFC 7616, 3.3). */
export interface DigestChallengeOptions {
  realm: string;
  /** Fresh and unpredictable text of the server's. */
  nonce: string;
  /** `MD5` when left out. */
  algorithm?: string;
  /** Offered qualities of protection, e.g. `auth`; left out for RFC 2069 peers. */
  qop?: string;
  /** Comes back unchanged in the credentials. */
  opaque?: string;
  /** True when only the nonce was too old, so that the client need not ask for a password again. */
  stale?: boolean;
}

/** RFC 7616, 3.3 forbids quotes around these. */
const UNQUOTED = new Set(["algorithm", "stale", "charset", "userhash"]);
const HEADER = "WWW-Authenticate";

/**
 * The challenges of a reply, in order, whether they come in one header or in several.
 * Quotes are accepted around any parameter (wsgidav's `algorithm="MD5"`, Hikvision's
 * `stale="FALSE"`), and so is a comma at the end (Amcrest, motion#121).
 *
 * @param values the value of the header field, or of each such field
 * @throws {MalformedError} on a value that is not of the form of RFC 7235, 4.1
 */
export function parseChallenges(values: string | readonly string[]): Challenge[] {
  const challenges: Challenge[] = [];
  for (const value of typeof values === "string" ? [values] : values) {
    const scanner = new AuthScanner(value, HEADER);
    for (let next = scanner.next(); next !== undefined; next = scanner.next()) {
      challenges.push(next);
      if (challenges.length > AUTH_LIMITS.challenges) {
        throw new MalformedError(HEADER, 0, `More than ${AUTH_LIMITS.challenges} challenges`);
      }
    }
  }
  return challenges;
}

/**
 * The value of a `WWW-Authenticate` header with one challenge. Send several as several headers:
 * that is what every client understands.
 * @throws {RangeError} on characters a header cannot carry
 */
export function formatChallenge(challenge: Challenge): string {
  return formatAuthValue(challenge, UNQUOTED);
}

/** A Basic challenge (RFC 7617, 2). */
export function basicChallenge(realm: string): Challenge {
  return { scheme: "Basic", parameters: new Map([["realm", realm]]) };
}

/** A Digest challenge (RFC 7616, 3.3). */
export function digestChallenge(options: DigestChallengeOptions): Challenge {
  const { realm, nonce, algorithm, qop, opaque, stale } = options;
  const parameters = new Map([["realm", realm], ["nonce", nonce]]);
  if (opaque !== undefined) parameters.set("opaque", opaque);
  if (stale) parameters.set("stale", "true");
  if (algorithm !== undefined) parameters.set("algorithm", algorithm);
  if (qop !== undefined) parameters.set("qop", qop);
  return { scheme: "Digest", parameters };
}

/** Whether the challenge says that only the nonce was too old (RFC 7616, 3.3). */
export function isStale(challenge: Challenge): boolean {
  return challenge.parameters.get("stale")?.toLowerCase() === "true";
}
