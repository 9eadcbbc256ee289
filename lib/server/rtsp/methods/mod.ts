import { formatPublic } from "../../../rtsp/headers/public.ts";
import type { Method } from "../../../rtsp/methods.ts";
import type { RtspHandler, SessionHandler } from "../exchange.ts";
import { describe } from "./describe.ts";
import { options } from "./options.ts";
import { getParameter, setParameter } from "./parameter.ts";
import { pause } from "./pause.ts";
import { play } from "./play.ts";
import { setup } from "./setup.ts";
import { teardown } from "./teardown.ts";

/** Methods to which the connection that they come on does not matter. */
const SESSION_HANDLERS: Partial<Record<Method, SessionHandler>> = {
  OPTIONS: options,
  PLAY: play,
  PAUSE: pause,
  TEARDOWN: teardown,
  GET_PARAMETER: getParameter,
  SET_PARAMETER: setParameter,
};

/** Who answers which method; Public lists them in this order. */
const HANDLERS: Partial<Record<Method, RtspHandler>> = {
  OPTIONS: options,
  DESCRIBE: describe,
  SETUP: setup,
  ...SESSION_HANDLERS,
};

/** The value of Public and Allow. */
export const ALLOWED_METHODS = formatPublic(Object.keys(HANDLERS));

export function handlerOf(method: string): RtspHandler | undefined {
  return Object.hasOwn(HANDLERS, method) ? HANDLERS[method as Method] : undefined;
}

/** The same for requests about a session alone. */
export function sessionHandlerOf(method: string): SessionHandler | undefined {
  return Object.hasOwn(SESSION_HANDLERS, method) ? SESSION_HANDLERS[method as Method] : undefined;
}
