import { LAB_SESSION_DIGITS } from "../../../rtsp/lab/methods.ts";
import {
  MediaNotFoundError,
  MediaRequestError,
  MediaUnavailableError,
  MediaUnreadableError,
} from "../../../stream/media_provider.ts";
import type { LabHandler } from "../exchange.ts";

/** Opens the file and remembers the client's port; media goes only to the address it asks from. */
export const setup: LabHandler = async (conversation, request) => {
  if (request.clientPort === undefined) return { status: 400 };
  const { context } = conversation;
  const place = context.takeSessionPlace(conversation.connection, request.file);
  if (place === undefined) return { status: 453 };
  try {
    const lease = await context.media.open(request.file, "lab");
    conversation.startSession(
      context.randomDigits(LAB_SESSION_DIGITS),
      request.file,
      lease,
      request.clientPort,
      place,
    );
    return { status: 200 };
  } catch (error) {
    place.giveBack();
    return { status: statusOfOpenError(error, conversation.warn) };
  }
};

/** The status for a file that could not be opened; what is wrong with it goes to the log. */
export function statusOfOpenError(error: unknown, warn: (message: string) => void): number {
  if (error instanceof MediaNotFoundError) return 404;
  const status = error instanceof MediaUnreadableError
    ? 415
    : error instanceof MediaRequestError
    ? 400
    : error instanceof MediaUnavailableError
    ? 503
    : undefined;
  if (status === undefined) throw error;
  warn((error as Error).message);
  return status;
}
