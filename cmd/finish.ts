import type { CommandContext } from "./command.ts";
import { EXIT } from "./exit_status.ts";
import { outcome } from "./outcome.ts";
import type { Received } from "./receive.ts";
import { summarise, type Summary, summaryLine } from "./summary.ts";

/** How a command that received says what came of it. */
export interface FinishOptions {
  /** The summary as JSON on stdout, too. */
  json: boolean | undefined;
  /** Keeps the summary somewhere else, before anything is said. */
  keep?: (summary: Summary) => Promise<void>;
}

/**
 * Sums a reception up, for people and for scripts, and then judges it.
 * @throws what {@linkcode outcome} throws
 */
export async function finish(
  received: Received,
  { json = false, keep }: FinishOptions,
  context: CommandContext,
): Promise<number> {
  const summary = summarise(received.session.statistics, received.tally);
  await keep?.(summary);
  if (json) context.out(JSON.stringify(summary));
  context.talk(summaryLine(summary));
  outcome(received, context.signal.aborted);
  return EXIT.ok;
}
