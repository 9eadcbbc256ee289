import { formatRange, parseRange } from "../../../rtsp/headers/range.ts";
import { STATUS } from "../../../rtsp/statuses.ts";
import {
  type Answer,
  answer,
  refusal,
  type SessionExchange,
  type SessionHandler,
} from "../exchange.ts";
import { frameAtTime, RangeRefusedError, secondsOf } from "../play_plan.ts";
import type { RtspSession } from "../session.ts";
import { checkSession } from "./session_check.ts";

/**
 * RFC 2326, section 10.6: stops, at once or at the point that Range names, and says where. A client
 * that pauses what is paused gets the same answer; one that pauses before PLAY likewise.
 */
export const pause: SessionHandler = (exchange) => {
  const session = checkSession(exchange);
  if ("status" in session) return session;
  const { stream } = session;
  try {
    const point = pausePoint(exchange);
    if (point !== undefined) return pauseAt(session, point);
  } catch (error) {
    if (!(error instanceof RangeRefusedError)) throw error;
    return refusal(error.status, error.message);
  }
  // Before the reply: gortsplib and MediaMTX close a connection on which media comes after it.
  if (session.state === "Playing") session.pause();
  return pausedAt(stream.planSource.live ? "now" : stream.position);
};

/** The time at which to stop, in seconds; undefined for at once. */
function pausePoint({ request }: SessionExchange): number | undefined {
  const range = request.headers.get("Range");
  return range === undefined ? undefined : secondsOf(parseRange(range)).start;
}

function pauseAt(session: RtspSession, point: number): Answer {
  if (session.stream.planSource.live) {
    return refusal(STATUS.INVALID_RANGE, "this is live: it pauses at once or not at all");
  }
  const { fps } = session.stream.options;
  const frame = frameAtTime(point, fps);
  if (!session.pauseAt(frame)) {
    return refusal(STATUS.INVALID_RANGE, `${point} s is not within what is to be played`);
  }
  return pausedAt(session.state === "Playing" ? frame / fps : session.stream.position);
}

function pausedAt(start: number | "now"): Answer {
  return answer(STATUS.OK, [["Range", formatRange({ unit: "npt", start })]]);
}
