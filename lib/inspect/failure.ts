import { MalformedError } from "../bytes/malformed.ts";
import { parseChallenges } from "../auth/challenge.ts";
import type { Asked, Exchange } from "./exchange.ts";
import { type Finding, finding } from "./finding.ts";

/** How a session failed before or instead of media, in the words of whoever held it. */
export interface SessionFailure {
  kind:
    /** No such name. */
    | "host-unknown"
    /** Somebody is there, and nobody listens. */
    | "connection-refused"
    /** Nothing came back, or the connection broke. */
    | "unreachable"
    /** The connection stands, and a request was not answered. */
    | "no-reply"
    /** What answers speaks something else, or nothing that can be understood. */
    | "protocol"
    /** Where the server sends on to leads to no stream. */
    | "redirection"
    /** What answers speaks RTSP, and its reply cannot be read to its end. */
    | "unreadable-reply"
    /** Credentials are missing, or were refused. */
    | "authentication"
    /** A request was answered with an error status. */
    | "status"
    /** Everything went well and no media came. */
    | "no-media"
    /** Something of this machine's, or the watcher's own: nothing to conclude. */
    | "other";
  /** What went wrong, one line. */
  message: string;
  /** Whether the password, where there is one, has characters that are often mangled. */
  specialPassword?: boolean;
}

/** Status codes with a meaning of their own here (RFC 2326, section 11.3). */
const NOT_FOUND: ReadonlySet<number> = new Set([404, 410]);
const UNAUTHORIZED = 401;
const UNSUPPORTED_TRANSPORT = 461;
const KNOWN_SCHEMES = /^(?:basic|digest)$/i;
const KNOWN_ALGORITHMS = /^(?:MD5|SHA-256|SHA-512-256)(?:-sess)?$/i;

/** What a failure comes from; undefined where it is not the peer's or the network's. */
export function failureFinding(failure: SessionFailure, exchange: Exchange): Finding | undefined {
  const { kind, message } = failure;
  const evidence = message;
  switch (kind) {
    case "host-unknown":
      return finding(kind, "The name server knows no such host", evidence);
    case "connection-refused":
      return finding(kind, "The host is there and refuses the connection", evidence);
    case "unreachable":
      return finding(kind, "No connection to the server can be made, or it broke", evidence);
    case "no-reply":
      return silent(exchange, evidence);
    case "protocol":
      return misunderstood(exchange, evidence);
    case "unreadable-reply":
      return finding(kind, "What follows its status line cannot be read", evidence);
    case "redirection":
      return finding(kind, "The server sends on, and what it sends to leads nowhere", evidence);
    case "authentication":
      return refusedCredentials(failure, exchange);
    case "status":
      return refused(exchange, evidence);
    case "no-media":
    case "other":
      return undefined;
  }
}

/**
 * How a session failed as far as its messages show, for who only looked on; undefined where PLAY was
 * accepted or no message was seen.
 */
export function failureSeen({ asked, playedAt }: Exchange): SessionFailure | undefined {
  const last = asked.at(-1);
  if (playedAt !== undefined) return undefined;
  if (last === undefined) return { kind: "other", message: "nothing was asked for" };
  const refused = asked.findLast(({ method, reply }) => {
    return method !== "OPTIONS" && method !== "TEARDOWN" && (reply?.status ?? 0) >= 400;
  });
  if (refused === undefined) return { kind: "other", message: "nothing was played" };
  const { status, reason } = refused.reply!;
  const message = `${refused.method} was answered ${status} ${reason}`.trim();
  return { kind: status === UNAUTHORIZED ? "authentication" : "status", message };
}

function silent(exchange: Exchange, evidence: string): Finding {
  const last = lastAsked(exchange);
  const message = exchange.answered
    ? `The server answered before, and does not answer ${last?.method ?? "any more"}`
    : "The server accepts the connection and answers nothing";
  return finding("no-reply", message, evidence);
}

/** The last request but those that only tidy up. */
function lastAsked({ asked }: Exchange): Asked | undefined {
  return asked.findLast(({ method }) => method !== "TEARDOWN");
}

function misunderstood(exchange: Exchange, evidence: string): Finding {
  const last = lastAsked(exchange);
  if (!exchange.answered) {
    return finding("not-rtsp", "What came back is no RTSP", evidence);
  }
  if (last?.method === "SETUP" && /transport|UDP|TCP|multicast|unicast/i.test(evidence)) {
    const message = `SETUP asked for ${last.transport ?? "a transport"} and got another`;
    return finding("transport-mismatch", message, evidence);
  }
  if (last?.method === "DESCRIBE") {
    return finding("no-description", "What DESCRIBE answered cannot be used", evidence);
  }
  return finding("rtsp-malformed", "An answer of the server's cannot be read", evidence, {
    level: "error",
  });
}

function refusedCredentials(
  { message: evidence, specialPassword = false }: SessionFailure,
  exchange: Exchange,
): Finding {
  const offered = offeredSchemes(exchange.challenges);
  const ways = offered.map(({ name }) => name).join(", ") || "no known scheme";
  if (offered.length > 0 && offered.every(({ known }) => !known)) {
    return finding("auth-scheme", `The server takes ${ways} and nothing else`, evidence);
  }
  if (!exchange.asked.some(({ authorized }) => authorized)) {
    return finding("auth-missing", `The server lets in by ${ways} only`, evidence);
  }
  const message = `The server asked for ${ways} and refused what it got`;
  return finding(specialPassword ? "auth-special-characters" : "auth-refused", message, evidence);
}

interface OfferedScheme {
  name: string;
  known: boolean;
}

function offeredSchemes(challenges: readonly string[]): OfferedScheme[] {
  try {
    return parseChallenges(challenges).map(({ scheme, parameters }) => {
      const algorithm = parameters.get("algorithm");
      const known = KNOWN_SCHEMES.test(scheme) && KNOWN_ALGORITHMS.test(algorithm ?? "MD5");
      return { name: algorithm === undefined ? scheme : `${scheme} ${algorithm}`, known };
    });
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return [];
  }
}

function refused(exchange: Exchange, evidence: string): Finding {
  const asked = exchange.refused;
  const status = asked?.reply?.status ?? 0;
  if (asked === undefined) return finding("request-refused", "A request was refused", evidence);
  if (asked.method === "SETUP") return refusedSetUp(asked, status, evidence);
  if (NOT_FOUND.has(status)) {
    return finding("not-found", `There is nothing at ${pathOf(asked.target)}`, evidence);
  }
  const message = `${asked.method} is refused with ${status}${meaningOf(status)}`;
  return finding("request-refused", message, evidence);
}

function refusedSetUp(asked: Asked, status: number, evidence: string): Finding {
  const wanted = asked.transport ?? "a transport";
  if (status === UNSUPPORTED_TRANSPORT) {
    return finding("transport-refused", `The server does not send by ${wanted}`, evidence);
  }
  if (NOT_FOUND.has(status)) {
    // A course-lab server learns the name of the file from SETUP.
    const isUrl = /^rtsps?:/i.test(asked.target);
    const message = isUrl
      ? `SETUP of ${pathOf(asked.target)}, as the description has it, is answered ${status}`
      : `There is nothing called ${asked.target}`;
    return finding(isUrl ? "control-url" : "not-found", message, evidence);
  }
  const overUdp = !/TCP|interleaved/i.test(wanted);
  if (overUdp && /^(?:400|405|406|415|45[1569]|46[0-9]|50[01])$/.test(String(status))) {
    const message = `SETUP for ${wanted} is refused with ${status}, where 461 would tell that ` +
      "another transport is worth a try";
    return finding("transport-status", message, evidence);
  }
  return finding(
    "request-refused",
    `SETUP is refused with ${status}${meaningOf(status)}`,
    evidence,
  );
}

/** What a status says of a camera, in words; empty where its reason says it. */
function meaningOf(status: number): string {
  if (status === 403) return ": this account may not see the stream";
  if (status === 453) return ": too many viewers, or too high a bit rate";
  if (status === 454) return ": the server has forgotten the session";
  if (status === 503) return ": the server is overloaded, or the source is not there";
  if (status >= 500) return ": something within the server failed";
  return "";
}

/** A URL without its host, as it may have a name and a password. */
function pathOf(target: string): string {
  return target.replace(/^[a-z]+:\/\/[^/]*/i, "") || "/";
}
