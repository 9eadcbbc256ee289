import { parseStartLine } from "../../../lib/rtsp/start_line.ts";
import { TOLERANCES } from "../../../lib/rtsp/tolerance.ts";
import { assert, assertEquals } from "../../support/assert.ts";

Deno.test("a start line says what kind of message follows", () => {
  assertEquals(parseStartLine("RTSP/1.0 551 Option not supported"), {
    kind: "response",
    version: "RTSP/1.0",
    status: 551,
    reason: "Option not supported",
  });
  assertEquals(parseStartLine("x-Rewind rtsp://h/ RTSP/2.0"), {
    kind: "request",
    method: "x-Rewind",
    uri: "rtsp://h/",
    version: "RTSP/2.0",
  });
});

Deno.test("a start line reports each tolerance with the input", () => {
  const said: string[] = [];
  parseStartLine("PLAY a b RTSP/1.4\t ", 0, (code, detail) => said.push(`${code}: ${detail}`));
  parseStartLine("RTSP/1.0 200", 0, (code, detail) => said.push(`${code}: ${detail}`));
  parseStartLine("RTSP/1.0 200 ", 0, (code, detail) => said.push(`${code}: ${detail}`));
  assertEquals(said, [
    'space-in-uri: "a b"',
    'space-after-start-line: "PLAY a b RTSP/1.4\\t "',
    "other-version: RTSP/1.4",
    'missing-reason-phrase: "RTSP/1.0 200"',
  ]);
});

Deno.test("every tolerance is explained in a sentence", () => {
  for (const [code, text] of Object.entries(TOLERANCES)) {
    assert(/^[a-z0-9-]+$/.test(code), code);
    assert(/^[A-Z].*[^.]$/.test(text), text);
  }
});
