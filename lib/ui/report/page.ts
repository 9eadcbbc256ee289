import { type ExpectationResult, resultLine } from "../../inspect/expectation.ts";
import type { Finding } from "../../inspect/finding.ts";
import type { Redactor } from "../../inspect/redaction.ts";
import type { SessionRecord } from "../../inspect/report/session_record.ts";
import { exchangeSection } from "./exchange_section.ts";
import { type Html, markup } from "./html.ts";
import { packetSection } from "./packet_section.ts";
import type { Report, ReportedSession } from "./report.ts";
import { picturesSection, streamsSection } from "./stream_section.ts";
import { STYLE } from "./style.ts";

const MARKS = { healthy: "✓", warning: "!", error: "✗" } as const;

type Clean = (text: string) => string;

/** Nothing is loaded from anywhere and nothing runs. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** A report as one page that needs nothing else. Secrets are replaced by the report's redactor. */
export function reportPage(report: Report): string {
  const { redactor, sessions } = report;
  learnAll(report);
  const clean = (text: string): string => redactor.text(text);
  const target = clean(report.target);
  const when = new Date(report.time).toISOString().replace("T", " ").slice(0, 19);
  const verdicts = sessions.map(({ title, record: { conclusion } }) => {
    return conclusion !== undefined && verdictPart(conclusion.verdict, title, clean);
  });
  const early = report.error !== undefined &&
    markup`<p class="error"><b>It ended early:</b> ${clean(report.error)}</p>`;
  const facts = report.environment.map(([name, value]) => {
    return markup`<dt>${name}</dt><dd>${clean(value)}</dd>\n`;
  });
  const body = markup`<header>
<h1>${target}</h1>
<p class="muted">Report by rtspkit probe, ${when} UTC</p>
</header>
${early}
${verdicts}
${report.expectations.length > 0 && expectationsPart(report.expectations, clean)}
${sessions.map((session) => sessionPart(session, redactor))}
<h2>Environment</h2>
<dl>
${facts}</dl>
<footer>${privacyPart(report)}</footer>`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
${markup`<title>${`rtspkit report: ${target}`}</title>`.text}
<style>${STYLE}</style>
</head>
<body>
<main>${body.text}
</main>
</body>
</html>
`;
}

/** Shows the redactor everything, so that it knows all secrets before the first word is written. */
function learnAll({ redactor, target, error, environment, sessions }: Report): void {
  // A second time: what the last text taught may stand in the first.
  for (let pass = 0; pass < 2; pass++) {
    redactor.learn(target);
    if (error !== undefined) redactor.learn(error);
    for (const [, value] of environment) redactor.learn(value);
    for (const { title, record } of sessions) {
      redactor.learn(title);
      for (const message of [...record.messages.first, ...record.messages.last]) {
        redactor.learnMessage(message);
      }
      if (record.sdp !== undefined) redactor.learn(record.sdp);
      for (const line of record.description) redactor.learn(line);
      for (const { message, evidence } of record.conclusion?.findings ?? []) {
        redactor.learn(message);
        redactor.learn(evidence);
      }
    }
  }
}

function sessionPart({ title, record }: ReportedSession, redactor: Redactor): Html {
  const clean = (text: string): string => redactor.text(text);
  const { conclusion, streams, pictures: picks } = record;
  const start = streams[0]?.series.start ?? record.messages.first[0]?.time ?? 0;
  const rtcp = [...record.rtcpCounts].map(([type, count]) => `${count} ${type}`).join(", ");
  const pictures = picks?.pictures ?? [];
  return markup`
${title !== "" && markup`<h2>${clean(title)}</h2>`}
<h2>Findings</h2>
${findingsPart(conclusion?.findings ?? [], clean)}
<h2>Streams</h2>
${streamsSection(record, clean)}
${rtcp !== "" && markup`<p class="muted">RTCP packets: ${rtcp}</p>`}
${pictures.length > 0 && markup`<h2>Pictures</h2>${picturesSection(pictures, start)}`}
<h2>Description</h2>
${descriptionPart(record, clean)}
<h2>Exchange</h2>
${exchangeSection(record.messages, redactor)}
<h2>Packets</h2>
${packetSection(record.packets, clean)}`;
}

function descriptionPart({ description, sdp }: SessionRecord, clean: Clean): Html {
  const words = description.length === 0
    ? markup`<p class="muted">The session was not described.</p>`
    : description.map((line) => markup`<p>${clean(line)}</p>\n`);
  const asItCame = sdp !== undefined && markup`<details>
<summary>Session description as it came (SDP)</summary>
<pre>${clean(sdp).trimEnd()}</pre>
</details>`;
  return markup`${words}${asItCame}`;
}

interface ShownVerdict {
  level: "healthy" | "warning" | "error";
  message: string;
  advice?: string;
}

function verdictPart(
  { level, message, advice }: ShownVerdict,
  title: string,
  clean: Clean,
): Html {
  return markup`<section class="verdict ${level}" aria-label="Verdict">
${title !== "" && markup`<p class="muted">${clean(title)}</p>`}
<p class="what"><span aria-hidden="true">${MARKS[level]}</span> ${clean(message)}</p>
${advice !== undefined && markup`<p><b>Next step:</b> ${clean(advice)}</p>`}
</section>
`;
}

function findingsPart(findings: readonly Finding[], clean: Clean): Html {
  if (findings.length === 0) return markup`<p>Nothing was found.</p>`;
  return markup`${findings.map((found) => findingPart(found, clean))}`;
}

function findingPart(
  { level, code, message, evidence, advice, reference, stream }: Finding,
  clean: Clean,
): Html {
  const where = stream !== undefined && markup` <span class="muted">of ${clean(stream)}</span>`;
  const standard = reference !== undefined && ` (departs from ${reference})`;
  return markup`<div class="finding ${level}">
<p><span class="level ${level}">${level}</span> <code>${code}</code>${where}</p>
<p>${clean(message)}</p>
<p class="evidence">Seen: ${clean(evidence)}${standard}</p>
${advice !== undefined && markup`<p><b>Next step:</b> ${clean(advice)}</p>`}
</div>
`;
}

function expectationsPart(results: readonly ExpectationResult[], clean: Clean): Html {
  const failed = results.filter(({ holds }) => !holds).length;
  const how = failed === 0 ? "all hold" : `${failed} of ${results.length} fail`;
  const lines = results.map((result) => {
    const level = result.holds ? "ok" : "error";
    return markup`<li class="${level}"><code>${clean(resultLine(result))}</code></li>\n`;
  });
  return markup`<h2>Expectations: ${how}</h2>
<ul>
${lines}</ul>`;
}

function privacyPart({ redactor, anonymous, sessions }: Report): Html {
  const counts = [...redactor.counts].map(([kind, count]) => `${kind} (${count})`).join(", ");
  const replaced = counts === "" ? "nothing had to be" : counts;
  const pictures = sessions.some(({ record }) => record.pictures !== undefined);
  const identities = anonymous
    ? "Addresses, host names, hardware addresses and serial numbers were replaced too."
    : "Addresses and host names are shown as they are; --report-anonymous replaces them too.";
  const shown = pictures ? "Pictures are shown, as was asked for." : "Pictures are left out.";
  return markup`<p>Replaced by placeholders, the same one for the same thing everywhere: ${replaced}.
${identities} ${shown}</p>`;
}
