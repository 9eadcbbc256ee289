import { TimeoutError } from "../../net/clock.ts";
import type { Observation } from "../../server/watch.ts";
import type { ServeState } from "./serve_control.ts";

/** Whether a server does its work. */
export interface Health {
  ok: boolean;
  /** In a few words, where it does not. */
  reason?: string;
}

/** How far behind its time the scheduler may be, in ms: frames come later than anyone buffers then. */
export const LATE_MS = 500;

/** Whether connections are accepted and frames leave at their time. */
export async function healthOf(
  { state }: ServeState,
  look: () => Promise<Observation>,
): Promise<Health> {
  if (state !== "serving") return { ok: false, reason: "not serving" };
  try {
    const { lateMs } = await look();
    if (lateMs <= LATE_MS) return { ok: true };
    return { ok: false, reason: `frames were up to ${Math.round(lateMs)} ms late just now` };
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    return { ok: false, reason: `${error.waitedFor} does not answer` };
  }
}
