import { basicChallenge, digestChallenge, formatChallenge } from "../auth/challenge.ts";
import { readBasic } from "../auth/basic.ts";
import { constantTimeEqual } from "../auth/constant_time.ts";
import { type Credentials, parseCredentials } from "../auth/credentials.ts";
import {
  digestAlgorithm,
  type DigestCredentials,
  digestSecret,
  readDigest,
  verifyDigest,
} from "../auth/digest.ts";
import { MalformedError } from "../bytes/malformed.ts";
import type { Clock } from "../net/clock.ts";
import { Nonces } from "./nonces.ts";
import { Tries } from "./tries.ts";
import { SECRET_ALGORITHMS, type SecretAlgorithm, secretFor, type User } from "./users.ts";

export { secretFor };

/** How long a nonce is good for; a client whose nonce has aged is told so and need not ask anyone. */
const NONCE_LIFETIME_MS = 5 * 60_000;

/** RFC 7616, section 3.4. */
const NONCE_COUNT = /^[0-9a-f]{8}$/i;

/** What an authenticator is made of; time and random numbers come from outside. */
export interface AuthenticatorOptions {
  /** What people are told they log in to, and part of what is hashed. */
  realm: string;
  /** By user name. */
  users: ReadonlyMap<string, User>;
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
  /** The address it came from. */
  hostname?: string;
}

/** Who a request is from. */
export interface Principal {
  readonly name: string;
  /** What the user may watch; everything when left out. */
  readonly paths?: readonly string[];
}

/** Whether a request may go on. */
export type AuthVerdict = { allowed: true; user: Principal } | {
  allowed: false;
  /** Set when too much was tried from there: how long nothing more is looked at, in ms. */
  retryAfterMs?: number;
  /** The values of the WWW-Authenticate headers that the 401 carries. */
  challenges: string[];
  /** How long to hold the answer back, in ms. */
  delayMs: number;
  /** For the log, without secrets; undefined when nothing was tried or the nonce was too old. */
  failure?: string;
};

/** Decides who may use a server (RFC 2326, section 14; RFC 7616; RFC 7617). */
export class Authenticator {
  readonly #nonces: Nonces;
  readonly #tries: Tries;
  /** What an unknown user is checked against, so that it takes as long as a known one. */
  readonly #nobody: User;
  /**
   * What is offered, the stronger first (RFC 7616, section 3.7). ffmpeg takes the last Digest challenge
   * there is and can only do MD5; rtspsrc and live555 answer with MD5 whatever is asked.
   */
  readonly #algorithms: readonly SecretAlgorithm[];

  constructor(readonly options: AuthenticatorOptions) {
    const { realm, clock, randomBytes, users } = options;
    this.#tries = new Tries(clock);
    this.#algorithms = SECRET_ALGORITHMS.filter((algorithm) => {
      return users.size === 0 || [...users.values()].some(({ secrets }) => algorithm in secrets);
    });
    this.#nonces = new Nonces(clock, randomBytes, NONCE_LIFETIME_MS);
    this.#nobody = secretFor("", realm, String.fromCharCode(...randomBytes(16)));
  }

  check(request: AuthenticatedRequest): AuthVerdict {
    const { authorization } = request;
    if (authorization === undefined) return this.#refuse(request, {});
    try {
      const credentials = parseCredentials(authorization);
      const digest = readDigest(credentials);
      const blocked = this.#blocked(request, digest);
      if (blocked !== undefined) return blocked;
      if (digest !== undefined) return this.#checkDigest(digest, request);
      return this.#checkBasic(credentials, request);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      // Its text never shows what was sent.
      return this.#refuse(request, { failure: error.message });
    }
  }

  /** Who has guessed too much is not listened to, but for who has been right with this very nonce. */
  #blocked(
    { hostname = "" }: AuthenticatedRequest,
    digest: DigestCredentials | undefined,
  ): AuthVerdict | undefined {
    const retryAfterMs = this.#tries.blockedFor(hostname);
    if (retryAfterMs === 0) return undefined;
    if (digest !== undefined && this.#nonces.isProven(digest.nonce)) return undefined;
    return { allowed: false, retryAfterMs, challenges: [], delayMs: 0 };
  }

  /**
   * The `uri` in the credentials is what was hashed; it is not compared with the request's, since
   * live555 sends the base URL for every request, and cameras' clients a bare path.
   */
  #checkDigest(credentials: DigestCredentials, request: AuthenticatedRequest): AuthVerdict {
    const { realm, users } = this.options;
    const { method, hostname = "" } = request;
    const { username } = credentials;
    const known = users.get(username);
    const algorithm = SECRET_ALGORITHMS.find((name) =>
      name === digestAlgorithm(credentials.algorithm)
    );
    const ours = algorithm === undefined ? undefined : known?.secrets[algorithm];
    const secret = ours ?? this.#nobody.secrets[algorithm ?? "MD5"];
    const algorithms = this.#algorithms;
    const verdict = verifyDigest({ credentials, method, realm, secret, algorithms });
    if (verdict !== "match" || known === undefined || ours === undefined) {
      return this.#refuse(request, { failure: this.#failureOf(verdict) });
    }
    if (this.#isUnused(credentials, hostname)) return allow(username, known);
    // The password is right, so the client need only try again: with a nonce that has not aged, or
    // is not of before the server was started, or was not recorded with this very count.
    return this.#refuse(request, { stale: true });
  }

  /** Whether the nonce is good, and its count, where there is one, was not used before. */
  #isUnused({ nonce, nc }: DigestCredentials, hostname: string): boolean {
    if (this.#nonces.judge(nonce, hostname) !== "fresh") return false;
    // rtspsrc and live555 answer without qop, and so without a count.
    if (nc === undefined) return true;
    return this.#nonces.count(nonce, NONCE_COUNT.test(nc) ? parseInt(nc, 16) : 0);
  }

  #checkBasic(credentials: Credentials, request: AuthenticatedRequest): AuthVerdict {
    const given = readBasic(credentials);
    if (given === undefined) {
      return this.#refuse(request, { failure: "credentials of a scheme that was not offered" });
    }
    if (!this.#takesBasic(request.encrypted)) {
      return this.#refuse(request, {
        failure: "Basic without TLS shows the password; not taken",
      });
    }
    const { realm, users } = this.options;
    const { username, password } = given;
    const user = users.get(username);
    const { secrets } = user ?? this.#nobody;
    const algorithm = SECRET_ALGORITHMS.find((name) => name in secrets)!;
    const secret = digestSecret(algorithm, { username, realm, password });
    const same = constantTimeEqual(secret, secrets[algorithm]!);
    if (same && user !== undefined) return allow(username, user);
    return this.#refuse(request, { failure: this.#failureOf("wrong-response") });
  }

  #takesBasic(encrypted: boolean): boolean {
    return encrypted || (this.options.basicInTheClear ?? false);
  }

  #refuse(
    { encrypted, hostname = "" }: AuthenticatedRequest,
    why: { failure?: string; stale?: boolean },
  ): AuthVerdict {
    const { realm } = this.options;
    const { failure, stale = false } = why;
    // One for all, since clients mix what several challenges say.
    const nonce = this.#nonces.issue(hostname);
    const challenges = this.#algorithms.map((algorithm) => {
      return digestChallenge({ realm, nonce, algorithm, qop: "auth", stale });
    });
    if (this.#takesBasic(encrypted)) challenges.push(basicChallenge(realm));
    return {
      allowed: false,
      challenges: challenges.map(formatChallenge),
      delayMs: failure === undefined ? 0 : this.#tries.failed(hostname),
      ...(failure === undefined ? {} : { failure }),
    };
  }

  /** Why an answer was refused, for the log; the client is told nothing. */
  #failureOf(verdict: ReturnType<typeof verifyDigest>): string {
    switch (verdict) {
      case "wrong-realm":
        return "credentials for another realm";
      case "unsupported-algorithm":
        return `a Digest algorithm that was not offered (${this.#algorithms.join(", ")})`;
      case "unsupported-qop":
        return "a Digest qop that was not offered (auth was)";
      case "incomplete":
        return "Digest credentials with qop lack nc or cnonce";
      default:
        return "wrong user name or password";
    }
  }
}

function allow(name: string, { paths }: User): AuthVerdict {
  return { allowed: true, user: paths === undefined ? { name } : { name, paths } };
}
