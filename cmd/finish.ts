import type { CommandContext } from "./command.ts";
import { EXIT, LocalError } from "./exit_status.ts";
import { impairedLine } from "./impair_flag.ts";
import { outcome } from "./outcome.ts";
import type { Received } from "./receive.ts";
import { summarise, type Summary, summaryLine } from "./summary.ts";

/** How a command that received says what came of it. */
export interface FinishOptions {
  /** The summary as JSON on stdout, too. */
  json: boolean | undefined;
  /** Where frames were written, as typed. */
  out: string | undefined;
  /** Keeps the summary somewhere else, before anything is said. */
  keep?: (summary: Summary) => Promise<void>;
}

/**
 * Sums a reception up, for people and for scripts, and then judges it.
 * @throws what {@linkcode outcome} throws
 * @throws {LocalError} when frames were left out
 */
export async function finish(
  received: Received,
  { json = false, out, keep }: FinishOptions,
  context: CommandContext,
): Promise<number> {
  const { session: { statistics, hostDrops }, before, tally, leftOut, impaired } = received;
  const { reconnects } = before;
  const losses = { hostDrops, leftOut, reconnects, impaired };
  const summary = summarise(before.with(statistics), tally, losses);
  await keep?.(summary);
  if (json) context.out(JSON.stringify(summary));
  context.talk(summaryLine(summary));
  if (impaired !== undefined) context.talk(impairedLine(impaired));
  outcome(received, context.signal.aborted);
  if (leftOut > 0) {
    throw new LocalError(
      `--out ${out}: ${leftOut} frame(s) left out, as they came faster than they could be ` +
        "written; the others are kept",
    );
  }
  return EXIT.ok;
}
