import { HELD_UP_MS } from "../../../../lib/net/clock.ts";
import { formatCompound } from "../../../../lib/rtcp/compound.ts";
import { parseTransport } from "../../../../lib/rtsp/headers/transport.ts";
import { ROUGHLY_MS } from "../../../../lib/server/scheduler.ts";
import { NO_IMPAIRMENT } from "../../../../lib/stream/impairment.ts";
import { assertEquals } from "../../../support/assert.ts";
import { framesOf, stepsOf } from "../../../support/rtp_frames.ts";
import type { RtspPeer } from "../../../support/rtsp_peer.ts";
import {
  FRAME_MS,
  FRAME_TICKS,
  pass,
  type SetUp,
  type TestServer,
  withServer,
} from "../../../support/rtsp_server.ts";
import { eventually } from "../../../support/wait.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The port our RTCP goes to. */
function reportPort({ response }: SetUp): number {
  return parseTransport(response.headers.get("Transport")!)[0]!.serverPort!.last!;
}

/** A receiver report about the stream of a session, or about nothing. */
function report(about?: SetUp): Uint8Array<ArrayBuffer> {
  const block = about && {
    ssrc: parseTransport(about.response.headers.get("Transport")!)[0]!.ssrc!,
    fractionLost: 64,
    cumulativeLost: 7,
    extendedHighestSequence: 0x1_0005,
    jitter: 900,
    lastSenderReport: 0,
    delaySinceLastSenderReport: 0,
  };
  return formatCompound([
    { type: "RR", ssrc: 0, reports: block === undefined ? [] : [block] },
    { type: "SDES", chunks: [{ source: 0, items: [{ type: "CNAME", text: "viewer" }] }] },
  ]);
}

const SIGNS: [string, (test: TestServer, peer: RtspPeer, session: SetUp) => Promise<unknown>][] = [
  ["OPTIONS", (test, peer, session) => test.ask(peer, "OPTIONS", session)],
  ["DESCRIBE", (test, peer, session) => test.ask(peer, "DESCRIBE", session)],
  ["GET_PARAMETER", (test, peer, session) => test.ask(peer, "GET_PARAMETER", session)],
  ["SET_PARAMETER", (test, peer, session) => test.ask(peer, "SET_PARAMETER", session)],
  ["PAUSE", (test, peer, session) => test.ask(peer, "PAUSE", session)],
  [
    "a refused PLAY",
    (test, peer, session) => test.ask(peer, "PLAY", session, { headers: ["Range: npt=9-"] }),
  ],
  [
    "SETUP",
    (test, peer, session) =>
      test.ask(peer, "SETUP", session, { headers: [`Transport: ${test.receiver().transport}`] }),
  ],
  [
    "a request that repeats the timeout",
    (_test, peer, { id }) =>
      peer.request("OPTIONS", "*", { headers: [`Session: ${id};timeout=60`] }),
  ],
  [
    "a request on another connection",
    async (test, _peer, session) => test.ask(await test.connect(), "GET_PARAMETER", session),
  ],
];

for (const [name, give] of SIGNS) {
  Deno.test(`a session over UDP is kept alive by ${name}`, () =>
    withServer({}, async (test) => {
      const peer = await test.connect();
      const session = await test.setUp(peer, test.receiver());
      for (let i = 0; i < 3; i++) {
        await test.clock.advance(MINUTE - 1);
        await give(test, peer, session);
      }
      await test.clock.advance(MINUTE - 1);
      assertEquals(test.server.sessionCount, 1);
      await test.clock.advance(ROUGHLY_MS);
      assertEquals(test.server.sessionCount, 0);
    }));
}

Deno.test("a machine that slept hears its clients out before it ends their sessions", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const [heard, silent] = [
      await test.setUp(peer, test.receiver()),
      await test.setUp(peer, test.receiver()),
    ];
    test.clock.stall(5 * MINUTE);
    await test.clock.advance(0);
    assertEquals(test.server.sessionCount, 2);
    assertEquals((await test.ask(peer, "OPTIONS", heard)).status, 200);
    await test.clock.advance(HELD_UP_MS - 1);
    assertEquals(test.server.sessionCount, 2);
    await test.clock.advance(1);
    assertEquals(test.server.sessionCount, 1);
    assertEquals((await test.ask(peer, "OPTIONS", silent)).status, 454);
    await test.clock.advance(MINUTE);
    assertEquals(test.server.sessionCount, 0);
  }));

Deno.test("a wall clock that jumps disturbs nobody", () =>
  withServer({ loop: true }, async (test) => {
    const { clock } = test;
    const peer = await test.connect();
    const receiver = test.receiver();
    const session = await test.setUp(peer, receiver);
    await test.play(peer, session);
    for (const jump of [-3 * DAY, 2 * 365 * DAY, 0]) {
      clock.wallJump = jump;
      await pass(clock, 4 * FRAME_MS);
      assertEquals((await test.ask(peer, "OPTIONS", session)).status, 200);
    }
    const steps = stepsOf(framesOf(await receiver.frames(12)));
    assertEquals(new Set(steps), new Set([FRAME_TICKS]));
    assertEquals(test.server.sessionCount, 1);
    await clock.advance(MINUTE);
    assertEquals(test.server.sessionCount, 0);
  }));

Deno.test("a session over UDP is not kept alive by other sessions and requests without Session", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    await test.setUp(peer, test.receiver());
    const other = await test.setUp(peer, test.receiver());
    await test.clock.advance(MINUTE - 1);
    await peer.request("GET_PARAMETER", test.url());
    await test.ask(peer, "OPTIONS", other);
    await test.clock.advance(1);
    assertEquals(test.server.sessionCount, 1);
    assertEquals((await test.ask(peer, "OPTIONS", other)).status, 200);
  }));

Deno.test("a session over UDP is kept alive by RTCP from its port, and by none from elsewhere", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const [receiver, stranger, barrier] = [test.receiver(), test.receiver(), test.receiver()];
    const session = await test.setUp(peer, receiver);
    const marked = await test.setUp(peer, barrier);
    const to = { hostname: "127.0.0.1", port: reportPort(session) };
    await test.clock.advance(MINUTE - 1);
    // ffmpeg's first report is about nobody.
    await receiver.pair.rtcp.send(report(), to);
    await barrier.pair.rtcp.send(report(marked), to);
    await test.until("session-report");
    await test.clock.advance(MINUTE - 1);
    assertEquals(test.server.sessionCount, 2);
    await stranger.pair.rtcp.send(report(), to);
    await barrier.pair.rtcp.send(report(marked), to);
    await test.until("session-report", 2);
    await test.clock.advance(ROUGHLY_MS);
    assertEquals(test.server.sessionCount, 1, "only the one that reported");
  }));

Deno.test("a receiver report becomes an event", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const receiver = test.receiver();
    const session = await test.setUp(peer, receiver);
    const to = { hostname: "127.0.0.1", port: reportPort(session) };
    await receiver.pair.rtcp.send(report(session), to);
    await test.until("session-report");
    const [told] = test.told("session-report");
    assertEquals([told!.fractionLost, told!.packetsLost, told!.jitterMs], [0.25, 7, 10]);
    assertEquals(told!.session, session.id);
    const overTcp = await test.setUp(peer);
    await peer.sendBlock(1, report(overTcp));
    await test.until("session-report", 2);
    assertEquals(test.told("session-report")[1]!.session, overTcp.id);
  }));

Deno.test("over TCP the open connection is life enough, paused and playing, without a word", () =>
  withServer({ loop: true, sessionTimeout: 5 }, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.clock.advance(HOUR);
    await test.play(peer, session);
    await pass(test.clock, 12_000);
    assertEquals(test.server.sessionCount, 1);
    assertEquals((await test.ask(peer, "PAUSE", session)).status, 200);
  }));

Deno.test("a session moved from TCP to UDP can expire, and back from UDP to TCP cannot", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const toUdp = await test.setUp(peer);
    await test.setUp(peer, test.receiver(), { headers: [toUdp.header] });
    const toTcp = await test.setUp(peer, test.receiver());
    await test.setUp(peer, undefined, { headers: [toTcp.header] });
    await test.clock.advance(HOUR);
    assertEquals((await test.ask(peer, "PAUSE", toUdp)).status, 454);
    assertEquals((await test.ask(peer, "PAUSE", toTcp)).status, 200);
  }));

Deno.test("a session that expires says BYE and frees everything, and its identifier means nothing", () =>
  withServer({ loop: true, sessionTimeout: 10 }, async (test) => {
    const peer = await test.connect();
    const receiver = test.receiver();
    const session = await test.setUp(peer, receiver);
    await test.play(peer, session);
    await pass(test.clock, 10_000);
    assertEquals([test.server.sessionCount, test.server.scheduledCount], [0, 0]);
    assertEquals(test.clock.pending, 1, "timers but that of the connection, which is idle");
    await eventually("BYE", () => receiver.rtcpDatagrams.length > 0);
    const told = test.told("session-ended")[0]!;
    assertEquals([told.reason, told.frames], ["timed out", 200]);
    const all = await receiver.rtcp(1);
    await eventually("the last report", () => receiver.rtcpDatagrams.length >= all.length);
    const bye = (await receiver.rtcp(all.length)).at(-1)!.at(-1)!;
    assertEquals(bye.type === "BYE" && bye.reason, "timed out");
    assertEquals((await test.ask(peer, "PLAY", session)).status, 454);
  }));

Deno.test("closing the connection ends the sessions whose media it carries, and no others", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const overTcp = await test.setUp(peer);
    await test.play(peer, overTcp);
    await test.clock.advance(0);
    await test.setUp(peer, undefined, { url: test.url("other.Mjpeg") });
    const overUdp = await test.setUp(peer, test.receiver());
    assertEquals(test.server.sessionCount, 3);
    await peer.close();
    await test.until("disconnected");
    assertEquals(test.server.sessionCount, 1);
    assertEquals(test.told("session-ended").map(({ reason }) => reason), [
      "connection closed",
      "connection closed",
    ]);
    const other = await test.connect();
    assertEquals((await test.ask(other, "TEARDOWN", overUdp)).status, 200);
  }));

Deno.test("a server that stops says BYE to its viewers, over UDP and TCP, and hangs up on all", () =>
  withServer({ loop: true }, async (test) => {
    const [peer, other] = [await test.connect(), await test.connect()];
    const receiver = test.receiver();
    const session = await test.setUp(peer, receiver);
    await test.play(peer, session);
    await test.play(other, await test.setUp(other));
    await test.clock.advance(0);
    test.server.close();
    await Promise.all([peer.closed(), other.closed()]);
    assertEquals(test.told("session-ended").map(({ reason }) => reason), [
      "server stopped",
      "server stopped",
    ]);
    for (const viewer of [receiver, other]) {
      const bye = (await viewer.rtcp(2))[1]!.at(-1)!;
      assertEquals(bye.type === "BYE" && bye.reason, "server stopped");
    }
    // It was the last that came.
    assertEquals(other.order.at(-1), "channel 1");
  }));

Deno.test("its BYE comes over a connection too where --impair makes all late, behind what was under way", () =>
  withServer({ loop: true, impairment: { ...NO_IMPAIRMENT, delayMs: 3000 } }, async (test) => {
    const peer = await test.connect();
    await test.play(peer, await test.setUp(peer));
    await pass(test.clock, 2 * FRAME_MS);
    test.server.close();
    await peer.closed();
    assertEquals(test.told("session-ended").map(({ impaired }) => impaired?.controlLost), [0]);
    assertEquals(framesOf(await peer.frames(3)).length, 3);
    const bye = (await peer.rtcp(2))[1]!.at(-1)!;
    assertEquals(bye.type === "BYE" && bye.reason, "server stopped");
    assertEquals(peer.order.at(-1), "channel 1");
  }));
