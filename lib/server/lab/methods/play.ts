import type { LabHandler } from "../exchange.ts";

/** Starts, or goes on where PAUSE stopped; frames leave after the reply. */
export const play: LabHandler = (conversation) => {
  const session = conversation.session!;
  return {
    status: 200,
    afterReply: () => {
      session.player.play();
      conversation.tell("session-playing");
    },
  };
};

/** Stops where it is. The last frame leaves before the reply does. */
export const pause: LabHandler = (conversation) => {
  conversation.session!.player.pause();
  conversation.tell("session-paused");
  return { status: 200 };
};
