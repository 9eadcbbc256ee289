import type { LabMethod } from "../../../rtsp/lab/methods.ts";
import type { LabHandler } from "../exchange.ts";
import { choose, switchMedia } from "./choose.ts";
import { describe } from "./describe.ts";
import { backward, forward, restart, setTime } from "./jump.ts";
import { options } from "./options.ts";
import { pause, play } from "./play.ts";
import { setup } from "./setup.ts";
import { teardown } from "./teardown.ts";

/** Who answers which method. */
export const LAB_HANDLERS: Readonly<Record<LabMethod, LabHandler>> = {
  SETUP: setup,
  PLAY: play,
  RESUME: play,
  PAUSE: pause,
  TEARDOWN: teardown,
  STOP: teardown,
  RESTART: restart,
  FORWARD: forward,
  BACKWARD: backward,
  SETTIME: setTime,
  DESCRIBE: describe,
  OPTIONS: options,
  SWITCH: switchMedia,
  GETLIST: switchMedia,
  CHOOSE: choose,
  CHANGE: choose,
};
