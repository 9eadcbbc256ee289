import type { MalformedError } from "../../bytes/malformed.ts";
import { RTSP_VERSION, type RtspMessage, type RtspRequest } from "../../rtsp/message.ts";
import { formatResponse } from "../../rtsp/format.ts";
import { HeaderList } from "../../rtsp/headers.ts";
import { parseCSeq } from "../../rtsp/headers/cseq.ts";
import { formatSession, parseSession } from "../../rtsp/headers/session.ts";
import { MessageParser } from "../../rtsp/parser.ts";
import { reasonPhrase, STATUS } from "../../rtsp/statuses.ts";
import type { ReadResult } from "../../net/quiet_reader.ts";
import type { Principal } from "../authenticator.ts";
import { type PeerConnection, SERVER_STOPPED } from "../connection.ts";
import type { ServerContext } from "../context.ts";
import { Patience } from "../patience.ts";
import { authenticate } from "./authentication.ts";
import { type Answer, answer, refusal, type RtspHandler } from "./exchange.ts";
import { answerToFailure } from "./failure.ts";
import { parseMediaTarget, withoutUserinfo } from "./media_target.ts";
import { ALLOWED_METHODS, handlerOf } from "./methods/mod.ts";
import { askOwner } from "./relayed.ts";
import type { RtspSession } from "./session.ts";
import { SrtpOffer } from "./srtp_offer.ts";
import { isMethod } from "../../rtsp/methods.ts";

/** One RTSP client on one connection: its requests are answered in the order they came. */
export class RtspConversation {
  readonly #parser: MessageParser;
  readonly #patience: Patience;
  /** Sessions whose media goes over this connection, by each of their channels. */
  readonly #channels = new Map<number, RtspSession>();
  /** Sessions that were set up here. */
  readonly #made = new WeakSet<RtspSession>();
  /** The key for this client's media; undefined where media is not protected. */
  readonly srtp: SrtpOffer | undefined;
  #malformed = 0;

  /** @param first the bytes that told the dialect */
  constructor(
    readonly context: ServerContext,
    readonly connection: PeerConnection,
    first: Uint8Array,
  ) {
    if (context.options.srtp) this.srtp = new SrtpOffer(context);
    this.#parser = new MessageParser({ body: context.options.limits.requestBodyBytes });
    this.#parser.push(first);
    this.#patience = new Patience(connection);
  }

  /**
   * Talks until the connection ends.
   * @returns why it ended, in a few words
   */
  async run(): Promise<string> {
    try {
      for (;;) {
        // Clients wait here nearly always, and each function that waits for another one on the way
        // takes half a kilobyte for each of them.
        const reason = await this.#takeAll() ?? this.#hear(await this.connection.read(this.#left));
        if (reason !== undefined) return reason;
      }
    } finally {
      for (const session of new Set(this.#channels.values())) session.close("connection closed");
    }
  }

  /** How long the client may take, in ms. */
  get #left(): number {
    return this.#patience.left(this.#parser.pending > 0);
  }

  /** @returns why the conversation is to end, if it is */
  #hear(read: ReadResult): string | undefined {
    if (read === "end") return "closed by the client";
    if (read !== "quiet") this.#parser.push(read);
    return this.#patience.spent();
  }

  /** Whether media may use a channel of this connection. */
  isChannelFree(channel: number, session: RtspSession): boolean {
    const owner = this.#channels.get(channel);
    return owner === undefined || owner === session;
  }

  /** Notes that a session was set up here: SETUP may change it from nowhere else. */
  hasMade(session: RtspSession): void {
    this.#made.add(session);
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

  /** Ends the connection, once what waits has been written or the peer has had its time for it. */
  hangUp(): void {
    this.connection.hangUp();
  }

  async #takeAll(): Promise<string | undefined> {
    for (;;) {
      const outcome = this.#parser.next();
      if (outcome.kind === "more") return undefined;
      if (outcome.kind === "value") {
        await this.connection.answering(() => this.#take(outcome.value));
        if (this.connection.ending) return SERVER_STOPPED;
      } else {
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
    this.context.limitReached("malformed-messages", this.connection.address);
    // The message quotes what was sent, and the log is no place for a password.
    return MAY_HOLD_SECRET.test(error.message) ? `malformed ${error.element}` : error.message;
  }

  async #take(message: RtspMessage): Promise<void> {
    this.#patience.messageCame();
    if (message.kind === "interleaved") {
      this.#channels.get(message.channel)?.receiveControl(message.payload);
      return;
    }
    // We send no requests, so a response answers nothing.
    if (message.kind === "response") return;
    await this.connection.paceRequest();
    const cseq = readCSeq(message);
    const given = cseq === undefined
      ? refusal(STATUS.BAD_REQUEST, "CSeq is missing or no number")
      : await this.#admit(message);
    await this.#reply(message, given, given.session, cseq);
    given.afterReply?.();
  }

  /** Looks at what every request has before what it is about. */
  async #admit(request: RtspRequest): Promise<Answer> {
    if (request.version !== RTSP_VERSION) return answer(STATUS.RTSP_VERSION_NOT_SUPPORTED);
    const required = ["Require", "Proxy-Require"].flatMap((name) => request.headers.getAll(name));
    if (required.length > 0) {
      return answer(STATUS.OPTION_NOT_SUPPORTED, [["Unsupported", required.join(", ")]]);
    }
    const user = await authenticate(request, this.connection);
    if (user !== undefined && "status" in user) return user;
    const session = this.#sessionOf(request, user);
    const given = await this.#answer(request, session, user);
    return typeof session === "object" ? { session, ...given } : given;
  }

  async #answer(
    request: RtspRequest,
    session: RtspSession | string | undefined,
    user: Principal | undefined,
  ): Promise<Answer> {
    const { method } = request;
    const handler = handlerOf(method);
    if (handler === undefined) return unknownMethod(method);
    const { context } = this;
    const { address: peer, hostname } = this.connection;
    try {
      if (typeof session === "string") {
        const from = { peer, hostname, user: user?.name };
        const given = await askOwner(context, session, request, from) ??
          answer(STATUS.SESSION_NOT_FOUND);
        if (method !== "DESCRIBE" || given.session === undefined) return given;
        // The owner knows now that its client lives; what the media are, every server can say.
        return { session: given.session, ...await this.#handle(handler, request, undefined, user) };
      }
      return await this.#handle(handler, request, session, user);
    } catch (error) {
      return answerToFailure(error, context, peer);
    }
  }

  #handle(
    handler: RtspHandler,
    request: RtspRequest,
    session: RtspSession | undefined,
    user: Principal | undefined,
  ): Answer | Promise<Answer> {
    const target = parseMediaTarget(request.uri);
    session?.touch();
    const { context } = this;
    return handler({ conversation: this, context, request, target, session, user });
  }

  /**
   * The session a request names, or the identifier where there is no such session that would obey;
   * sessions are found by identifier, never by connection.
   */
  #sessionOf(
    { method, headers }: RtspRequest,
    user: Principal | undefined,
  ): RtspSession | string | undefined {
    const value = headers.get("Session");
    if (value === undefined) return undefined;
    try {
      const { id } = parseSession(value);
      const session = this.context.sessions.get(id);
      const requester = { user: user?.name, hostname: this.connection.hostname, carrier: this };
      if (!session?.obeys(requester)) return id;
      // Another connection may have come to another server of this port, which could not change it.
      const maySetUp = this.context.options.sessionAnyConnection || this.#made.has(session);
      return method === "SETUP" && !maySetUp ? id : session;
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
