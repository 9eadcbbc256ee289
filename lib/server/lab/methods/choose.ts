import type { LabHandler } from "../exchange.ts";
import { statusOfOpenError } from "./setup.ts";

/**
 * The names of the media, blanks between them, as the fourth line: the extended exercises' client
 * splits it there. A new SETUP may follow, as one of them sends it.
 */
export const switchMedia: LabHandler = async (conversation) => {
  const names = await conversation.context.options.media.list();
  conversation.allowSetupAgain();
  return { status: 200, lines: [names.join(" ")], withoutFrames: true };
};

/** The session goes on with another file, from its first frame. */
export const choose: LabHandler = async (conversation, request) => {
  try {
    const lease = await conversation.context.options.media.open(request.file);
    const { id, destination } = conversation.session!;
    conversation.endSession("another file chosen");
    conversation.startSession(id, request.file, lease, destination.port);
    return { status: 200 };
  } catch (error) {
    return { status: statusOfOpenError(error, conversation.warn) };
  }
};
