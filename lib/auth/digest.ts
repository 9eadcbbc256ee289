import { createHash } from "node:crypto";
import { MalformedError } from "../bytes/malformed.ts";
import { isScheme } from "./auth_value.ts";
import { constantTimeEqual } from "./constant_time.ts";
import type { Credentials } from "./credentials.ts";

/** Algorithms understood (RFC 7616, 3.3 and RFC 2617, 3.2.1). */
export type DigestAlgorithm = "MD5" | "MD5-sess" | "SHA-256" | "SHA-256-sess";

/** What a Digest response is computed from (RFC 7616, 3.4.1). */
export interface DigestInput {
  algorithm: DigestAlgorithm;
  username: string;
  realm: string;
  /** Needed without `secret`. */
  password?: string | undefined;
  /** What {@linkcode digestSecret} makes of the password, for those who keep no passwords. */
  secret?: string | undefined;
  /** The request's method, e.g. `DESCRIBE`. */
  method: string;
  /** What stands in the credentials' `uri`. */
  uri: string;
  nonce: string;
  /** Left out toward peers that know RFC 2069 only. */
  qop?: "auth";
  /** Eight hexadecimal digits; needed with `qop`. */
  nc?: string;
  /** The client's nonce; needed with `qop` and by the `-sess` algorithms. */
  cnonce?: string;
}

/** Credentials of scheme Digest (RFC 7616, 3.4), values as written. */
export interface DigestCredentials {
  username: string;
  realm: string;
  nonce: string;
  uri: string;
  /** Hexadecimal digits. */
  response: string;
  algorithm?: string;
  cnonce?: string;
  opaque?: string;
  qop?: string;
  nc?: string;
}

/** What credentials are checked against. */
export interface DigestExpectation {
  credentials: DigestCredentials;
  /** The request's method. */
  method: string;
  realm: string;
  /** Needed without `secret`. */
  password?: string | undefined;
  /** What {@linkcode digestSecret} makes of the password with the one algorithm accepted. */
  secret?: string | undefined;
  /** Algorithms accepted; all that are understood unless given. */
  algorithms?: readonly DigestAlgorithm[];
}

/** Why credentials were refused, or `match`. Never tell the client which. */
export type DigestVerdict =
  | "match"
  | "wrong-realm"
  | "unsupported-algorithm"
  | "unsupported-qop"
  | "incomplete"
  | "wrong-response";

/** Strongest last. */
export const DIGEST_ALGORITHMS: readonly DigestAlgorithm[] = [
  "MD5",
  "MD5-sess",
  "SHA-256",
  "SHA-256-sess",
];
const REQUIRED = ["username", "realm", "nonce", "uri", "response"] as const;
const OPTIONAL = ["algorithm", "cnonce", "opaque", "qop", "nc"] as const;

/** The algorithm of that name in any case; MD5 when none is named (RFC 7616, 3.3). */
export function digestAlgorithm(name: string | undefined): DigestAlgorithm | undefined {
  if (name === undefined) return "MD5";
  return DIGEST_ALGORITHMS.find((known) => known.toLowerCase() === name.toLowerCase());
}

/**
 * The hash of user name, realm and password that a server can keep in the password's place, as
 * `htdigest` does: H(A1) of RFC 7616, 3.4.2, in lower-case hexadecimal digits.
 */
export function digestSecret(
  algorithm: DigestAlgorithm,
  { username, realm, password }: { username: string; realm: string; password: string },
): string {
  return hash(algorithm, `${username}:${realm}:${password}`);
}

/**
 * The `response` parameter in lower-case hexadecimal digits (RFC 7616, 3.4.1; without `qop`
 * RFC 2617, 3.2.2.1). Text is hashed as UTF-8.
 * @throws {RangeError} when `nc`, `cnonce` or the password is needed and missing
 */
export function digestResponse(input: DigestInput): string {
  const { algorithm, method, uri, nonce, qop, nc, cnonce } = input;
  const session = algorithm.endsWith("-sess");
  if ((qop !== undefined && nc === undefined) || ((qop || session) && cnonce === undefined)) {
    throw new RangeError("A Digest with qop needs nc and cnonce, one with -sess needs cnonce");
  }
  const secret = input.secret ?? secretOf(input);
  const a1 = session ? hash(algorithm, `${secret}:${nonce}:${cnonce}`) : secret;
  const a2 = hash(algorithm, `${method}:${uri}`);
  const middle = qop === undefined ? nonce : `${nonce}:${nc}:${cnonce}:${qop}`;
  return hash(algorithm, `${a1}:${middle}:${a2}`);
}

/**
 * The parameters of Digest credentials; `undefined` when they are of another scheme.
 * @throws {MalformedError} when one that RFC 7616, 3.4 requires is missing
 */
export function readDigest(credentials: Credentials): DigestCredentials | undefined {
  if (!isScheme(credentials, "Digest")) return undefined;
  const found: Partial<DigestCredentials> = {};
  for (const name of REQUIRED) {
    const value = credentials.parameters.get(name);
    if (value === undefined) {
      throw new MalformedError("Authorization", 0, `Digest credentials have no ${name}`);
    }
    found[name] = value;
  }
  for (const name of OPTIONAL) {
    const value = credentials.parameters.get(name);
    if (value !== undefined) found[name] = value;
  }
  return found as DigestCredentials;
}

/**
 * Checks Digest credentials against a password. Whether the nonce is one of the server's, still
 * fresh, and its count not used before is for the caller to check, and so is the user: look up
 * the password by `credentials.username`, and for an unknown one verify against some other
 * password all the same.
 *
 * Tolerances: the `uri` that is hashed is the credentials' own, since live555 sends the base URL
 * for every request and Bosch a bare path; and `qop` may be missing although it was
 * offered, since GStreamer and live555 answer without.
 */
export function verifyDigest(expected: DigestExpectation): DigestVerdict {
  const { credentials, method, realm, password, secret } = expected;
  const algorithm = digestAlgorithm(credentials.algorithm);
  if (credentials.realm !== realm) return "wrong-realm";
  const accepted = expected.algorithms ?? DIGEST_ALGORITHMS;
  if (algorithm === undefined || !accepted.includes(algorithm)) return "unsupported-algorithm";
  const qop = credentials.qop?.toLowerCase();
  if (qop !== undefined && qop !== "auth") return "unsupported-qop";
  const { username, nonce, uri, nc, cnonce } = credentials;
  const input: DigestInput = { algorithm, username, realm, password, secret, method, uri, nonce };
  if (qop !== undefined) input.qop = "auth";
  if (nc !== undefined) input.nc = nc;
  if (cnonce !== undefined) input.cnonce = cnonce;
  const needsCnonce = qop !== undefined || algorithm.endsWith("-sess");
  if ((needsCnonce && cnonce === undefined) || (qop !== undefined && nc === undefined)) {
    return "incomplete";
  }
  const same = constantTimeEqual(digestResponse(input), credentials.response.toLowerCase());
  return same ? "match" : "wrong-response";
}

function secretOf({ algorithm, username, realm, password }: DigestInput): string {
  if (password === undefined) throw new RangeError("A Digest needs a password or its hash");
  return digestSecret(algorithm, { username, realm, password });
}

function hash(algorithm: DigestAlgorithm, text: string): string {
  const name = algorithm.startsWith("SHA-256") ? "sha256" : "md5";
  return createHash(name).update(text, "utf8").digest("hex");
}
