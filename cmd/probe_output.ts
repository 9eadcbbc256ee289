import type { Expectation, ExpectationResult } from "../lib/inspect/expectation.ts";
import type { SessionEnd } from "../lib/inspect/expectation_measures.ts";
import { Exchange } from "../lib/inspect/exchange.ts";
import { Redactor } from "../lib/inspect/redaction.ts";
import { SessionRecord } from "../lib/inspect/report/session_record.ts";
import type { Conclusion } from "../lib/inspect/session_inspector.ts";
import type { CommandContext } from "./command.ts";
import { UsageError } from "./exit_status.ts";
import { failOn, judgeRecord, readExpectations, tellResults, writeJunit } from "./probe_expect.ts";
import { writeReport } from "./probe_html.ts";
import type { ProbeReport } from "./probe_report.ts";
import type { Style } from "./style.ts";
import type { Flags } from "./flags.ts";

/** Flags of `probe` about what is expected and what is written. */
export const OUTPUT_FLAGS = {
  expect: {
    kind: "text",
    placeholder: "LIST",
    help: "status 7 unless it holds: fps>=10,loss<1%,freeze<2s,audio:packets>0",
  },
  junit: { kind: "text", placeholder: "FILE", help: "what came of --expect, as JUnit XML" },
  report: {
    kind: "text",
    placeholder: "FILE",
    help: "all of it as one HTML page, without secrets",
  },
  "report-anonymous": {
    kind: "boolean",
    help: "the page without addresses, host names and serial numbers, too",
  },
  "report-pictures": { kind: "boolean", help: "the page with a few of the pictures" },
} as const satisfies Flags;

type Known = { [N in keyof typeof OUTPUT_FLAGS]?: string | boolean | undefined } & {
  json?: boolean | undefined;
};

interface Session {
  title: string;
  record: SessionRecord;
  results: ExpectationResult[];
}

/** Keeps of a probe what it writes at its end: results of expectations, JUnit, the report. */
export class ProbeOutput {
  readonly redactor: Redactor;
  readonly #expectations: Expectation[];
  readonly #sessions: Session[] = [];
  readonly #started: number;
  readonly #startedAt: number;
  #transport: string | undefined;

  /** @throws {UsageError} when the flags do not go together, or `--expect` cannot be read */
  constructor(
    readonly target: string,
    readonly flags: Known,
    readonly context: CommandContext,
    readonly style: Style,
  ) {
    this.#expectations = readExpectations(text(flags.expect));
    if (flags.junit !== undefined && this.#expectations.length === 0) {
      throw new UsageError("--junit writes what came of --expect; say what is expected");
    }
    for (const flag of ["report-anonymous", "report-pictures"] as const) {
      if (flags[flag] && flags.report === undefined) {
        throw new UsageError(`--${flag} is about --report FILE; say where the page shall go`);
      }
    }
    this.redactor = new Redactor({ anonymous: flags["report-anonymous"] === true });
    this.#started = context.clock.wallTime();
    this.#startedAt = context.clock.now();
  }

  /** Whether anything is to be kept at all. */
  get isWanted(): boolean {
    return this.#expectations.length > 0 || this.flags.report !== undefined;
  }

  /** A report that tells what `report` tells, and keeps it. @param title where there are several */
  keeping(report: ProbeReport, title = ""): { report: ProbeReport; record: SessionRecord } {
    const record = new SessionRecord({ pictures: this.flags["report-pictures"] === true });
    this.#sessions.push({ title, record, results: [] });
    return { report: this.isWanted ? new KeepingReport(report, record) : report, record };
  }

  /** Judges what was expected of a session that has ended. @param number of a recording's */
  judge(record: SessionRecord, end: SessionEnd, number?: number): void {
    const session = this.#sessions.find((each) => each.record === record);
    if (session === undefined) return;
    const json = this.flags.json ?? false;
    const transport = end.transport ?? transportOf(record);
    this.#transport ??= transport;
    session.results = judgeRecord(this.#expectations, record, { ...end, transport });
    tellResults(session.results, { json, session: number }, this.context, this.style);
  }

  /** Judges the sessions of a recording: those that brought packets, or else the first. */
  judgeAll(): void {
    const played = this.#sessions.filter(({ record }) => record.streams.length > 0);
    const judged = played.length > 0 ? played : this.#sessions.slice(0, 1);
    for (const session of judged) {
      const end = { end: undefined, transport: undefined };
      this.judge(session.record, end, this.#sessions.indexOf(session) + 1);
    }
  }

  /**
   * Writes the files that were asked for.
   * @param error what ended it early
   * @throws {LocalError} when a file cannot be written
   */
  async write(error?: unknown): Promise<void> {
    const { junit, report } = this.flags;
    const { redactor, target } = this;
    const several = this.#sessions.length > 1;
    const sessions = this.#sessions.map((each) => ({ ...each, title: several ? each.title : "" }));
    const results = sessions.flatMap((session) => session.results);
    const message = error === undefined ? undefined : (error as Error).message;
    const common = { target, time: this.#started, results, error: message, redactor };
    const milliseconds = this.context.clock.now() - this.#startedAt;
    if (typeof report === "string") {
      const anonymous = this.flags["report-anonymous"] === true;
      await writeReport(report, { ...common, sessions, transport: this.#transport, anonymous });
    }
    if (typeof junit === "string") await writeJunit(junit, { ...common, milliseconds });
  }

  /** @throws {ExpectationError} with every expectation that does not hold */
  check(): void {
    failOn(this.#sessions.flatMap(({ results }) => results));
  }
}

/** Over which media came, as the messages say. */
function transportOf({ messages }: SessionRecord): string | undefined {
  const exchange = new Exchange();
  for (const message of [...messages.first, ...messages.last]) exchange.message(message);
  return exchange.transport;
}

/** Tells everything to two. */
class KeepingReport implements ProbeReport {
  constructor(readonly told: ProbeReport, readonly record: SessionRecord) {}

  message(...words: Parameters<ProbeReport["message"]>): void {
    this.told.message(...words);
    this.record.message(...words);
  }

  description(lines: readonly string[]): void {
    this.told.description(lines);
    this.record.description = lines;
  }

  packet(...words: Parameters<ProbeReport["packet"]>): void {
    this.told.packet(...words);
    this.record.packet(...words);
  }

  rtcp(...words: Parameters<ProbeReport["rtcp"]>): void {
    this.told.rtcp(...words);
    this.record.rtcp(words[0]);
  }

  frame(...words: Parameters<NonNullable<ProbeReport["frame"]>>): void {
    this.told.frame?.(...words);
    this.record.frame(...words);
  }

  conclusion(conclusion: Conclusion): void {
    this.told.conclusion(conclusion);
    this.record.conclusion = conclusion;
  }

  summary(...words: Parameters<ProbeReport["summary"]>): void {
    this.told.summary(...words);
  }
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
