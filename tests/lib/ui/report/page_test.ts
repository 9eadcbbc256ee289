import { Redactor } from "../../../../lib/inspect/redaction.ts";
import { SessionRecord } from "../../../../lib/inspect/report/session_record.ts";
import { Series } from "../../../../lib/inspect/report/series.ts";
import { SessionInspector } from "../../../../lib/inspect/session_inspector.ts";
import { chartFigure, chartsOf, niceTop } from "../../../../lib/ui/report/chart.ts";
import { escapeHtml, Html, markup } from "../../../../lib/ui/report/html.ts";
import { reportPage } from "../../../../lib/ui/report/page.ts";
import type { Report } from "../../../../lib/ui/report/report.ts";
import type { ObservedMessage } from "../../../../lib/stream/observation.ts";
import { parseExpectations } from "../../../../lib/inspect/expectation.ts";
import { assert, assertEquals, assertStringIncludes } from "../../../support/assert.ts";
import fc from "fast-check";
import { frameOf, labPackets, START } from "../../inspect/observations.ts";

/** Elements without an end tag. */
const VOID = new Set(["meta", "img", "br", "path"]);

/** Every tag of a page, checked to be closed in order. @returns names of elements and attributes */
function elements(page: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  for (
    const [, end, name, attributes] of page.matchAll(
      /<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>/gi,
    )
  ) {
    if (end === "/") {
      assertEquals(open.pop(), name, `</${name}> closes what is open`);
      continue;
    }
    names.push(name!, ...Array.from(attributes!.matchAll(/\s([a-z-]+)(?==|\s|$)/gi), (a) => a[1]!));
    if (!VOID.has(name!)) open.push(name!);
  }
  assertEquals(open, [], "everything is closed");
  return names;
}

function message(text: string): ObservedMessage[] {
  const headers: [string, string][] = [["CSeq", "1"], ["Server", text], [
    text.replace(/\s/g, "") || "X",
    text,
  ]];
  const request: ObservedMessage = {
    ...{ direction: "out", time: START, method: `DESCRIBE${text}`, target: `rtsp://h/${text}` },
    ...{ version: "RTSP/1.0", headers, body: "" },
  };
  const sdp: [string, string][] = [["CSeq", "1"], ["Content-Type", "application/sdp"]];
  const reply: ObservedMessage = {
    ...{ direction: "in", time: START + 5, status: 200, reason: text, version: "RTSP/1.0" },
    ...{ headers: sdp, body: `v=0\r\ns=${text}\r\n` },
  };
  return [request, reply];
}

/** A report in which everything that a peer says is `text`. */
function report(text: string, parts: Partial<Report> = {}): Report {
  const inspector = new SessionInspector();
  const record = new SessionRecord({ pictures: true });
  for (const each of message(text)) {
    inspector.message(each);
    record.message(each);
  }
  record.description = [`session ${text}`];
  for (const packet of labPackets(1, 20, () => ({ stream: text })).toSpliced(10, 1)) {
    record.packet(inspector.packet(packet));
    inspector.frame(frameOf(packet));
    record.frame(frameOf(packet));
  }
  const { findings, verdict, ...others } = inspector.judge({
    reason: "stopped",
    totalFrames: undefined,
  });
  const said = findings.map((found) => ({ ...found, message: text, evidence: text, advice: text }));
  record.conclusion = {
    ...others,
    verdict: { ...verdict, message: text, advice: text },
    findings: said,
  };
  const [expectation] = parseExpectations("fps>=1");
  return {
    target: `rtsp://h/${text}`,
    environment: [["system", text]],
    time: START,
    sessions: [{ title: text, record }],
    expectations: [{
      expectation: expectation!,
      stream: text,
      holds: false,
      measured: "0",
      value: 0,
    }],
    error: text,
    redactor: new Redactor(),
    anonymous: false,
    ...parts,
  };
}

const HOSTILE = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  `</pre></details></main><style>*{display:none}</style>`,
  `</title><script src="//evil.example/x.js"></script>`,
  `<!-- --> ]]> <![CDATA[`,
  `javascript:alert(1)`,
  "\0\u202e\ud800\u0085\ufffe",
];

for (const text of HOSTILE) {
  Deno.test(`what a peer says stays text: ${JSON.stringify(text).slice(0, 50)}`, () => {
    const usual = new Set(elements(reportPage(report("plain words"))));
    const page = reportPage(report(text));
    const strange = elements(page).filter((name) => !usual.has(name));
    assertEquals(strange, [], "no element and no attribute that is not there without it");
    if (/[<>"'\0]/.test(text)) assert(!page.includes(text), "it is not there as it was");
    assert(!/<(?:script|!--)/i.test(page), "nothing runs");
  });
}

Deno.test("a page is whole: verdict first, then the rest, and nothing is loaded", () => {
  const page = reportPage(report("plain words"));
  assertStringIncludes(page, "default-src 'none'");
  assert(!/(?:src|href)="(?!data:image\/jpeg)/.test(page), "no address to load from");
  const order = ["<h1>", 'class="verdict', "<h2>Expectations:"];
  const rest = ["Findings", "Streams", "Pictures", "Description", "Exchange", "Packets"]
    .map((name) => `<h2>${name}`);
  const places = [...order, ...rest, "<h2>Environment"].map((part) =>
    page.indexOf(part, page.indexOf("<main>"))
  );
  assertEquals(places, places.toSorted((a, b) => a - b));
  assert(places[0]! > 0);
  assertEquals(page.match(/<figure class="chart">/g)?.length, 4);
});

Deno.test("no text at all breaks a page", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      elements(reportPage(report(text)));
    }),
    { numRuns: 60 },
  );
});

Deno.test("no secret of what a peer or a person said is in the page", () => {
  const secret = fc.stringMatching(/^[a-z]{3}[A-Z0-9]{5,12}q$/);
  fc.assert(
    fc.property(secret, secret, secret, fc.boolean(), (password, token, session, anonymous) => {
      fc.pre(new Set([password, token, session]).size === 3);
      const redactor = new Redactor({ anonymous });
      const made = report(`says ${password} ${token} ${session}`, { redactor, anonymous });
      const { record } = made.sessions[0]!;
      record.message({
        ...{ direction: "out", time: START + 9, method: "PLAY", version: "RTSP/1.0", body: "" },
        target: `rtsp://user:${password}@camera.example/live?token=${token}`,
        headers: [["CSeq", "7"], ["Session", `${session};timeout=60`]],
      });
      const page = reportPage(made);
      for (const each of [password, token, session]) {
        assert(!page.includes(each), `the page has ${each}`);
      }
      assertEquals(page.includes("camera.example"), !anonymous);
    }),
    { numRuns: 40 },
  );
});

Deno.test("a report of nothing says that there was nothing", () => {
  const page = reportPage({
    ...{ target: "rtsp://h/", environment: [], time: 0, expectations: [], anonymous: false },
    sessions: [{ title: "", record: new SessionRecord() }],
    redactor: new Redactor(),
    error: "cannot reach h",
  });
  for (const words of ["It ended early:", "No packet of any stream", "No RTSP message"]) {
    assertStringIncludes(page, words);
  }
  elements(page);
});

Deno.test("escaping is for text and for attributes, and HTML stays HTML", () => {
  assertEquals(escapeHtml(`a<b>&"'\0`), "a&lt;b&gt;&amp;&quot;&#39;\ufffd");
  const parts = [new Html("<i>"), "<b>", undefined, false as const, 5];
  assertEquals(markup`x${parts}y`.text, "x<i>&lt;b&gt;5y");
});

Deno.test("charts say in words what they show, and their axes end at round numbers", () => {
  const series = new Series();
  for (let i = 0; i < 40; i++) {
    series.add(i * 100, 12_500, { lost: i >= 20 ? 2 : 0, frames: i, jitterMs: i / 10 });
  }
  const [rate, frames, losses, jitter] = chartsOf(series).map((chart) =>
    chartFigure(chart, series).text
  );
  assertStringIncludes(rate!, "1.00 to 1.00 Mbit/s, 1.00 on average");
  assertStringIncludes(frames!, "8.0 to 10.0 fps");
  assertStringIncludes(losses!, "2 packets in all, at most 2 in 0.5 s");
  assertStringIncludes(jitter!, "0.4 to 3.9 ms");
  assertEquals([0, 0.3, 1, 1.1, 2.1, 24, 26, 99].map((most) => niceTop(most, 0)), [
    ...[1, 1, 1, 2, 2.5, 25, 50, 100],
  ]);
});

Deno.test("a chart of one moment and of none is a chart", () => {
  const one = new Series();
  one.add(0, 10, { lost: 0, frames: 1, jitterMs: 0 });
  for (const series of [one, new Series()]) {
    for (const chart of chartsOf(series)) {
      const { text } = chartFigure(chart, series);
      assert(!/NaN|Infinity|undefined/.test(text), text);
    }
  }
});
