import { HeaderList } from "../../rtsp/headers.ts";
import type { RtspRequest } from "../../rtsp/message.ts";
import type { Status } from "../../rtsp/statuses.ts";
import type { Principal } from "../authenticator.ts";
import type { ServerContext } from "../context.ts";
import type { RtspConversation } from "./conversation.ts";
import type { MediaTarget } from "./media_target.ts";
import type { RtspSession } from "./session.ts";

/** A request that may be about a session, wherever it came in. */
export interface SessionExchange {
  readonly context: ServerContext;
  readonly request: RtspRequest;
  /** What the Request-URI names. */
  readonly target: MediaTarget;
  /** The session that the request names, which exists. */
  readonly session: RtspSession | undefined;
}

/** A request with what is known about it before its method is looked at. */
export interface Exchange extends SessionExchange {
  readonly conversation: RtspConversation;
  /** Who asks; undefined where nobody has to say. */
  readonly user: Principal | undefined;
}

/** What a method answers; CSeq, Server, Date and Session are added to every answer. */
export interface Answer {
  status: Status;
  headers: HeaderList;
  body: Uint8Array;
  /** The session the reply belongs to, where it is not the one that was asked about. */
  session?: Pick<RtspSession, "id">;
  /** Done when the reply is on its way: a stream starts after the word that it does. */
  afterReply?: () => void;
}

/** One file per method exports one of these, */
export type RtspHandler = (exchange: Exchange) => Answer | Promise<Answer>;

/** or one of these, when the connection does not matter, but at most the session. */
export type SessionHandler = (exchange: SessionExchange) => Answer | Promise<Answer>;

const NO_BODY = new Uint8Array(0);

/** An answer with headers and nothing else. */
export function answer(status: Status, headers: Iterable<[string, string]> = []): Answer {
  return { status, headers: new HeaderList(headers), body: NO_BODY };
}

/** An answer that explains itself to the person who reads the exchange. */
export function refusal(
  status: Status,
  reason: string,
  headers: Iterable<[string, string]> = [],
): Answer {
  const list = new HeaderList(headers).append("Content-Type", "text/plain; charset=utf-8");
  return { status, headers: list, body: new TextEncoder().encode(`${reason}\n`) };
}
