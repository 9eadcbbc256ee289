import { answerChallenge } from "../../auth/answer.ts";
import { type Challenge, isStale, parseChallenges } from "../../auth/challenge.ts";
import { MalformedError } from "../../bytes/malformed.ts";
import { formatSession, parseSession, type Session } from "../../rtsp/headers/session.ts";
import type { RtspResponse } from "../../rtsp/message.ts";
import { AuthenticationError, ProtocolError, StatusError } from "../errors.ts";
import type { Observer } from "../observer.ts";
import type { RequestOptions, RtspConnection } from "./connection.ts";

/** A name and its password. */
export interface Credentials {
  username: string;
  password: string;
}

/** What a requester needs from outside. */
export interface RequesterOptions {
  credentials: Credentials | undefined;
  observer: Observer;
  /** Random bytes that cannot be guessed. */
  randomBytes: (length: number) => Uint8Array;
}

/** Answers to challenges that one request may cost: a nonce may grow stale on its way. */
const MOST_ANSWERS = 3;

/**
 * Makes requests in a session: adds what every one of them carries, answers challenges, and keeps
 * what the replies say about the session.
 */
export class Requester {
  session: Session | undefined;
  #challenges: Challenge[] = [];
  #nonceCount = 0;
  /** Whether the server has let us in with the credentials. */
  #accepted = false;

  constructor(readonly connection: RtspConnection, readonly options: RequesterOptions) {}

  /**
   * @returns the reply, status 200 to 299
   * @throws {StatusError} for every other status
   * @throws {AuthenticationError} when credentials are missing or refused
   */
  async request(
    method: string,
    uri: string,
    headers: Iterable<[string, string]> = [],
    options?: RequestOptions,
  ): Promise<RtspResponse> {
    const reply = await this.ask(method, uri, headers, options);
    if (reply.status >= 300) throw new StatusError(method, reply.status, reply.reason);
    return reply;
  }

  /** The same, and a redirection (status 300 to 399) is the caller's to follow. */
  async ask(
    method: string,
    uri: string,
    headers: Iterable<[string, string]> = [],
    options?: RequestOptions,
  ): Promise<RtspResponse> {
    const fields = [...headers];
    let reply = await this.#send(method, uri, fields, options);
    for (let answers = 1; reply.status === 401; answers++) {
      this.#takeChallenges(method, readChallenges(reply), answers);
      reply = await this.#send(method, uri, fields, options);
    }
    this.#accepted = this.#challenges.length > 0;
    if (reply.status >= 400) throw new StatusError(method, reply.status, reply.reason);
    this.#keepSession(reply);
    return reply;
  }

  /** The session is over; the next SETUP begins another. */
  forgetSession(): void {
    this.session = undefined;
  }

  #send(
    method: string,
    uri: string,
    headers: [string, string][],
    options: RequestOptions | undefined,
  ): Promise<RtspResponse> {
    const fields = [...headers];
    // The identifier alone: live555MediaServer answers 454 to `;timeout=` in a request.
    if (this.session !== undefined) {
      fields.push(["Session", formatSession({ id: this.session.id })]);
    }
    const authorization = this.#authorization(method, uri);
    if (authorization !== undefined) fields.push(["Authorization", authorization]);
    return this.connection.request(method, uri, fields, options);
  }

  /**
   * Prepares to answer, unless what was refused is an answer already: a new nonce is worth another
   * one when the server says so, or when it has let us in before (cameras forget `stale`).
   */
  #takeChallenges(method: string, challenges: Challenge[], answers: number): void {
    if (this.options.credentials === undefined) {
      throw new AuthenticationError(
        `${method}: the server asks for a user name and password (${
          schemes(challenges)
        }); give --user and --password-file`,
      );
    }
    const isNew = this.#challenges.length === 0 || this.#accepted || challenges.some(isStale);
    if (!isNew || answers > MOST_ANSWERS) throw refusedCredentials(method, challenges);
    this.#challenges = challenges;
    this.#nonceCount = 0;
    this.#accepted = false;
  }

  #authorization(method: string, uri: string): string | undefined {
    const { credentials, randomBytes } = this.options;
    if (credentials === undefined || this.#challenges.length === 0) return undefined;
    const answer = answerChallenge(this.#challenges, {
      ...credentials,
      method,
      uri,
      cnonce: Array.from(randomBytes(8), (byte) => byte.toString(16).padStart(2, "0")).join(""),
      nonceCount: ++this.#nonceCount,
    });
    if (answer === undefined) {
      throw new AuthenticationError(
        `${method}: the server asks for ${schemes(this.#challenges)}, which is not supported`,
      );
    }
    return answer.authorization;
  }

  #keepSession(reply: RtspResponse): void {
    const value = reply.headers.get("Session");
    if (value === undefined) return;
    const { observer } = this.options;
    try {
      const session = parseSession(
        value,
        (code, detail) => observer.note?.({ code, message: detail }),
      );
      // Said on SETUP only, it holds for the replies after it too.
      const timeout = session.timeout ?? this.session?.timeout;
      this.session = timeout === undefined ? session : { ...session, timeout };
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      throw new ProtocolError(`the server's Session cannot be read: ${error.message}`);
    }
  }
}

function readChallenges(refused: RtspResponse): Challenge[] {
  try {
    return parseChallenges(refused.headers.getAll("WWW-Authenticate"));
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new AuthenticationError(`the server's challenge cannot be read: ${error.message}`);
  }
}

function schemes(challenges: Challenge[]): string {
  const names = challenges.map(({ scheme, parameters }) => {
    const algorithm = parameters.get("algorithm");
    return algorithm === undefined ? scheme : `${scheme} ${algorithm}`;
  });
  return names.length === 0 ? "no known scheme" : names.join(", ");
}

function refusedCredentials(method: string, challenges: Challenge[]): AuthenticationError {
  const realm = challenges[0]?.parameters.get("realm") ?? "";
  return new AuthenticationError(
    `${method}: the server refused the user name or password (realm ${JSON.stringify(realm)})`,
  );
}
