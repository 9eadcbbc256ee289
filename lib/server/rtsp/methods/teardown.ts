import { STATUS } from "../../../rtsp/statuses.ts";
import { answer, type SessionHandler } from "../exchange.ts";
import { checkSession } from "./session_check.ts";

/** RFC 2326, section 10.7: ends the session; the connection stays usable. */
export const teardown: SessionHandler = (exchange) => {
  const session = checkSession(exchange);
  if ("status" in session) return session;
  session.close("teardown");
  return answer(STATUS.OK);
};
