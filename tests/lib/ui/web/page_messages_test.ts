import fc from "fast-check";
import { parseFromPage } from "../../../../lib/ui/web/page_messages.ts";
import { assertEquals } from "../../../support/assert.ts";

const FORM = {
  address: "localhost",
  port: "5678",
  rtpPort: "0",
  file: "movie.Mjpeg",
  dialect: "auto",
  transport: "udp",
};

Deno.test("what a page may ask for is read as it was said", () => {
  for (
    const message of [
      { type: "act", player: 0, action: "setup" },
      { type: "start", player: 3 },
      { type: "seek", player: 0, seconds: 12.5 },
      { type: "scale", player: 0, scale: -2 },
      { type: "open", player: 0, form: FORM, user: "me", password: "s3cret" },
      { type: "files", player: 0, address: "localhost", port: "5678" },
      { type: "stop-recording", player: 0 },
    ]
  ) assertEquals<unknown>(parseFromPage(JSON.stringify(message)), message);
});

Deno.test("what it may not ask for is nothing", () => {
  for (
    const text of [
      "",
      "null",
      "[]",
      "7",
      "{",
      `{"type":"act","player":0,"action":"explode"}`,
      `{"type":"act","player":-1,"action":"play"}`,
      `{"type":"act","player":0.5,"action":"play"}`,
      `{"type":"act","action":"play"}`,
      `{"type":"seek","player":0,"seconds":"12"}`,
      `{"type":"seek","player":0,"seconds":1e999}`,
      `{"type":"open","player":0,"form":null}`,
      `{"type":"constructor","player":0}`,
      `{"type":"__proto__","player":0}`,
      `{"type":{"toString":0,"valueOf":0},"player":0}`,
    ]
  ) assertEquals(parseFromPage(text), undefined, text);
});

Deno.test("fields that are missing are empty, and long ones are cut", () => {
  const long = { type: "open", player: 0, form: { file: "x".repeat(10_000), port: 5 } };
  const message = parseFromPage(JSON.stringify(long));
  if (message?.type !== "open") throw new Error("not read");
  assertEquals([message.form.file.length, message.form.port, message.user], [4096, "", ""]);
});

Deno.test("no text at all makes it throw", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    parseFromPage(text);
  }));
  fc.assert(fc.property(fc.json(), (text) => {
    parseFromPage(text);
  }));
});
