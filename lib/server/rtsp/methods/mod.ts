import { formatPublic } from "../../../rtsp/headers/public.ts";
import type { Method } from "../../../rtsp/methods.ts";
import type { RtspHandler } from "../exchange.ts";
import { describe } from "./describe.ts";
import { options } from "./options.ts";
import { getParameter, setParameter } from "./parameter.ts";
import { pause } from "./pause.ts";
import { play } from "./play.ts";
import { setup } from "./setup.ts";
import { teardown } from "./teardown.ts";

/** Who answers which method. */
const HANDLERS: Partial<Record<Method, RtspHandler>> = {
  OPTIONS: options,
  DESCRIBE: describe,
  SETUP: setup,
  PLAY: play,
  PAUSE: pause,
  TEARDOWN: teardown,
  GET_PARAMETER: getParameter,
  SET_PARAMETER: setParameter,
};

/** The value of Public and Allow. */
export const ALLOWED_METHODS = formatPublic(Object.keys(HANDLERS));

export function handlerOf(method: string): RtspHandler | undefined {
  return Object.hasOwn(HANDLERS, method) ? HANDLERS[method as Method] : undefined;
}
