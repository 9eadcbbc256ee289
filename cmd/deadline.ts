import { UnreachableError } from "../lib/net/errors.ts";
import type { CommandContext } from "./command.ts";

/** A context whose signal is aborted when the time is up, too. */
export interface TimedContext {
  context: CommandContext;
  /** To be called when it is done in time. */
  cancel(): void;
}

/**
 * Bounds a whole command, however many waits it is made of.
 * @param milliseconds from now on
 * @param what has to be done until then, for people: `"the probe"`
 */
export function withDeadline(
  context: CommandContext,
  milliseconds: number,
  what: string,
): TimedContext {
  const late = new AbortController();
  const timer = context.clock.setTimer(milliseconds, () => {
    late.abort(new UnreachableError(`${what} was not done in ${milliseconds / 1000} s`));
  });
  const timed: CommandContext = {
    out: (line) => context.out(line),
    talk: (line) => context.talk(line),
    progress: (line) => context.progress(line),
    neverWait: () => context.neverWait(),
    colour: context.colour,
    clock: context.clock,
    signal: AbortSignal.any([context.signal, late.signal]),
  };
  return { context: timed, cancel: () => timer.cancel() };
}
