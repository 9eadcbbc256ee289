import { parseSdp } from "../../../../lib/sdp/parse.ts";
import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";
import { withServer } from "../../../support/rtsp_server.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const PUBLIC = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER";

Deno.test("OPTIONS tells the methods for any path", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    for (const uri of ["*", test.url(), test.url("none.Mjpeg"), test.url(""), "/movie.Mjpeg"]) {
      const response = await peer.request("OPTIONS", uri);
      assertEquals(response.status, 200, uri);
      assertEquals(response.headers.get("Public"), PUBLIC, uri);
    }
  }));

Deno.test("every reply names CSeq first, the server and the date, and echoes Timestamp", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const { headers } = await peer.request("OPTIONS", "*", { headers: ["Timestamp: 12.5 0.25"] });
    assertEquals([...headers].map(([name]) => name)[0], "CSeq");
    assertEquals(headers.get("Server"), "rtspkit");
    assertEquals(headers.get("Date"), "Tue, 14 Nov 2023 22:13:20 GMT");
    assertEquals(headers.get("Timestamp"), "12.5 0.25");
  }));

Deno.test("DESCRIBE gives the whole description with its base", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const response = await peer.request("DESCRIBE", test.url());
    assertEquals(response.headers.get("Content-Base"), `${test.url()}/`);
    assertEquals(response.headers.get("Content-Type"), "application/sdp");
    assertEquals(
      text(response.body),
      [
        "v=0",
        "o=- 0 0 IN IP4 127.0.0.1",
        "s=movie.Mjpeg",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        "a=tool:rtspkit",
        "a=control:*",
        "a=range:npt=0.000-3.000",
        "m=video 0 RTP/AVP 26",
        "a=rtpmap:26 JPEG/90000",
        "a=framerate:20",
        "a=x-dimensions:128,96",
        "a=control:track1",
        "",
      ].join("\r\n"),
    );
  }));

Deno.test("DESCRIBE of media that starts over tells no end", () =>
  withServer({ loop: true }, async (test) => {
    const peer = await test.connect();
    const { body } = await peer.request("DESCRIBE", test.url());
    const range = parseSdp(text(body)).attributes.find(({ name }) => name === "range");
    assertEquals(range?.value, "npt=0.000-");
  }));

for (const accept of ["application/sdp", "text/html, application/SDP;q=0.5", "*/*"]) {
  Deno.test(`DESCRIBE with Accept: ${accept} gets SDP`, () =>
    withServer({}, async (test) => {
      const peer = await test.connect();
      const headers = [`Accept: ${accept}`];
      const response = await peer.request("DESCRIBE", test.url(), { headers });
      assertEquals([response.status, response.headers.get("Content-Type")], [
        200,
        "application/sdp",
      ]);
    }));
}

Deno.test("GET_PARAMETER without a body is answered without a body, with a session and without", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const alone = await peer.request("GET_PARAMETER", test.url());
    assertEquals([alone.status, alone.body.length], [200, 0]);
    const session = await test.setUp(peer);
    const within = await test.ask(peer, "GET_PARAMETER", session);
    assertEquals([within.status, within.body.length], [200, 0]);
    assertEquals(within.headers.get("Session"), session.id);
  }));

Deno.test("GET_PARAMETER tells position and packets sent", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session, "Range: npt=1-");
    await test.clock.advance(100);
    const sent = (await peer.rtp(3)).length;
    const body = "position\r\npackets_sent\r\n";
    const response = await test.ask(peer, "GET_PARAMETER", session, { body });
    assertEquals(response.headers.get("Content-Type"), "text/parameters");
    const packets = (await peer.rtp(sent)).length;
    assertEquals(text(response.body), `position: 1.150\r\npackets_sent: ${packets}\r\n`);
  }));

Deno.test("SET_PARAMETER without a body is answered 200", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    assertEquals((await test.ask(peer, "SET_PARAMETER", session)).status, 200);
  }));

Deno.test("TEARDOWN ends the session and leaves the connection usable", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer, test.receiver());
    await test.play(peer, session);
    await test.clock.advance(0);
    assertEquals((await test.ask(peer, "TEARDOWN", session)).status, 200);
    assertEquals([test.server.sessionCount, test.server.scheduledCount], [0, 0]);
    const [ended] = test.told("session-ended");
    assertEquals([ended?.reason, ended?.frames, ended?.dropped], ["teardown", 1, 0]);
    assertEquals((await test.ask(peer, "PLAY", session)).status, 454);
    const again = await test.setUp(peer, test.receiver());
    assert(again.id !== session.id, "another session has another identifier");
  }));

Deno.test("a session identifier is 128 random bits, its timeout told by SETUP alone", () =>
  withServer({ sessionTimeout: 30 }, async (test) => {
    const peer = await test.connect();
    const { response, id, header } = await test.setUp(peer, test.receiver());
    assertMatch(id, /^[0-9a-f]{32}$/);
    assertEquals(response.headers.get("Session"), `${id};timeout=30`);
    const pause = await peer.request("PAUSE", test.url(), { headers: [header] });
    assertEquals(pause.headers.get("Session"), id);
  }));
