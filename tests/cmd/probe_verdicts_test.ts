import { type FindingCode, FINDINGS } from "../../lib/inspect/catalogue.ts";
import { assertEquals } from "../support/assert.ts";
import { MEDIA_FAULTS } from "../support/faulty_gallery.ts";
import { SERVER_FAULTS } from "../support/faulty_servers.ts";
import { VERDICTS_DOCUMENT, verdictsDocument } from "../support/verdicts_document.ts";

/** Causes that are shown elsewhere, with the reason. */
const SHOWN_ELSEWHERE: Partial<Record<FindingCode, string>> = {
  "host-unknown": "asks a name server; tests/cmd/probe_failure_test.ts",
  "unreachable": "needs a network that swallows packets; tests/cmd/probe_failure_test.ts",
  "sequence-reordered": "information beside a healthy verdict; tests/lib/inspect",
  "transport-fallback": "likewise; its faults name it as information",
  "sdp-tolerance": "likewise",
  "rtsp-note": "likewise; tests/lib/inspect",
  "payload-type-mixed": "likewise; tests/lib/inspect",
};

Deno.test("the document of verdicts is what the gallery of faults makes", async () => {
  assertEquals(
    await Deno.readTextFile(VERDICTS_DOCUMENT),
    verdictsDocument(),
    "Make it anew: deno run -A tests/support/verdicts_document.ts",
  );
});

Deno.test("every cause is made on purpose somewhere", () => {
  const made = new Set<string>([...MEDIA_FAULTS, ...SERVER_FAULTS].map(({ code }) => code));
  const missing = Object.keys(FINDINGS).filter((code) => {
    return !made.has(code) && !code.startsWith("lab-") && !(code in SHOWN_ELSEWHERE);
  });
  assertEquals(missing, []);
});

Deno.test("what can be done something about has advice", () => {
  const bare = Object.entries(FINDINGS).filter(([, { level, advice }]) => {
    return level !== "info" && advice === undefined;
  });
  assertEquals(bare.map(([code]) => code), []);
});

Deno.test("what a finding may follow from is in the catalogue, without circles", () => {
  const walk = (code: string, path: string[]): void => {
    assertEquals(path.includes(code), false, `${[...path, code].join(" follows ")}`);
    assertEquals(code in FINDINGS, true, code);
    for (const next of FINDINGS[code as FindingCode].follows ?? []) walk(next, [...path, code]);
  };
  for (const code of Object.keys(FINDINGS)) walk(code, []);
});
