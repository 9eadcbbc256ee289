import { STATUS } from "../../../rtsp/statuses.ts";
import { type Answer, answer, type SessionExchange } from "../exchange.ts";
import { isSameMedia } from "../media_target.ts";
import type { RtspSession } from "../session.ts";

/**
 * The session of a request that needs one.
 * @returns the answer that refuses instead: 454 without a session (RFC 2326, section 11.3.5:
 * "missing, invalid, or has timed out"), 404 when the URL is another file's
 */
export function checkSession({ session, target }: SessionExchange): RtspSession | Answer {
  if (session === undefined) return answer(STATUS.SESSION_NOT_FOUND);
  const isSessions = target.media === "" || isSameMedia(target.media, session.media);
  return isSessions ? session : answer(STATUS.NOT_FOUND);
}
