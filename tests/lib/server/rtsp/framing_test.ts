import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";
import { requestText } from "../../../support/rtsp_peer.ts";
import { withServer } from "../../../support/rtsp_server.ts";
import { ascii } from "../../../support/split.ts";

const MEGABYTE = 1024 * 1024;

Deno.test("pipelined requests are answered in their order", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const tcp = { headers: ["Transport: RTP/AVP/TCP;unicast"] };
    await peer.send([
      requestText("OPTIONS", "*", 1),
      requestText("DESCRIBE", test.url(), 2),
      requestText("SETUP", test.url(), 3, tcp),
      requestText("DANCE", test.url(), 4),
      requestText("GET_PARAMETER", test.url(), 5),
    ].join(""));
    const seen = [];
    let session = "";
    for (let i = 0; i < 5; i++) {
      const { status, headers } = await peer.response();
      seen.push([headers.get("CSeq"), status]);
      session = headers.get("Session")?.split(";")[0] ?? session;
    }
    assertEquals(seen, [["1", 200], ["2", 200], ["3", 200], ["4", 501], ["5", 200]]);
    const named = { headers: [`Session: ${session}`] };
    await peer.send([
      requestText("PLAY", test.url(), 6, named),
      requestText("PAUSE", test.url(), 7, named),
      requestText("TEARDOWN", test.url(), 8, named),
      requestText("PLAY", test.url(), 9, named),
    ].join(""));
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await peer.response()).status);
    assertEquals(statuses, [200, 200, 200, 454]);
    assertEquals(peer.blocks.length, 0, "paused before the first frame was due");
  }));

Deno.test("requests that come one byte at a time are understood", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const text = requestText("GET_PARAMETER", test.url(), 1, { body: "nothing" }) +
      requestText("OPTIONS", "*", 2);
    for (const byte of ascii(text)) await peer.send(Uint8Array.of(byte));
    assertEquals((await peer.response()).status, 451);
    assertEquals((await peer.response()).status, 200);
    assertEquals(peer.untaken, 0);
  }));

Deno.test("bodies of requests that need none are passed over", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const body = "OPTIONS * RTSP/1.0\r\nCSeq: 99\r\n\r\n";
    assertEquals((await peer.request("OPTIONS", "*", { body })).status, 200);
    assertEquals((await peer.request("DESCRIBE", test.url(), { body })).status, 200);
    assertEquals(peer.untaken, 0);
  }));

Deno.test("blank lines between requests and blocks of no session are passed over", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    await peer.request("OPTIONS", "*");
    await peer.send("\r\n\r\n\n");
    await peer.sendBlock(9, new Uint8Array(65_535));
    await peer.sendBlock(255, new Uint8Array(0));
    assertEquals((await peer.request("OPTIONS", "*")).status, 200);
    assertEquals(peer.untaken, 0);
  }));

for (
  const [name, garbage] of [
    ["binary", Uint8Array.from({ length: 3000 }, (_, i) => 0x80 + (i * 7) % 0x80)],
    ["text", ascii("what is this\r\nnobody knows\r\n\r\n")],
    ["an HTTP request", ascii("GET / HTTP/1.1\r\nHost: x\r\n\r\n")],
    ["a header without colon", ascii("OPTIONS * RTSP/1.0\r\nCSeq 1\r\n\r\n")],
    ["a negative length", ascii("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nContent-Length: -1\r\n\r\n")],
    ["two lengths", ascii("OPTIONS * RTSP/1.0\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n")],
    [
      "a length beyond all limits",
      ascii("OPTIONS * RTSP/1.0\r\nContent-Length: 9999999999\r\n\r\n"),
    ],
  ] as const
) {
  Deno.test(`after ${name} comes 400, and the next request is found`, () =>
    withServer({}, async (test) => {
      const peer = await test.connect();
      await peer.send(garbage);
      await peer.send(requestText("OPTIONS", "*", 5));
      const first = await peer.response();
      assertEquals([first.status, first.headers.get("Content-Type")], [
        400,
        "text/plain; charset=utf-8",
      ]);
      const second = await peer.response();
      assertEquals([second.status, second.headers.get("CSeq")], [200, "5"]);
    }));
}

Deno.test("garbage first of all is answered too, once the line is not going to end", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    await peer.send("hello");
    await test.clock.timerSet(900);
    await test.clock.advance(1000);
    await peer.send(` there\r\n${requestText("OPTIONS", "*", 2)}`);
    assertEquals((await peer.response()).status, 400);
    assertEquals((await peer.response()).status, 200);
  }));

Deno.test("a client that sends nothing but garbage is sent away", () =>
  withServer({ limits: { malformedMessages: 3 } }, async (test) => {
    const peer = await test.connect();
    for (let i = 0; i < 3; i++) {
      await peer.send(`OPTIONS * RTSP/1.0\r\nno header\r\n\r\n`);
      assertEquals((await peer.response()).status, 400);
    }
    await peer.closed();
    assertMatch(test.told("disconnected")[0]!.reason, /has no colon/);
  }));

for (
  const [name, header] of [
    ["one header line", `X-Long: ${"a".repeat(10 * MEGABYTE)}\r\n`],
    ["header lines", "X-Many: a\r\n".repeat(MEGABYTE)],
    ["start line", ""],
  ] as const
) {
  Deno.test(`ten megabytes of ${name} are refused once, and the next request is found`, () =>
    withServer({}, async (test) => {
      const peer = await test.connect();
      const uri = header === "" ? `rtsp://h/${"a".repeat(10 * MEGABYTE)}` : "*";
      const sending = peer.send(
        `OPTIONS ${uri} RTSP/1.0\r\n${header}\r\n${requestText("OPTIONS", "*", 2)}`,
      );
      assertEquals((await peer.response()).status, 400);
      await sending;
      const next = await peer.response();
      assertEquals([next.status, next.headers.get("CSeq")], [200, "2"]);
    }));
}

Deno.test("a response sent to the server is passed over, whatever it says", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    await peer.request("OPTIONS", "*");
    await peer.send("RTSP/1.0 405 Method Not Allowed\r\nAllow: OPTIONS\r\n\r\n");
    await peer.send("RTSP/1.0 200 OK\r\nCSeq: 9\r\nContent-Length: 4\r\n\r\nbody");
    assertEquals((await peer.request("OPTIONS", "*")).status, 200);
    assertEquals(peer.untaken, 0);
  }));

Deno.test("header values with control characters break no reply", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const values = ["Require: a\x01b", "Timestamp: 1\x07", "Session: \x02", "Range: npt=\x03-"];
    for (const [i, value] of values.entries()) {
      await peer.send(requestText("PLAY", test.url(), i, { headers: [value] }));
      const { status } = await peer.response();
      assert(status >= 400, `${status} for ${JSON.stringify(value)}`);
    }
    assertEquals((await peer.request("OPTIONS", "*")).status, 200);
  }));

Deno.test("a client that never sends a whole request is sent away in time", () =>
  withServer({ limits: { firstRequestMs: 5000 } }, async (test) => {
    const silent = await test.connect();
    await test.until("connected");
    await test.clock.timerSet(4000);
    const slow = await test.connect();
    await test.until("connected", 2);
    await slow.send("OPTIONS * RTSP/1.0\r\n");
    await test.clock.settle();
    await test.clock.timerSet(5000);
    await test.clock.advance(5000);
    await silent.closed();
    await slow.closed();
    const reasons = test.told("disconnected").map(({ reason }) => reason);
    assertEquals(reasons, ["no request in time", "no request in time"]);
  }));

Deno.test("more connections than the limit are answered 503 and closed, others go on", () =>
  withServer({ limits: { maxConnections: 1 } }, async (test) => {
    const first = await test.connect();
    await first.request("OPTIONS", "*");
    const second = await test.connect();
    const refused = await second.request("OPTIONS", "*");
    assertEquals([refused.status, refused.headers.get("Retry-After")], [503, "5"]);
    await second.closed();
    assertEquals(test.told("limit-reached")[0]!.limit, "connections");
    assertEquals((await first.request("OPTIONS", "*")).status, 200);
    await first.close();
    await test.until("disconnected");
    const third = await test.connect();
    assertEquals((await third.request("OPTIONS", "*")).status, 200);
  }));
