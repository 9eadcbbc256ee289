// Nothing stays behind of clients that go away, wherever in the conversation they were.
import { assert, assertEquals } from "../../../support/assert.ts";
import { requestText, type RtspPeer } from "../../../support/rtsp_peer.ts";
import { pass, type SetUp, type TestServer, withServer } from "../../../support/rtsp_server.ts";
import { eventually } from "../../../support/wait.ts";

const CONNECTIONS = 200;
const AT_ONCE = 20;

type Visit = (test: TestServer, peer: RtspPeer) => Promise<unknown>;

/** A session that frames are leaving for, over TCP or to a port nobody listens on. */
async function playing(test: TestServer, peer: RtspPeer, transport: string): Promise<SetUp> {
  const { headers } = await peer.request("SETUP", test.url(), {
    headers: [`Transport: ${transport}`],
  });
  const id = headers.get("Session")!.split(";")[0]!;
  const session = { id, header: `Session: ${id}` } as SetUp;
  assertEquals((await test.ask(peer, "PLAY", session)).status, 200);
  return session;
}

const UDP = "RTP/AVP;unicast;client_port=9-10";
const TCP = "RTP/AVP/TCP;unicast;interleaved=0-1";

/** Every state a client may be in when it hangs up. */
const VISITS: [string, Visit][] = [
  ["connected", () => Promise.resolve()],
  ["half a first line", (_test, peer) => peer.send("OPTI")],
  ["half a request", (_test, peer) => peer.send("OPTIONS * RTSP/1.0\r\nCSeq: ")],
  [
    "half a body",
    (test, peer) =>
      peer.send(`GET_PARAMETER ${test.url()} RTSP/1.0\r\nContent-Length: 9\r\n\r\nhalf`),
  ],
  ["half a block", (_test, peer) => peer.send(Uint8Array.of(0x24, 0, 1, 0, 5))],
  ["garbage", (_test, peer) => peer.send("\x01\x02\r\n\r\n")],
  ["OPTIONS", (_test, peer) => peer.request("OPTIONS", "*")],
  ["DESCRIBE", (test, peer) => peer.request("DESCRIBE", test.url())],
  [
    "a request whose reply nobody reads",
    (test, peer) => peer.send(requestText("DESCRIBE", test.url(), 1).repeat(20)),
  ],
  [
    "SETUP whose reply nobody reads",
    (test, peer) =>
      peer.send(requestText("SETUP", test.url(), 1, { headers: [`Transport: ${TCP}`] })),
  ],
  ["a refused SETUP", (test, peer) => peer.request("SETUP", test.url())],
  ["SETUP over TCP", (test, peer) => test.setUp(peer)],
  ["SETUP over UDP", (test, peer) => test.setUp(peer, test.receiver())],
  ["three SETUPs", async (test, peer) => {
    for (let i = 0; i < 3; i++) await test.setUp(peer);
  }],
  ["SETUP from UDP to TCP", async (test, peer) => {
    const session = await test.setUp(peer, test.receiver());
    await test.setUp(peer, undefined, { headers: [session.header] });
  }],
  ["PLAY over TCP", (test, peer) => playing(test, peer, TCP)],
  ["PLAY over UDP", (test, peer) => playing(test, peer, UDP)],
  ["queued PLAYs", async (test, peer) => {
    const session = await playing(test, peer, TCP);
    for (let i = 0; i < 4; i++) {
      await test.ask(peer, "PLAY", session, { headers: ["Range: npt=0-1"] });
    }
  }],
  ["PAUSE over TCP", async (test, peer) => {
    await test.ask(peer, "PAUSE", await playing(test, peer, TCP));
  }],
  ["PAUSE over UDP", async (test, peer) => {
    await test.ask(peer, "PAUSE", await playing(test, peer, UDP));
  }],
  ["TEARDOWN", async (test, peer) => {
    await test.ask(peer, "TEARDOWN", await playing(test, peer, UDP));
  }],
  ["TEARDOWN whose reply nobody reads", async (test, peer) => {
    const { header } = await playing(test, peer, TCP);
    await peer.send(requestText("TEARDOWN", test.url(), 99, { headers: [header] }));
  }],
  [
    "a lab client's SETUP",
    (_test, peer) =>
      peer.send("SETUP movie.Mjpeg RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 25000"),
  ],
];

/** Open files and sockets of this process, where the system tells. */
function openFiles(): number {
  return Deno.build.os === "linux" ? [...Deno.readDirSync("/proc/self/fd")].length : 0;
}

/** `AT_ONCE` clients make a visit and hang up, with time passing meanwhile. */
async function visitAll(test: TestServer, from: number): Promise<void> {
  const visits = Array.from({ length: AT_ONCE }, async (_, i) => {
    const peer = await test.connect();
    await VISITS[(from + i) % VISITS.length]![1](test, peer);
    return peer;
  });
  const peers = await Promise.all(visits);
  await pass(test.clock, 150);
  for (const peer of peers) await peer.close();
  await eventually("connections to end", () => test.server.connectionCount === 0);
}

Deno.test(`${CONNECTIONS} clients that leave in every state leave nothing behind`, () =>
  withServer({ sessionTimeout: 10 }, async (test) => {
    await visitAll(test, VISITS.length - AT_ONCE); // opens the ports that stay open
    await test.clock.advance(10_000);
    const before = openFiles();
    for (let from = 0; from < CONNECTIONS; from += AT_ONCE) await visitAll(test, from);
    assert(test.told("session-setup").length >= CONNECTIONS / 2, "sessions were made");
    assert(test.server.sessionCount > 0, "some over UDP outlive their connections");
    await pass(test.clock, 3000);
    await test.clock.advance(10_000);
    assertEquals(test.server.sessionCount, 0);
    assertEquals(test.server.scheduledCount, 0);
    assertEquals(test.clock.pending, 0, "timers");
    await test.closeReceivers();
    assertEquals(test.told("session-ended").length, test.told("session-setup").length);
    await eventually(`${before} open files`, () => openFiles() <= before);
  }));

for (const [name, visit] of VISITS) {
  Deno.test(`a server that stops frees everything after ${name}`, () =>
    withServer({}, async (test) => {
      const peer = await test.connect();
      await visit(test, peer);
      // Everything is freed at once, nobody having hung up; withServer checks what is left.
      test.server.close();
      await eventually("sessions to end", () => test.server.sessionCount === 0);
      await peer.closed();
    }));
}
