import { plainAddress } from "../../net/address.ts";
import { sleep } from "../../net/clock.ts";
import { isLabMethod, SEVEN_BUTTON_VERSION } from "../../rtsp/lab/methods.ts";
import { formatLabReply } from "../../rtsp/lab/reply.ts";
import type { LabRequest } from "../../rtsp/lab/request.ts";
import { LabRequestReader } from "../../rtsp/lab/request_reader.ts";
import type { MediaLease } from "../../stream/media_provider.ts";
import type { ServerContext } from "../context.ts";
import { type PeerConnection, SERVER_STOPPED } from "../connection.ts";
import type { LabAnswer } from "./exchange.ts";
import { LAB_HANDLERS } from "./methods/mod.ts";
import { Patience } from "../patience.ts";
import type { SessionPlace } from "../session_place.ts";
import { LabSession } from "./session.ts";
import type { SessionView, WatchedSession } from "../watch.ts";
import { LAB_SESSION_METHODS, LAB_TRANSITIONS, type LabState } from "./states.ts";

/** Reason phrases of the statuses the lab dialect uses (RFC 2326, section 7.1.1). */
const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  404: "Not Found",
  415: "Unsupported Media Type",
  453: "Not Enough Bandwidth",
  454: "Session Not Found",
  455: "Method Not Valid in This State",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
};

/**
 * How long a reply is held back, in ms. Lab clients note which request they sent only after their
 * `send` returns, on another thread than the one that reads: a reply that is faster is misread.
 */
const REPLY_DELAY_MS = 15;

/** One lab client: reads its requests one at a time and answers each in the lab's own shape. */
export class Conversation implements WatchedSession {
  session: LabSession | undefined;
  #state: LabState = "Init";
  #setupAgain = false;
  #setupCseq: number | undefined;
  readonly #reader = new LabRequestReader();
  readonly #patience: Patience;
  /** Of the session, while there is one. */
  #place: SessionPlace | undefined;

  /** @param first the bytes that told the dialect */
  constructor(
    readonly context: ServerContext,
    readonly connection: PeerConnection,
    first: Uint8Array,
  ) {
    this.#reader.push(first);
    this.#patience = new Patience(connection);
  }

  /**
   * Talks until the connection ends.
   * @returns why it ended, in a few words
   */
  async run(): Promise<string> {
    try {
      for (;;) {
        const reason = await this.#answerAll() ?? await this.#readMore();
        if (reason !== undefined) return reason;
      }
    } finally {
      // A server that stops hangs up itself.
      this.endSession(this.context.stopping.aborted ? SERVER_STOPPED : "connection closed");
    }
  }

  /** Reads on; silence makes a request of what is held. */
  async #readMore(): Promise<string | undefined> {
    const { quietMs } = this.#reader;
    const left = this.#patience.left(quietMs !== undefined);
    const bytes = await this.connection.read(Math.min(quietMs ?? Infinity, left));
    if (bytes === "end") return "closed by the client";
    const spent = this.#patience.spent();
    if (spent !== undefined) return spent;
    if (bytes === "quiet") return await this.#answer(this.#reader.finish());
    this.#reader.push(bytes);
    return undefined;
  }

  /** Creates the session that SETUP asked for, in a place that was taken for it. */
  startSession(
    id: string,
    file: string,
    lease: MediaLease,
    port: number,
    place: SessionPlace | undefined = this.#place,
  ): void {
    this.#place = place;
    const { address, hostname } = this.connection;
    const destination = { hostname: plainAddress(hostname), port };
    const facts = { session: id, peer: address, dialect: "lab" as const, file };
    this.session = new LabSession(facts, lease, destination, this.context);
    this.context.labViewers.add(this);
    this.context.options.onEvent({ event: "session-setup", ...facts });
  }

  /** Ends the session if there is one. */
  endSession(reason: string): void {
    if (this.session === undefined) return;
    this.session.close(reason);
    this.session = undefined;
    this.context.labViewers.delete(this);
    this.#place?.giveBack();
    this.#place = undefined;
  }

  /** What those who watch the server see of the session; there is one while it is among viewers. */
  view(): SessionView {
    return this.session!.view();
  }

  /** Ends the session for whoever runs the server, and the connection: the dialect has no words. */
  kick(reason: string): void {
    this.endSession(reason);
    this.connection.close();
  }

  /** Begins the session anew with another file, in the same place. */
  changeFile(file: string, lease: MediaLease): void {
    const { id, destination } = this.session!;
    this.session!.close("another file chosen");
    this.startSession(id, file, lease, destination.port);
  }

  /** Lets the next SETUP replace a session that is Ready. */
  allowSetupAgain(): void {
    this.#setupAgain = true;
  }

  /** Reports what the session just did. */
  tell(event: "session-playing" | "session-paused" | "session-jumped"): void {
    if (this.session === undefined) return;
    const position = this.session.player.position;
    this.context.options.onEvent({ event, position, ...this.session.facts });
  }

  /** Reports something about this peer that is no one's session. */
  readonly warn = (message: string): void => {
    this.context.options.onEvent({ event: "error", peer: this.connection.address, message });
  };

  async #answerAll(): Promise<string | undefined> {
    for (;;) {
      const outcome = this.#reader.next();
      if (outcome.kind === "more") return undefined;
      const reason = await this.connection.answering(() => this.#answer(outcome));
      if (reason !== undefined) return reason;
      if (this.connection.ending) return SERVER_STOPPED;
    }
  }

  /** @returns why the conversation cannot go on, if so */
  async #answer(outcome: ReturnType<LabRequestReader["next"]>): Promise<string | undefined> {
    if (outcome.kind === "more") return undefined;
    this.#patience.messageCame();
    await this.connection.paceRequest();
    if (outcome.kind === "malformed") {
      await this.#reply(undefined, { status: 400 }, undefined);
      return outcome.error.message;
    }
    const request = outcome.value;
    // What the reply names even when the method ends the session.
    const sessionBefore = this.session?.id;
    const repliesAt = this.context.options.clock.now() + REPLY_DELAY_MS;
    const answer = await this.#handle(request);
    await this.#waitUntil(repliesAt);
    await this.#reply(request, answer, this.session?.id ?? sessionBefore);
    answer.afterReply?.();
    return undefined;
  }

  async #handle(request: LabRequest): Promise<LabAnswer> {
    const { method } = request;
    if (request.cseq === undefined) return { status: 400 };
    if (!isLabMethod(method)) return { status: 501 };
    if (LAB_SESSION_METHODS.has(method) && this.#isForeign(request.session)) return { status: 454 };
    if (this.#isRepeatedSetup(request)) return { status: 200 };
    const setupAgain = method === "SETUP" && this.#setupAgain && this.#state === "Ready";
    const next = LAB_TRANSITIONS[setupAgain ? "Init" : this.#state][method];
    if (next === undefined) return { status: 455 };
    if (setupAgain) this.endSession("set up again");
    this.#setupAgain = false;
    const answer = await LAB_HANDLERS[method](this, request);
    if (method === "SETUP") this.#setupCseq = request.cseq;
    if (answer.status === 200) this.#state = next;
    else if (this.session === undefined) this.#state = "Init";
    return answer;
  }

  /** A client whose own race lost our reply presses SETUP again, with the same CSeq. */
  #isRepeatedSetup(request: LabRequest): boolean {
    return request.method === "SETUP" && this.#state === "Ready" &&
      request.cseq === this.#setupCseq && request.file === this.session?.facts.file &&
      request.clientPort === this.session.destination.port;
  }

  async #waitUntil(time: number): Promise<void> {
    const { clock } = this.context.options;
    const left = time - clock.now();
    if (left > 0) await sleep(clock, left);
  }

  /** Whether a request is about a session that is not this connection's. */
  #isForeign(session: string | undefined): boolean {
    // The three-line variant names none, and a client that has none yet writes 0.
    if (session === undefined) return false;
    return this.session === undefined ? session !== "0" : session !== this.session.id;
  }

  async #reply(
    request: LabRequest | undefined,
    answer: LabAnswer,
    session: string | undefined,
  ): Promise<void> {
    const { status, lines = [], withoutFrames = false, withoutSession = false } = answer;
    const withFrames = status === 200 && !withoutFrames && readsFrames(request);
    const count = withFrames ? await this.session?.frameCount() : undefined;
    const frames = count === Infinity ? undefined : count;
    const version = request?.version ?? "RTSP/1.0";
    const reason = REASONS[status] ?? "Error";
    const reply = { version, status, reason, cseq: request?.cseq, session, frames, lines };
    await this.connection.write(formatLabReply(reply, request?.lineEnd, !withoutSession));
    const { method = "?", file: target = "" } = request ?? {};
    const peer = this.connection.address;
    this.context.options.onEvent({ event: "request", peer, method, target, status });
  }
}

/**
 * Whether `Frames:` can stand in the reply. The course's Java clients, which end every line, read
 * three lines a reply and would take a fourth for the next one's first.
 */
function readsFrames(request: LabRequest | undefined): boolean {
  if (request === undefined || request.version === SEVEN_BUTTON_VERSION) return true;
  return request.lineEnd === "\n" && !request.lastLineEnded;
}
