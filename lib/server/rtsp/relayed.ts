import { HeaderList } from "../../rtsp/headers.ts";
import { RTSP_VERSION, type RtspRequest } from "../../rtsp/message.ts";
import { STATUS } from "../../rtsp/statuses.ts";
import type { ServerContext } from "../context.ts";
import type { RelayedAnswer, RelayedRequest } from "../session_relay.ts";
import { type Answer, answer } from "./exchange.ts";
import { answerToFailure } from "./failure.ts";
import { parseMediaTarget } from "./media_target.ts";
import { sessionHandlerOf } from "./methods/mod.ts";

/**
 * Has the server that made a session answer a request about it. SETUP is not relayed: it is about the
 * connection it comes on, its own server refuses it on any other too, and a client repeats it without
 * a session. DESCRIBE is about no connection and no session, but a sign of life, and relayed as that:
 * as OPTIONS.
 * @returns undefined when no other server makes such identifiers
 */
export async function askOwner(
  { options }: ServerContext,
  session: string,
  request: RtspRequest,
  from: Pick<RelayedRequest, "peer" | "hostname" | "user">,
): Promise<Answer | undefined> {
  const { uri, body } = request;
  const method = request.method === "DESCRIBE" ? "OPTIONS" : request.method;
  if (sessionHandlerOf(method) === undefined) return undefined;
  const headers = [...request.headers];
  const answered = await options.relay?.ask({ ...from, session, method, uri, headers, body });
  if (answered === undefined) return undefined;
  const { status, known } = answered;
  const given = { status, headers: new HeaderList(answered.headers), body: answered.body };
  return known ? { ...given, session: { id: session } } : given;
}

/** Answers what came to another server about a session of this one. */
export async function answerRelayed(
  context: ServerContext,
  relayed: RelayedRequest,
): Promise<RelayedAnswer> {
  const { method, uri, body, peer } = relayed;
  const session = context.sessions.get(relayed.session);
  const handler = sessionHandlerOf(method);
  if (session === undefined || handler === undefined || !session.obeys(relayed)) {
    return plain(answer(STATUS.SESSION_NOT_FOUND), false);
  }
  const headers = new HeaderList(relayed.headers);
  const request = { kind: "request" as const, method, uri, version: RTSP_VERSION, headers, body };
  try {
    const target = parseMediaTarget(uri);
    session.touch();
    const given = await handler({ context, request, target, session });
    // The media goes another way than this reply, so that neither can be said to come first.
    given.afterReply?.();
    return plain(given, true);
  } catch (error) {
    return plain(answerToFailure(error, context, peer), true);
  }
}

function plain({ status, headers, body }: Answer, known: boolean): RelayedAnswer {
  return { status, known, headers: [...headers], body };
}
