import { basicChallenge, digestChallenge, formatChallenge } from "../auth/challenge.ts";
import { readBasic } from "../auth/basic.ts";
import { constantTimeEqual } from "../auth/constant_time.ts";
import { type Credentials, parseCredentials } from "../auth/credentials.ts";
import {
  type DigestAlgorithm,
  type DigestCredentials,
  digestSecret,
  readDigest,
  verifyDigest,
} from "../auth/digest.ts";
import { MalformedError } from "../bytes/malformed.ts";
import type { Clock } from "../net/clock.ts";
import { Nonces } from "./nonces.ts";

/**
 * The one algorithm offered. ffmpeg takes the last Digest challenge there is and can only do MD5, and
 * rtspsrc and live555 answer with MD5 whatever is asked: a second one only costs clients.
 */
const ALGORITHM: DigestAlgorithm = "MD5";

/** How long a nonce is good for; a client whose nonce has aged is told so and need not ask anyone. */
const NONCE_LIFETIME_MS = 5 * 60_000;

/** How much later a wrong answer is refused, in ms: guessing takes its time, a slip costs little. */
const FAILURE_DELAY_MS = 500;

/** RFC 7616, section 3.4. */
const NONCE_COUNT = /^[0-9a-f]{8}$/i;

/** What an authenticator is made of; time and random numbers come from outside. */
export interface AuthenticatorOptions {
  /** What people are told they log in to, and part of what is hashed. */
  realm: string;
  /** By user name, what {@linkcode secretFor} makes of the password. */
  users: ReadonlyMap<string, string>;
  clock: Pick<Clock, "now">;
  /** Random bytes that cannot be guessed. */
  randomBytes: (length: number) => Uint8Array;
  /** Whether Basic, which shows the password to the network, is allowed without TLS. */
  basicInTheClear?: boolean;
}

/** What of a request counts. */
export interface AuthenticatedRequest {
  method: string;
  /** The value of its Authorization header. */
  authorization: string | undefined;
  /** Whether it came over TLS. */
  encrypted: boolean;
}

/** Whether a request may go on. */
export type AuthVerdict = { allowed: true } | {
  allowed: false;
  /** The values of the WWW-Authenticate headers that the 401 carries. */
  challenges: string[];
  /** How long to hold the answer back, in ms. */
  delayMs: number;
  /** For the log, without secrets; undefined when nothing was tried or the nonce was too old. */
  failure?: string;
};

/** What is kept of a password: HA1 of RFC 7616, which `htdigest` writes as well. */
export function secretFor(username: string, realm: string, password: string): string {
  return digestSecret(ALGORITHM, { username, realm, password });
}

/** Decides who may use a server (RFC 2326, section 14; RFC 7616; RFC 7617). */
export class Authenticator {
  readonly #nonces: Nonces;
  /** What an unknown user is checked against, so that it takes as long as a known one. */
  readonly #nobody: string;

  constructor(readonly options: AuthenticatorOptions) {
    const { realm, clock, randomBytes } = options;
    this.#nonces = new Nonces(clock, randomBytes, NONCE_LIFETIME_MS);
    this.#nobody = secretFor("", realm, String.fromCharCode(...randomBytes(16)));
  }

  check(request: AuthenticatedRequest): AuthVerdict {
    const { authorization, encrypted } = request;
    if (authorization === undefined) return this.#refuse(encrypted, {});
    try {
      const credentials = parseCredentials(authorization);
      const digest = readDigest(credentials);
      if (digest !== undefined) return this.#checkDigest(digest, request);
      return this.#checkBasic(credentials, encrypted);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      // Its text never shows what was sent.
      return this.#refuse(encrypted, { failure: error.message });
    }
  }

  /**
   * The `uri` in the credentials is what was hashed; it is not compared with the request's, since
   * live555 sends the base URL for every request, and cameras' clients a bare path.
   */
  #checkDigest(
    credentials: DigestCredentials,
    { method, encrypted }: AuthenticatedRequest,
  ): AuthVerdict {
    const { realm, users } = this.options;
    const known = users.get(credentials.username);
    const secret = known ?? this.#nobody;
    const verdict = verifyDigest({ credentials, method, realm, secret, algorithms: [ALGORITHM] });
    if (verdict !== "match" || known === undefined) {
      return this.#refuse(encrypted, { failure: failureOf(verdict) });
    }
    if (this.#isUnused(credentials)) return { allowed: true };
    // The password is right, so the client need only try again: with a nonce that has not aged, or
    // is not of before the server was started, or was not recorded with this very count.
    return this.#refuse(encrypted, { stale: true });
  }

  /** Whether the nonce is good, and its count, where there is one, was not used before. */
  #isUnused({ nonce, nc }: DigestCredentials): boolean {
    if (this.#nonces.judge(nonce) !== "fresh") return false;
    // rtspsrc and live555 answer without qop, and so without a count.
    if (nc === undefined) return true;
    return this.#nonces.count(nonce, NONCE_COUNT.test(nc) ? parseInt(nc, 16) : 0);
  }

  #checkBasic(credentials: Credentials, encrypted: boolean): AuthVerdict {
    const given = readBasic(credentials);
    if (given === undefined) {
      return this.#refuse(encrypted, { failure: "credentials of a scheme that was not offered" });
    }
    if (!this.#takesBasic(encrypted)) {
      return this.#refuse(encrypted, {
        failure: "Basic without TLS shows the password; not taken",
      });
    }
    const { realm, users } = this.options;
    const { username, password } = given;
    const secret = users.get(username);
    const same = constantTimeEqual(secretFor(username, realm, password), secret ?? this.#nobody);
    if (same && secret !== undefined) return { allowed: true };
    return this.#refuse(encrypted, { failure: failureOf("wrong-response") });
  }

  #takesBasic(encrypted: boolean): boolean {
    return encrypted || (this.options.basicInTheClear ?? false);
  }

  #refuse(encrypted: boolean, why: { failure?: string; stale?: boolean }): AuthVerdict {
    const { realm } = this.options;
    const { failure, stale = false } = why;
    const nonce = this.#nonces.issue();
    const challenges = [
      digestChallenge({ realm, nonce, algorithm: ALGORITHM, qop: "auth", stale }),
    ];
    if (this.#takesBasic(encrypted)) challenges.push(basicChallenge(realm));
    return {
      allowed: false,
      challenges: challenges.map(formatChallenge),
      delayMs: failure === undefined ? 0 : FAILURE_DELAY_MS,
      ...(failure === undefined ? {} : { failure }),
    };
  }
}

/** Why an answer was refused, for the log; the client is told nothing. */
function failureOf(verdict: ReturnType<typeof verifyDigest>): string {
  switch (verdict) {
    case "wrong-realm":
      return "credentials for another realm";
    case "unsupported-algorithm":
      return `a Digest algorithm that was not offered (${ALGORITHM} was)`;
    case "unsupported-qop":
      return "a Digest qop that was not offered (auth was)";
    case "incomplete":
      return "Digest credentials with qop lack nc or cnonce";
    default:
      return "wrong user name or password";
  }
}
