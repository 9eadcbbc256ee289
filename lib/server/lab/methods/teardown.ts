import type { LabHandler } from "../exchange.ts";

/**
 * Ends the session; the connection stays, and a new SETUP may follow. STOP of the extended
 * exercises is the same thing under another name. The reply still names the session that was.
 */
export const teardown: LabHandler = (conversation) => {
  conversation.endSession("teardown");
  return { status: 200 };
};
