// Servers that share a port: a session is made by one, and its client's next connection goes to another.
import { Authenticator } from "../../../../lib/server/authenticator.ts";
import { PortRelay } from "../../../../lib/server/port_relay.ts";
import { DEFAULT_SERVER_LIMITS } from "../../../../lib/server/options.ts";
import { placesWithin, shareCounts } from "../../../../lib/server/places.ts";
import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import {
  FRAME_MS,
  pass,
  type SetUp,
  type TestServer,
  type TestServerOptions,
  withServer,
} from "../../../support/rtsp_server.ts";
import { requestText } from "../../../support/rtsp_peer.ts";

const PREFIXES = ["1a2b", "f00d"] as const;

/** Runs `body` with two servers that relay to each other. */
async function withTwo(
  options: TestServerOptions,
  body: (one: TestServer, other: TestServer) => Promise<void>,
  otherOptions: TestServerOptions = options,
): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  // Nothing here takes long enough for their timers to matter.
  const clock = new FakeClock();
  const relay = new PortRelay(PREFIXES[0], [{ prefix: PREFIXES[1], port: port1 }], clock);
  const otherRelay = new PortRelay(PREFIXES[1], [{ prefix: PREFIXES[0], port: port2 }], clock);
  try {
    await withServer({ ...options, relay }, (one) => {
      return withServer({ ...otherOptions, relay: otherRelay }, (other) => body(one, other));
    });
    assertEquals(clock.pending, 0);
  } finally {
    relay.close();
    otherRelay.close();
  }
}

/** A session over UDP whose connection has ended. */
async function leftBehind(server: TestServer): Promise<SetUp> {
  const peer = await server.connect();
  const session = await server.setUp(peer, server.receiver());
  await peer.close();
  await server.until("disconnected");
  return session;
}

/** Shows a sign of life thrice, so late that the session of a server would be gone without it. */
async function keptAlive({ clock, server }: TestServer, sign: () => Promise<void>): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await clock.advance(8000);
    await sign();
  }
  assertEquals(server.sessionCount, 1);
}

Deno.test("identifiers tell the server that made them, with 128 random bits beside", () =>
  withTwo({}, async (one, other) => {
    for (const [server, prefix] of [[one, PREFIXES[0]], [other, PREFIXES[1]]] as const) {
      const { id } = await server.setUp(await server.connect(), server.receiver());
      assertMatch(id, new RegExp(`^${prefix}[0-9a-f]{32}$`));
    }
  }));

Deno.test("GET_PARAMETER at another server answers from the session and keeps it alive", () =>
  withTwo({ sessionTimeout: 10 }, async (one, other) => {
    const session = await leftBehind(one);
    const peer = await other.connect();
    await keptAlive(one, async () => {
      const { status, headers } = await other.ask(peer, "GET_PARAMETER", session);
      assertEquals([status, headers.get("Session")], [200, session.id]);
    });
    const parts = { body: "position\r\npackets_sent\r\n" };
    const { body, headers } = await other.ask(peer, "GET_PARAMETER", session, parts);
    assertEquals(headers.get("Content-Type"), "text/parameters");
    assertEquals(new TextDecoder().decode(body), "position: 0.000\r\npackets_sent: 0\r\n");
    assertEquals((await other.ask(peer, "OPTIONS", session)).headers.get("Session"), session.id);
    await one.clock.advance(10_000);
    assertEquals(one.server.sessionCount, 0, "without a sign it ends");
    assertEquals((await other.ask(peer, "GET_PARAMETER", session)).status, 454);
  }));

Deno.test("DESCRIBE at another server keeps the session alive", () =>
  withTwo({ sessionTimeout: 10 }, async (one, other) => {
    const session = await leftBehind(one);
    const peer = await other.connect();
    await keptAlive(one, async () => {
      assertEquals((await other.ask(peer, "DESCRIBE", session)).status, 200);
    });
    await one.ask(await one.connect(), "TEARDOWN", session);
  }));

Deno.test("TEARDOWN at another server ends the session with its BYE", () =>
  withTwo({}, async (one, other) => {
    const receiver = one.receiver();
    const peer = await one.connect();
    const session = await one.setUp(peer, receiver);
    await one.play(peer, session);
    await pass(one.clock, FRAME_MS);
    await receiver.frames(1);
    const second = await other.connect();
    const { status, headers } = await other.ask(second, "TEARDOWN", session);
    assertEquals([status, headers.get("Session")], [200, session.id]);
    const reports = await receiver.rtcp(2);
    assert(reports.at(-1)!.some(({ type }) => type === "BYE"));
    assertEquals(one.told("session-ended").map(({ reason }) => reason), ["teardown"]);
    const again = await other.ask(second, "TEARDOWN", session);
    assertEquals([again.status, again.headers.get("Session")], [454, undefined]);
    assertEquals((await one.ask(peer, "TEARDOWN", session)).status, 454, "nor here");
  }));

Deno.test("PLAY and PAUSE at another server move the session", () =>
  withTwo({}, async (one, other) => {
    const receiver = one.receiver();
    const session = await one.setUp(await one.connect(), receiver);
    const peer = await other.connect();
    const played = await other.ask(peer, "PLAY", session);
    assertEquals(played.status, 200);
    assertMatch(played.headers.get("RTP-Info") ?? "", /seq=\d+;rtptime=\d+/);
    await pass(one.clock, 3 * FRAME_MS);
    await receiver.frames(3);
    const paused = await other.ask(peer, "PAUSE", session);
    assertEquals(paused.status, 200);
    assertMatch(paused.headers.get("Range") ?? "", /^npt=0\.[12]/);
    assertEquals(other.server.scheduledCount, 0);
  }));

Deno.test("replies stay in the order of the requests, relayed or not", () =>
  withTwo({}, async (one, other) => {
    const { header } = await leftBehind(one);
    const peer = await other.connect();
    const url = other.url();
    await peer.send([
      requestText("GET_PARAMETER", url, 1, { headers: [header], body: "position" }),
      requestText("OPTIONS", url, 2),
      requestText("TEARDOWN", url, 3, { headers: [header] }),
      requestText("OPTIONS", url, 4),
      requestText("GET_PARAMETER", url, 5, { headers: [header] }),
    ].join(""));
    const replies: [string | undefined, number][] = [];
    for (let i = 0; i < 5; i++) {
      const { headers, status } = await peer.response();
      replies.push([headers.get("CSeq"), status]);
    }
    assertEquals(replies, [["1", 200], ["2", 200], ["3", 200], ["4", 200], ["5", 454]]);
  }));

Deno.test("what is wrong with a relayed request is told as elsewhere", () =>
  withTwo({}, async (one, other) => {
    const { header } = await leftBehind(one);
    const peer = await other.connect();
    const cases: [method: string, uri: string, headers: string[], status: number][] = [
      ["TEARDOWN", other.url("other.Mjpeg"), [header], 404],
      ["PLAY", other.url(), [header, "Range: nonsense"], 400],
      ["PLAY", "no url", [header], 400],
      ["SET_PARAMETER", other.url(), [header], 200],
      ["RECORD", other.url(), [header], 405],
      ["JUGGLE", other.url(), [header], 501],
      // Theirs by its looks, but there is no such session; and nobody's.
      ["TEARDOWN", other.url(), [`Session: ${PREFIXES[0]}${"0".repeat(32)}`], 454],
      ["TEARDOWN", other.url(), [`Session: ${"0".repeat(36)}`], 454],
      ["TEARDOWN", other.url(), ["Session: \u00fc"], 454],
    ];
    for (const [method, uri, headers, status] of cases) {
      const response = await peer.request(method, uri, { headers });
      assertEquals(response.status, status, `${method} ${uri} ${headers}`);
    }
    assertEquals(one.server.sessionCount, 1);
  }));

Deno.test("another connection's SETUP and DESCRIBE are answered the same by each server", () =>
  withTwo({}, async (one, other) => {
    const receiver = one.receiver();
    const owner = await one.connect();
    const session = await one.setUp(owner, receiver);
    const headers = [`Transport: ${receiver.transport}`];
    for (const server of [one, other]) {
      const peer = await server.connect();
      // It would change how the session is sent, and only its own server could.
      const setup = await server.ask(peer, "SETUP", session, { headers });
      assertEquals([setup.status, setup.headers.get("Session")], [454, undefined]);
      const describe = await server.ask(peer, "DESCRIBE", session);
      assertEquals([describe.status, describe.headers.get("Session")], [200, session.id]);
      assertEquals(describe.headers.get("Content-Type"), "application/sdp");
      const none = { header: `Session: ${PREFIXES[0]}${"0".repeat(32)}` };
      assertEquals((await server.ask(peer, "DESCRIBE", { ...session, ...none })).status, 454);
    }
    assertEquals((await one.ask(owner, "SETUP", session, { headers })).status, 200);
  }));

Deno.test("who asks at another server has to say who it is there", () => {
  const authenticator = new Authenticator({
    realm: "test",
    users: new Map(),
    clock: new FakeClock(),
    randomBytes: (length) => new Uint8Array(length),
  });
  return withTwo({}, async (one, other) => {
    const session = await leftBehind(one);
    const { status, headers } = await other.ask(await other.connect(), "TEARDOWN", session);
    assertEquals([status, headers.get("Session")], [401, undefined]);
    assertEquals(one.server.sessionCount, 1);
  }, { authenticator });
});

Deno.test("the limits hold for all that count in one place", async () => {
  const cells = shareCounts(7);
  const limits = { ...DEFAULT_SERVER_LIMITS, maxConnections: 3, maxSessions: 2 };
  const places = (): TestServerOptions["places"] => placesWithin(limits, cells);
  await withServer(
    { places: places() },
    (one) =>
      withServer({ places: places() }, async (other) => {
        const [peer, second, third] = [
          await one.connect(),
          await other.connect(),
          await other.connect(),
        ];
        await other.until("connected", 2);
        await one.until("connected");
        const session = await one.setUp(peer, one.receiver());
        await other.setUp(second);
        const headers = ["Transport: RTP/AVP/TCP;unicast;interleaved=0-1"];
        assertEquals((await third.request("SETUP", other.url(), { headers })).status, 453);
        assertEquals((await one.ask(peer, "TEARDOWN", session)).status, 200);
        assertEquals((await third.request("SETUP", other.url(), { headers })).status, 200);
        assertEquals((await (await one.connect()).request("OPTIONS", "*")).status, 503);
        await third.close();
        await other.until("disconnected");
        assertEquals((await (await one.connect()).request("OPTIONS", one.url())).status, 200);
      }),
  );
  assertEquals([cells.connections[0], cells.sessions[0]], [0, 0], "all places were given back");
});
