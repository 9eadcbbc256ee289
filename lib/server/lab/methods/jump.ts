import { sleep } from "../../../net/clock.ts";
import { LAB_JUMP_FRAMES } from "../../../rtsp/lab/methods.ts";
import type { LabRequest } from "../../../rtsp/lab/request.ts";
import type { LabHandler } from "../exchange.ts";

/**
 * Time for the client to finish with a packet before it reads the reply, and with the reply before
 * the next packet, in ms. A seven-button client moves its own counter when the reply arrives and
 * drops packets at or below it, so a packet on the wrong side of the reply freezes its picture for
 * a second.
 */
const APART_MS = 20;

/** @param target the frame to go on with, from 0, before it is clamped to the file */
function jumpTo(target: (position: number, request: LabRequest) => number | undefined): LabHandler {
  return async (conversation, request) => {
    const { player, frameCount } = conversation.session!;
    const last = await frameCount.call(conversation.session) - 1;
    const wanted = target(player.position, request);
    if (wanted === undefined) return { status: 400 };
    const { clock } = conversation.context.options;
    player.hold();
    const apart = player.lastSentAt + APART_MS - clock.now();
    if (apart > 0) await sleep(clock, apart);
    return {
      status: 200,
      afterReply: () => {
        player.jump(Math.max(0, Math.min(wanted, last)), clock.now() + APART_MS);
        conversation.tell("session-jumped");
      },
    };
  };
}

export const restart: LabHandler = jumpTo(() => 0);
export const forward: LabHandler = jumpTo((position) => position + LAB_JUMP_FRAMES);
export const backward: LabHandler = jumpTo((position) => position - LAB_JUMP_FRAMES);

/** `SETTIME` with a line `FRAME: n`, frames counted from 1. */
export const setTime: LabHandler = jumpTo((_position, request) => {
  for (const line of request.lines) {
    const digits = /^\s*FRAME\s*:\s*(\d{1,9})\s*$/i.exec(line)?.[1];
    if (digits !== undefined) return Number(digits) - 1;
  }
  return undefined;
});
