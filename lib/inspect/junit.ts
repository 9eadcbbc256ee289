import type { ExpectationResult } from "./expectation.ts";

/** What a JUnit file says of a whole run. */
export interface JunitRun {
  /** What was looked at, without secrets. */
  name: string;
  /** When it began, in ms since the Unix epoch. */
  time: number;
  /** How long it took, in seconds. */
  seconds: number;
  results: readonly ExpectationResult[];
  /** Why there are no results, or not the whole of them: what ended the run. */
  error?: string;
}

/** Results as JUnit XML, as servers for continuous integration read it: a case per expectation. */
export function junitXml({ name, time, seconds, results, error }: JunitRun): string {
  const failures = results.filter(({ holds }) => !holds).length;
  const errors = error === undefined ? 0 : 1;
  const counts = `tests="${results.length + errors}" failures="${failures}" errors="${errors}" ` +
    `time="${seconds.toFixed(3)}"`;
  const stamp = new Date(time).toISOString().replace(/\.\d+Z$/, "");
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escapeXml(name)}" ${counts} skipped="0" timestamp="${stamp}">`,
    ...results.flatMap(testCase),
    ...(error === undefined ? [] : [
      `    <testcase classname="rtspkit.probe" name="the stream plays">`,
      `      <error message="${escapeXml(error)}"/>`,
      `    </testcase>`,
    ]),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase({ expectation, stream, holds, measured }: ExpectationResult): string[] {
  const place = stream === undefined || stream === "" ? "rtspkit.probe" : `rtspkit.probe.${stream}`;
  const head = `<testcase classname="${escapeXml(place)}" name="${escapeXml(expectation.text)}"`;
  if (holds) return [`    ${head}/>`];
  const message = escapeXml(`expected ${expectation.text}, measured ${measured}`);
  return [
    `    ${head}>`,
    `      <failure type="expectation" message="${message}"/>`,
    "    </testcase>",
  ];
}

/** Text as XML 1.0 has it: with no character that no document may contain (section 2.2). */
export function escapeXml(text: string): string {
  return text.toWellFormed()
    // deno-lint-ignore no-control-regex
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd")
    .replace(/[<>&"'\t\r\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}
