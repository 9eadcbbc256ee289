import { sleep } from "../../../net/clock.ts";
import { LAB_JUMP_FRAMES } from "../../../rtsp/lab/methods.ts";
import type { LabRequest } from "../../../rtsp/lab/request.ts";
import type { FramePlayer } from "../../frame_player.ts";
import type { LabHandler } from "../exchange.ts";

/**
 * Time for the client to finish with a packet before it reads the reply, and with the reply before
 * the next packet, in ms. A seven-button client moves its own counter when the reply arrives and
 * drops packets at or below it, so a packet on the wrong side of the reply freezes its picture for
 * a second.
 */
const APART_MS = 20;

/** Where to go on. */
interface Target {
  /** From 0, before it is clamped to the file. */
  frame: number;
  /** Frames of a loop's passes before; left out, the jump stays in its pass. */
  passed?: number;
}

/** @param target answers undefined where the request does not tell; `count` is the file's frames */
function jumpTo(
  target: (player: FramePlayer, request: LabRequest, count: number) => Target | undefined,
): LabHandler {
  return async (conversation, request) => {
    const { player, frameCount } = conversation.session!;
    const count = await frameCount.call(conversation.session);
    const wanted = target(player, request, count);
    if (wanted === undefined) return { status: 400 };
    const frame = Math.max(0, Math.min(wanted.frame, count - 1));
    const { clock } = conversation.context.options;
    player.hold();
    const apart = player.lastSentAt + APART_MS - clock.now();
    if (apart > 0) await sleep(clock, apart);
    return {
      status: 200,
      afterReply: () => {
        player.jump(frame, clock.now() + APART_MS, wanted.passed);
        conversation.tell("session-jumped");
      },
    };
  };
}

/** The client sets its counter to 0, so numbers begin anew. */
export const restart: LabHandler = jumpTo(() => ({ frame: 0, passed: 0 }));

/** In a loop on into the next pass: clamped, frames would be below what the client has added. */
export const forward: LabHandler = jumpTo(({ position, passed, loop }, _request, count) => {
  const frame = position + LAB_JUMP_FRAMES;
  if (!loop || frame < count) return { frame };
  const inPass = frame % count;
  return { frame: inPass, passed: passed + frame - inPass };
});

/** At most to the beginning of its pass, which is above what the client counts down to. */
export const backward: LabHandler = jumpTo(({ position }) => ({
  frame: position - LAB_JUMP_FRAMES,
}));

/** `SETTIME` with a line `FRAME: n`, frames counted from 1. */
export const setTime: LabHandler = jumpTo((_player, request) => {
  for (const line of request.lines) {
    const digits = /^\s*FRAME\s*:\s*(\d{1,9})\s*$/i.exec(line)?.[1];
    if (digits !== undefined) return { frame: Number(digits) - 1 };
  }
  return undefined;
});
