import { STATUS } from "../../../rtsp/statuses.ts";
import { type Answer, answer, type Exchange } from "../exchange.ts";
import type { RtspSession } from "../session.ts";

/**
 * The session of a request that needs one.
 * @returns the answer that refuses instead: 454 without a session, 404 when the URL is another
 * file's
 */
export function checkSession({ session, target, request }: Exchange): RtspSession | Answer {
  if (session === undefined) {
    // Nothing was set up, so it is the state and not an identifier that is wrong.
    const named = request.headers.has("Session");
    return answer(named ? STATUS.SESSION_NOT_FOUND : STATUS.METHOD_NOT_VALID_IN_THIS_STATE);
  }
  if (target.media !== "" && target.media !== session.media) return answer(STATUS.NOT_FOUND);
  return session;
}
