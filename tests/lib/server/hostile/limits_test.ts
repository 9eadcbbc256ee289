// Every limit: what the newcomer is told, and that everybody else goes on undisturbed.
import type { LimitName } from "../../../../lib/server/limit_names.ts";
import { assertEquals } from "../../../support/assert.ts";
import type { RtspPeer } from "../../../support/rtsp_peer.ts";
import { pass, type TestServer, withServer } from "../../../support/rtsp_server.ts";

/** How often a limit was reached, as far as it has been told. */
function times(test: TestServer, limit: LimitName): number {
  return test.told("limit-reached").filter((told) => told.limit === limit)
    .reduce((sum, told) => sum + told.times, 0);
}

const INTERLEAVED = "Transport: RTP/AVP/TCP;unicast";

/** The status of a SETUP. */
async function setUp(peer: RtspPeer, url: string): Promise<number> {
  return (await peer.request("SETUP", url, { headers: [INTERLEAVED] })).status;
}

Deno.test("connections of one address past its limit are answered 503, and others' are taken", () =>
  withServer({ limits: { maxConnectionsPerAddress: 2, countLoopback: true } }, async (test) => {
    const first = await test.connect();
    const second = await test.connect();
    assertEquals((await first.request("OPTIONS", "*")).status, 200);
    assertEquals((await second.request("OPTIONS", "*")).status, 200);
    const third = await test.connect();
    assertEquals((await third.request("OPTIONS", "*")).status, 503);
    await third.closed();
    assertEquals(times(test, "connections-per-address"), 1);
    await second.close();
    await test.until("disconnected");
    assertEquals((await (await test.connect()).request("OPTIONS", "*")).status, 200);
    assertEquals((await first.request("OPTIONS", "*")).status, 200);
  }));

Deno.test("an address that connects too often is answered 503 until its time comes", () =>
  withServer(
    { limits: { connectionBurst: 3, connectionsPerSecond: 1, countLoopback: true } },
    async (test) => {
      const statuses: number[] = [];
      for (let i = 0; i < 5; i++) {
        statuses.push((await (await test.connect()).request("OPTIONS", "*")).status);
      }
      assertEquals(statuses, [200, 200, 200, 503, 503]);
      await test.clock.advance(1000);
      assertEquals((await (await test.connect()).request("OPTIONS", "*")).status, 200);
      assertEquals(times(test, "connection-rate"), 2);
    },
  ));

const SESSION_LIMITS = [
  ["sessions", "maxSessions"],
  ["sessions-per-address", "maxSessionsPerAddress"],
  ["sessions-per-connection", "maxSessionsPerConnection"],
  ["streams-per-file", "maxStreamsPerFile"],
] as const;
for (const [name, option] of SESSION_LIMITS) {
  Deno.test(`SETUP past the limit of ${name} is answered 453, and a TEARDOWN makes room`, () =>
    withServer({ limits: { [option]: 2, countLoopback: true } }, async (test) => {
      const peer = await test.connect();
      const session = await test.setUp(peer);
      await test.play(peer, session);
      assertEquals(await setUp(peer, test.url()), 200);
      assertEquals(await setUp(peer, test.url()), 453);
      assertEquals(times(test, name), 1);
      assertEquals(test.server.sessionCount, 2);
      await test.clock.advance(0);
      await peer.frames(1);
      assertEquals((await test.ask(peer, "TEARDOWN", session)).status, 200);
      assertEquals(await setUp(peer, test.url()), 200);
    }));
}

Deno.test("streams of a file are counted however its name is spelled, and another file has its own", () =>
  withServer({ limits: { maxStreamsPerFile: 2 } }, async (test) => {
    const peer = await test.connect();
    assertEquals(await setUp(peer, test.url("movie.Mjpeg")), 200);
    assertEquals(await setUp(peer, test.url("movie.mjpeg")), 200);
    for (const name of ["MOVIE.MJPEG", "%6dovie.Mjpeg", "./movie.Mjpeg", "movie.Mjpeg?x=1"]) {
      assertEquals(await setUp(peer, test.url(name)), 453, name);
    }
    assertEquals(await setUp(peer, test.url("other.Mjpeg")), 200);
  }));

Deno.test("a file more than may be open is answered 503, and what is open is served on", () =>
  withServer({ limits: { maxOpenFiles: 1 } }, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    for (const method of ["DESCRIBE", "SETUP"]) {
      const headers = [INTERLEAVED];
      const { status } = await peer.request(method, test.url("other.Mjpeg"), { headers });
      assertEquals(status, 503, method);
    }
    assertEquals((await peer.request("DESCRIBE", test.url("MOVIE.mjpeg"))).status, 200);
    assertEquals(await setUp(peer, test.url()), 200, "it is open already");
    assertEquals(test.told("limit-reached")[0]!.limit, "open-files");
    assertEquals((await test.ask(peer, "TEARDOWN", session)).status, 200);
    // The errors of the server's log are expected here.
    test.events.splice(0, Infinity, ...test.events.filter(({ event }) => event !== "error"));
  }));

Deno.test("requests that come too fast are answered later, in their order, and others' at once", () =>
  withServer({ limits: { requestsPerSecond: 10, requestBurst: 5 } }, async (test) => {
    const [fast, other] = [await test.connect(), await test.connect()];
    const text = Array.from({ length: 8 }, (_, i) => `OPTIONS * RTSP/1.0\r\nCSeq: ${i}\r\n\r\n`);
    await fast.send(text.join(""));
    for (let i = 0; i < 5; i++) await fast.response();
    await test.until("limit-reached");
    assertEquals((await other.request("OPTIONS", "*")).status, 200);
    assertEquals(fast.untaken, 0, "the sixth waits");
    for (let i = 5; i < 8; i++) {
      await test.clock.timerSet(1);
      await test.clock.advance(100);
      assertEquals((await fast.response()).headers.get("CSeq"), String(i));
    }
  }));

Deno.test("a body of 65,536 bytes is taken, and one byte more refused without reading it", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const most = { body: "x".repeat(65_536) };
    assertEquals((await peer.request("GET_PARAMETER", test.url(), most)).status, 451);
    await peer.send("GET_PARAMETER * RTSP/1.0\r\nCSeq: 9\r\nContent-Length: 65537\r\n\r\n");
    assertEquals((await peer.response()).status, 400);
  }));

Deno.test("a request that is dribbled has no more time than one that stops coming", () =>
  withServer({ limits: { requestMs: 10_000 } }, async (test) => {
    const peer = await test.connect();
    await peer.request("OPTIONS", "*");
    for (const byte of "OPTIONS *") {
      await peer.send(byte);
      await pass(test.clock, 1000);
    }
    assertEquals(test.told("disconnected").length, 0);
    await peer.send(" ");
    await pass(test.clock, 1100);
    await peer.closed();
    await test.until("disconnected");
    assertEquals(test.told("disconnected")[0]!.reason, "the request took too long to come");
    assertEquals(times(test, "request-time"), 1);
  }));

Deno.test("a connection without a session is closed when it says nothing, one with a session is not", () =>
  withServer({ limits: { idleMs: 60_000 }, sessionTimeout: 3600 }, async (test) => {
    const [idle, busy] = [await test.connect(), await test.connect()];
    await idle.request("OPTIONS", "*");
    const session = await test.setUp(busy, test.receiver());
    await test.clock.advance(59_999);
    assertEquals(test.server.connectionCount, 2);
    await test.clock.advance(1);
    await idle.closed();
    await test.until("disconnected");
    assertEquals(test.told("disconnected")[0]!.reason, "idle for too long");
    assertEquals(times(test, "idle"), 1);
    await test.clock.advance(600_000);
    assertEquals(test.server.connectionCount, 1);
    assertEquals((await test.ask(busy, "TEARDOWN", session)).status, 200);
    await test.clock.advance(60_000);
    await busy.closed();
  }));

Deno.test("who sends malformed messages is told of each, and sent away at the limit", () =>
  withServer({ limits: { malformedMessages: 3 } }, async (test) => {
    const peer = await test.connect();
    await peer.request("OPTIONS", "*");
    for (let i = 0; i < 3; i++) {
      await peer.send("no request\r\n\r\nOPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n");
    }
    await peer.closed();
    await test.until("disconnected");
    assertEquals(times(test, "malformed-messages"), 1);
  }));

Deno.test("a flood is told once a second, with its number", () =>
  withServer({ limits: { maxSessions: 1 } }, async (test) => {
    const peer = await test.connect();
    await test.setUp(peer);
    for (let i = 0; i < 20; i++) assertEquals(await setUp(peer, test.url()), 453);
    assertEquals(test.told("limit-reached").map((told) => told.times), [1]);
    const { metrics } = test.server.options;
    assertEquals(metrics?.limits.get("sessions"), 20, "counted at once");
    await test.clock.advance(1000);
    assertEquals(test.told("limit-reached").map((told) => told.times), [1, 19]);
  }));
