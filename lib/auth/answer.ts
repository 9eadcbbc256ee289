import { isScheme } from "./auth_value.ts";
import { basicCredentials } from "./basic.ts";
import type { Challenge } from "./challenge.ts";
import { type Credentials, formatCredentials } from "./credentials.ts";
import {
  type DigestAlgorithm,
  digestAlgorithm,
  type DigestInput,
  digestResponse,
} from "./digest.ts";

/** What a client needs to answer a challenge. */
export interface AnswerOptions {
  username: string;
  password: string;
  /** Method of the request the answer goes into. */
  method: string;
  /** Its request URL, without user name and password. */
  uri: string;
  /** Unpredictable text, fresh for every nonce of the server's. */
  cnonce: string;
  /** How many requests have used the server's nonce, this one included: 1 … 2^32 - 1. */
  nonceCount: number;
  /** False refuses to send the password as good as in the clear. True unless given. */
  allowBasic?: boolean;
}

/** An answer to one of the challenges. */
export interface Answer {
  /** The value for the `Authorization` header. */
  authorization: string;
  /** The challenge it answers. */
  challenge: Challenge;
  /** `undefined` for Basic. */
  algorithm?: DigestAlgorithm;
}

const MOST_NONCE_COUNT = 0xffff_ffff;

/**
 * Answers the strongest challenge it can: SHA-256, then MD5, then Basic; of equals the first.
 * `undefined` when there is none it can answer. Answers come in the plain form of RFC 2069 where
 * the challenge has no `qop`, as many cameras know no other.
 *
 * @throws {RangeError} when the count is out of range, or a colon is in a user name for Basic
 */
export function answerChallenge(
  challenges: readonly Challenge[],
  options: AnswerOptions,
): Answer | undefined {
  let best: Candidate | undefined;
  for (const challenge of challenges) {
    const candidate = candidateOf(challenge, options.allowBasic ?? true);
    if (candidate !== undefined && candidate.strength > (best?.strength ?? 0)) best = candidate;
  }
  if (best === undefined) return undefined;
  const { challenge, digest } = best;
  if (digest !== undefined) return answerDigest(challenge, digest, options);
  return { authorization: formatCredentials(basicCredentials(options)), challenge };
}

/** A challenge that can be answered. */
interface Candidate {
  challenge: Challenge;
  /** Higher is stronger; above 0. */
  strength: number;
  digest?: DigestTerms;
}

/** What a Digest challenge lays down for the answer. */
interface DigestTerms {
  algorithm: DigestAlgorithm;
  realm: string;
  nonce: string;
  /** Whether `auth` is among the qualities of protection offered. */
  withQop: boolean;
}

function candidateOf(challenge: Challenge, allowBasic: boolean): Candidate | undefined {
  if (isScheme(challenge, "Basic")) return allowBasic ? { challenge, strength: 1 } : undefined;
  const digest = isScheme(challenge, "Digest") ? termsOf(challenge) : undefined;
  if (digest === undefined) return undefined;
  return { challenge, strength: digest.algorithm.startsWith("SHA-256") ? 3 : 2, digest };
}

function termsOf({ parameters }: Challenge): DigestTerms | undefined {
  const algorithm = digestAlgorithm(parameters.get("algorithm"));
  const realm = parameters.get("realm");
  const nonce = parameters.get("nonce");
  if (algorithm === undefined || realm === undefined || nonce === undefined) return undefined;
  const offered = parameters.get("qop")?.toLowerCase().split(",").map((qop) => qop.trim());
  const withQop = offered?.includes("auth") ?? false;
  return offered !== undefined && !withQop ? undefined : { algorithm, realm, nonce, withQop };
}

function answerDigest(challenge: Challenge, terms: DigestTerms, options: AnswerOptions): Answer {
  const { username, password, method, uri, cnonce } = options;
  const { algorithm, realm, nonce, withQop } = terms;
  const input: DigestInput = { algorithm, username, realm, password, method, uri, nonce };
  if (withQop) {
    input.qop = "auth";
    input.nc = formatNonceCount(options.nonceCount);
  }
  if (withQop || algorithm.endsWith("-sess")) input.cnonce = cnonce;
  const parameters = new Map([["username", username], ["realm", realm], ["nonce", nonce]]);
  parameters.set("uri", uri);
  parameters.set("response", digestResponse(input));
  const echoed: [string, string | undefined][] = [
    ["algorithm", challenge.parameters.get("algorithm")],
    ["opaque", challenge.parameters.get("opaque")],
    ["qop", input.qop],
    ["nc", input.nc],
    ["cnonce", input.cnonce],
  ];
  for (const [name, value] of echoed) if (value !== undefined) parameters.set(name, value);
  const credentials: Credentials = { scheme: "Digest", parameters };
  return { authorization: formatCredentials(credentials), challenge, algorithm };
}

/** Eight hexadecimal digits (RFC 7616, 3.4). */
function formatNonceCount(count: number): string {
  if (!Number.isInteger(count) || count < 1 || count > MOST_NONCE_COUNT) {
    throw new RangeError(`The nonce count ${count} is not a whole number of 1 … 2^32 - 1`);
  }
  return count.toString(16).padStart(8, "0");
}
