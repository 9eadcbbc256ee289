import { ExchangeLog } from "../../../../lib/ui/player/exchange_log.ts";
import type { ObservedMessage } from "../../../../lib/stream/observation.ts";
import { assert, assertEquals } from "../../../support/assert.ts";

const request = (cseq: string, time: number, method = "PLAY"): ObservedMessage => ({
  direction: "out",
  time,
  method,
  target: "rtsp://me:s3cret@host/movie",
  version: "RTSP/1.0",
  headers: [["CSeq", cseq], ["Authorization", 'Digest username="me", response="abc"']],
  body: "",
});

const reply = (cseq: string, time: number, status = 200): ObservedMessage => ({
  direction: "in",
  time,
  status,
  reason: "OK",
  version: "RTSP/1.0",
  headers: [["cseq", cseq]],
  body: "",
});

Deno.test("a reply is paired with its request by CSeq, whatever came between", () => {
  const log = new ExchangeLog();
  log.message(request("1", 1000, "OPTIONS"));
  log.message(request("2", 1010));
  const second = log.message(reply("2", 1025));
  const first = log.message(reply("1", 1040));
  assertEquals(second.answers, { id: 2, method: "PLAY", took: 15 });
  assertEquals(first.answers, { id: 1, method: "OPTIONS", took: 40 });
});

Deno.test("a reply to nothing, and a second one, are paired with nothing", () => {
  const log = new ExchangeLog();
  log.message(request("1", 0));
  log.message(reply("1", 1));
  assertEquals(log.message(reply("1", 2)).answers, undefined);
  assertEquals(log.message(reply("9", 3)).answers, undefined);
});

Deno.test("a new connection counts anew: an old request waits for no reply of it", () => {
  const log = new ExchangeLog();
  log.message(request("1", 0));
  log.beginConnection();
  assertEquals(log.message(reply("1", 1)).answers, undefined);
});

Deno.test("no secret stands in the log", () => {
  const { line, headers } = new ExchangeLog().message(request("1", 0));
  assertEquals(line, "PLAY rtsp://host/movie RTSP/1.0");
  assertEquals(headers[1], ["Authorization", "Digest [not shown]"]);
});

Deno.test("the log forgets what is long past, and counts on", () => {
  const log = new ExchangeLog();
  for (let i = 0; i < 1000; i++) log.note({ code: "x", message: `${i}` }, i);
  assert(log.entries.length <= 400);
  assertEquals(log.entries.at(-1)?.id, 1000);
});
