import { STATUS } from "../../../rtsp/statuses.ts";
import { answer, type SessionHandler } from "../exchange.ts";
import { ALLOWED_METHODS } from "./mod.ts";

/**
 * RFC 2326, section 10.1. Answered 200 for any path, also one that does not exist: ffmpeg and
 * rtspsrc give up on anything else.
 */
export const options: SessionHandler = () => answer(STATUS.OK, [["Public", ALLOWED_METHODS]]);
