import { formatRange } from "../../../rtsp/headers/range.ts";
import { STATUS } from "../../../rtsp/statuses.ts";
import { answer, type RtspHandler } from "../exchange.ts";
import { checkSession } from "./session_check.ts";

/**
 * RFC 2326, section 10.6: stops at once, and says where. A client that pauses what is paused gets
 * the same answer; one that pauses before PLAY likewise.
 */
export const pause: RtspHandler = (exchange) => {
  const session = checkSession(exchange);
  if ("status" in session) return session;
  // Before the reply: gortsplib and MediaMTX close a connection on which media comes after it.
  if (session.state === "Playing") session.pause();
  const start = session.stream.position;
  return answer(STATUS.OK, [["Range", formatRange({ unit: "npt", start })]]);
};
