import type { ExpectationResult } from "../../inspect/expectation.ts";
import type { SessionRecord } from "../../inspect/report/session_record.ts";
import type { Redactor } from "../../inspect/redaction.ts";

/** One session as a report shows it. */
export interface ReportedSession {
  /** Above it, where there are several; `""` where there is one. */
  title: string;
  record: SessionRecord;
}

/** What a report is made of. */
export interface Report {
  /** What was looked at: a URL, a lab stream, a file. */
  target: string;
  /** Name and value of what it was looked at with and on. */
  environment: readonly (readonly [name: string, value: string])[];
  /** When it was made, in ms since the Unix epoch. */
  time: number;
  sessions: readonly ReportedSession[];
  /** What was expected and whether it holds; empty where nothing was. */
  expectations: readonly ExpectationResult[];
  /** Why it ended early, where it did. */
  error?: string | undefined;
  redactor: Redactor;
  /** Whether addresses and the like were replaced too. */
  anonymous: boolean;
}
