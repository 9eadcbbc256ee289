import denoJson from "../deno.json" with { type: "json" };
import type { ExpectationResult } from "../lib/inspect/expectation.ts";
import type { Redactor } from "../lib/inspect/redaction.ts";
import { reportPage } from "../lib/ui/report/page.ts";
import type { ReportedSession } from "../lib/ui/report/report.ts";
import { writeText } from "./output.ts";

/** What a report is written from. */
export interface HtmlOptions {
  target: string;
  /** When it began, in ms since the Unix epoch. */
  time: number;
  sessions: readonly ReportedSession[];
  results: readonly ExpectationResult[];
  /** Over which media came, where that is known. */
  transport?: string | undefined;
  error: string | undefined;
  redactor: Redactor;
  anonymous: boolean;
}

/** Writes `--report FILE`. @throws {LocalError} when it cannot */
export async function writeReport(path: string, options: HtmlOptions): Promise<void> {
  const { target, time, sessions, results, transport, error, redactor, anonymous } = options;
  const { deno, v8 } = Deno.version;
  const { os, arch } = Deno.build;
  const page = reportPage({
    ...{ target, time, sessions, expectations: results, error, redactor, anonymous },
    environment: [
      ["rtspkit", denoJson.version],
      ["system", `${os}, ${arch}`],
      ["runtime", `Deno ${deno}, V8 ${v8}`],
      ["transport", transport ?? "as captured"],
      ["clock here", new Date(time).toISOString()],
    ],
  });
  await writeText(`--report ${path}`, path, page);
}
