import {
  type Expectation,
  type ExpectationResult,
  ExpectationSyntaxError,
  judgeExpectations,
  parseExpectations,
  resultLine,
} from "../lib/inspect/expectation.ts";
import { measuresOf, type SessionEnd } from "../lib/inspect/expectation_measures.ts";
import { junitXml } from "../lib/inspect/junit.ts";
import type { Redactor } from "../lib/inspect/redaction.ts";
import type { SessionRecord } from "../lib/inspect/report/session_record.ts";
import type { CommandContext } from "./command.ts";
import { ExpectationError, UsageError } from "./exit_status.ts";
import { writeText } from "./output.ts";
import type { Style } from "./style.ts";

/**
 * The value of `--expect`.
 * @throws {UsageError} naming the part that is wrong
 */
export function readExpectations(text: string | undefined): Expectation[] {
  if (text === undefined) return [];
  try {
    return parseExpectations(text);
  } catch (error) {
    if (!(error instanceof ExpectationSyntaxError)) throw error;
    throw new UsageError(`--expect: ${error.message}`);
  }
}

/** What was measured against what was expected. */
export function judgeRecord(
  expectations: readonly Expectation[],
  record: SessionRecord,
  end: SessionEnd,
): ExpectationResult[] {
  if (expectations.length === 0) return [];
  return judgeExpectations(expectations, measuresOf(record, end));
}

/** How results are told. */
export interface TellOptions {
  json: boolean;
  /** Of the sessions of a recording, the number; absent for a live one. */
  session?: number | undefined;
}

/** Tells each result: events for scripts, lines for people. */
export function tellResults(
  results: readonly ExpectationResult[],
  { json, session }: TellOptions,
  context: Pick<CommandContext, "out">,
  style: Style,
): void {
  if (results.length === 0) return;
  if (!json) {
    context.out("");
    context.out(style.bold("Expectations"));
  }
  for (const result of results) {
    if (json) context.out(JSON.stringify({ ...expectationEvent(result), session }));
    else context.out(`  ${(result.holds ? style.green : style.red)(resultLine(result))}`);
  }
}

function expectationEvent(
  { expectation, stream, holds, measured, value }: ExpectationResult,
): Record<string, unknown> {
  const { text, measure, comparison, wanted } = expectation;
  return {
    ...{ event: "expectation", expectation: text, measure, comparison, wanted },
    ...{ stream, value, measured, holds },
  };
}

/** @throws {ExpectationError} with every expectation that does not hold */
export function failOn(results: readonly ExpectationResult[]): void {
  const failed = results.filter(({ holds }) => !holds);
  if (failed.length === 0) return;
  const lines = failed.map((result) => {
    const where = result.stream === undefined || result.stream === "" ? "" : `${result.stream}: `;
    return `${where}expected ${result.expectation.text}, measured ${result.measured}`;
  });
  throw new ExpectationError(`--expect: ${lines.join("; ")}`);
}

/** What a JUnit file is made of. */
export interface JunitOptions {
  target: string;
  /** When it began, in ms since the Unix epoch, and how long it took, in ms. */
  time: number;
  milliseconds: number;
  results: readonly ExpectationResult[];
  error: string | undefined;
  redactor: Redactor;
}

/** Writes `--junit FILE`. @throws {LocalError} when it cannot */
export async function writeJunit(path: string, options: JunitOptions): Promise<void> {
  const { target, time, milliseconds, results, error, redactor } = options;
  const xml = junitXml({
    name: redactor.text(target),
    time,
    seconds: milliseconds / 1000,
    results,
    ...(error === undefined ? {} : { error: redactor.text(error) }),
  });
  await writeText(`--junit ${path}`, path, xml);
}
