import { MalformedError } from "../../bytes/malformed.ts";
import { STATUS } from "../../rtsp/statuses.ts";
import type { ServerContext } from "../context.ts";
import { describeFault } from "../fault.ts";
import { type Answer, answer, refusal } from "./exchange.ts";

/** The answer where a method threw: 400 when the request was wrong, else 500, and a line in the log. */
export function answerToFailure(error: unknown, { options }: ServerContext, peer: string): Answer {
  if (error instanceof MalformedError) return refusal(STATUS.BAD_REQUEST, error.message);
  options.onEvent({ event: "error", peer, message: describeFault(error) });
  return answer(STATUS.INTERNAL_SERVER_ERROR);
}
