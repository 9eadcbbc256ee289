import type { MalformedError } from "../../bytes/malformed.ts";
import { RTSP_VERSION, type RtspMessage, type RtspRequest } from "../../rtsp/message.ts";
import { formatResponse } from "../../rtsp/format.ts";
import { HeaderList } from "../../rtsp/headers.ts";
import { parseCSeq } from "../../rtsp/headers/cseq.ts";
import { formatSession, parseSession } from "../../rtsp/headers/session.ts";
import { MessageParser } from "../../rtsp/parser.ts";
import { reasonPhrase, STATUS } from "../../rtsp/statuses.ts";
import { sleep } from "../../net/clock.ts";
import type { PeerConnection } from "../connection.ts";
import type { ServerContext } from "../context.ts";
import { type Answer, answer, refusal } from "./exchange.ts";
import { answerToFailure } from "./failure.ts";
import { parseMediaTarget, withoutUserinfo } from "./media_target.ts";
import { ALLOWED_METHODS, handlerOf } from "./methods/mod.ts";
import { askOwner } from "./relayed.ts";
import type { RtspSession } from "./session.ts";
import { isMethod } from "../../rtsp/methods.ts";

/** One RTSP client on one connection: its requests are answered in the order they came. */
export class RtspConversation {
  readonly #parser = new MessageParser();
  /** Sessions whose media goes over this connection, by each of their channels. */
  readonly #channels = new Map<number, RtspSession>();
  #malformed = 0;
  /** Whether the client sent a whole message. */
  #spoken = false;

  constructor(readonly context: ServerContext, readonly connection: PeerConnection) {}

  /**
   * Talks until the connection ends.
   * @param first the bytes that told the dialect
   * @returns why it ended, in a few words
   */
  async run(first: Uint8Array): Promise<string> {
    const { firstRequestMs } = this.context.options.limits;
    try {
      this.#parser.push(first);
      for (;;) {
        const reason = await this.#takeAll();
        if (reason !== undefined) return reason;
        const bytes = await this.connection.read(this.#spoken ? Infinity : firstRequestMs);
        if (bytes === "end") return "closed by the client";
        if (bytes === "quiet") return "no request in time";
        this.#parser.push(bytes);
      }
    } finally {
      for (const session of new Set(this.#channels.values())) session.close("connection closed");
    }
  }

  /** Whether media may use a channel of this connection. */
  isChannelFree(channel: number, session: RtspSession): boolean {
    const owner = this.#channels.get(channel);
    return owner === undefined || owner === session;
  }

  /** Gives channels to a session. */
  bindChannels(session: RtspSession, channels: number[]): void {
    for (const channel of channels) this.#channels.set(channel, session);
  }

  /** Takes a session's channels back. */
  releaseChannels(session: RtspSession): void {
    for (const [channel, owner] of this.#channels) {
      if (owner === session) this.#channels.delete(channel);
    }
  }

  async #takeAll(): Promise<string | undefined> {
    for (;;) {
      const outcome = this.#parser.next();
      if (outcome.kind === "more") return undefined;
      if (outcome.kind === "value") await this.#take(outcome.value);
      else {
        const reason = await this.#refuseMalformed(outcome.error);
        if (reason !== undefined) return reason;
      }
    }
  }

  /** The parser finds the next message by itself, so the connection stays usable for a while. */
  async #refuseMalformed(error: MalformedError): Promise<string | undefined> {
    await this.#reply(undefined, refusal(STATUS.BAD_REQUEST, error.message), undefined);
    const { malformedMessages } = this.context.options.limits;
    if (++this.#malformed < malformedMessages) return undefined;
    // The message quotes what was sent, and the log is no place for a password.
    return MAY_HOLD_SECRET.test(error.message) ? `malformed ${error.element}` : error.message;
  }

  async #take(message: RtspMessage): Promise<void> {
    this.#spoken = true;
    if (message.kind === "interleaved") {
      this.#channels.get(message.channel)?.receiveControl(message.payload);
      return;
    }
    // We send no requests, so a response answers nothing.
    if (message.kind === "response") return;
    const cseq = readCSeq(message);
    const session = this.#sessionOf(message);
    const given = cseq === undefined
      ? refusal(STATUS.BAD_REQUEST, "CSeq is missing or no number")
      : await this.#answer(message, session);
    const told = typeof session === "object" && given.status !== STATUS.UNAUTHORIZED;
    const named = given.session ?? (told ? session : undefined);
    await this.#reply(message, given, named, cseq);
    given.afterReply?.();
  }

  async #answer(
    request: RtspRequest,
    session: RtspSession | string | undefined,
  ): Promise<Answer> {
    const { method } = request;
    if (request.version !== RTSP_VERSION) return answer(STATUS.RTSP_VERSION_NOT_SUPPORTED);
    const required = ["Require", "Proxy-Require"].flatMap((name) => request.headers.getAll(name));
    if (required.length > 0) {
      return answer(STATUS.OPTION_NOT_SUPPORTED, [["Unsupported", required.join(", ")]]);
    }
    const refused = await this.#demandCredentials(request);
    if (refused !== undefined) return refused;
    const handler = handlerOf(method);
    if (handler === undefined) return unknownMethod(method);
    const { context } = this;
    const peer = this.connection.address;
    try {
      if (typeof session === "string") {
        return await askOwner(context, session, request, peer) ?? answer(STATUS.SESSION_NOT_FOUND);
      }
      const target = parseMediaTarget(request.uri);
      if (session !== undefined) session.touch();
      return await handler({ conversation: this, context, request, target, session });
    } catch (error) {
      return answerToFailure(error, context, peer);
    }
  }

  /**
   * The 401 for a request whose sender has to say who it is, and has not or not rightly.
   *
   * OPTIONS outside a session is answered to everyone (RFC 2326, section 10.1): it tells nothing but
   * the methods, is what clients and monitors open with, and some give up when it fails. In a session
   * it keeps that alive, and so needs credentials like everything else.
   */
  async #demandCredentials(request: RtspRequest): Promise<Answer | undefined> {
    const { authenticator, clock, onEvent } = this.context.options;
    const { method, headers } = request;
    if (authenticator === undefined) return undefined;
    if (method === "OPTIONS" && !headers.has("Session")) return undefined;
    const verdict = authenticator.check({
      method,
      authorization: headers.get("Authorization"),
      encrypted: this.connection.encrypted,
    });
    if (verdict.allowed) return undefined;
    const { challenges, delayMs, failure } = verdict;
    if (failure !== undefined) {
      const message = `${method} refused: ${failure}`;
      onEvent({ event: "error", peer: this.connection.address, message });
    }
    if (delayMs > 0) await sleep(clock, delayMs);
    return answer(STATUS.UNAUTHORIZED, challenges.map((value) => ["WWW-Authenticate", value]));
  }

  /**
   * The session a request names, or the identifier where there is no such session; sessions are found
   * by identifier, never by connection.
   */
  #sessionOf(request: RtspRequest): RtspSession | string | undefined {
    const value = request.headers.get("Session");
    if (value === undefined) return undefined;
    try {
      const { id } = parseSession(value);
      return this.context.sessions.get(id) ?? id;
    } catch {
      return "";
    }
  }

  async #reply(
    request: RtspRequest | undefined,
    given: Answer,
    session: Pick<RtspSession, "id"> | undefined,
    cseq?: number,
  ): Promise<void> {
    const { status, body } = given;
    const headers = new HeaderList();
    if (cseq !== undefined) headers.append("CSeq", String(cseq));
    // The client measures the way there and back with it (RFC 2326, section 12.38).
    const timestamp = request?.headers.get("Timestamp");
    if (timestamp !== undefined) headers.append("Timestamp", timestamp);
    headers.append("Server", SERVER_NAME);
    headers.append("Date", new Date(this.context.options.clock.wallTime()).toUTCString());
    if (session !== undefined) headers.append("Session", this.#sessionHeader(session, request));
    for (const [name, value] of given.headers) headers.append(name, value);
    const reason = reasonPhrase(status);
    const response = { status, reason, version: RTSP_VERSION, headers, body };
    await this.connection.write(formatResponse(response));
    const { method = "?", uri = "" } = request ?? {};
    const target = withoutUserinfo(uri);
    const peer = this.connection.address;
    this.context.options.onEvent({ event: "request", peer, method, target, status });
  }

  #sessionHeader({ id }: Pick<RtspSession, "id">, request: RtspRequest | undefined): string {
    const timeout = this.context.options.sessionTimeout;
    // Said when the session is made; retina takes nothing else behind the identifier.
    return formatSession(request?.method === "SETUP" ? { id, timeout } : { id });
  }
}

/** A header with credentials, or a URL with a user in it or cut before that could be seen. */
const MAY_HOLD_SECRET = /authorization|:\/\/[^/]*[@…]/i;

/** What the Server header says; no version, which would tell more than it helps. */
const SERVER_NAME = "rtspkit";

function readCSeq(request: RtspRequest): number | undefined {
  const value = request.headers.get("CSeq");
  if (value === undefined) return undefined;
  try {
    return parseCSeq(value);
  } catch {
    return undefined;
  }
}

/** 405 for what RFC 2326 knows and this server does not do, 501 for what nobody knows. */
function unknownMethod(method: string): Answer {
  if (!isMethod(method)) return answer(STATUS.NOT_IMPLEMENTED, [["Public", ALLOWED_METHODS]]);
  return answer(STATUS.METHOD_NOT_ALLOWED, [["Allow", ALLOWED_METHODS]]);
}
