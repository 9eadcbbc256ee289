import type { LimitName } from "../../../lib/server/limit_names.ts";
import { ServerMetrics } from "../../../lib/server/metrics.ts";
import { serverFamilies } from "../../../lib/server/metrics_server.ts";
import { formatMetrics } from "../../../lib/server/metrics_text.ts";
import { ReceiverTrouble } from "../../../lib/server/send_trouble.ts";
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { clipFrames } from "../../support/clips.ts";
import { withoutRoom } from "../../support/no_room.ts";
import type { RtpReceiver, RtspPeer } from "../../support/rtsp_peer.ts";
import {
  FRAME_MS,
  MOVIE,
  pass,
  type SetUp,
  type TestServer,
  withServer,
} from "../../support/rtsp_server.ts";
import { withServer as withLabServer } from "../../support/server.ts";
import { eventually } from "../../support/wait.ts";
import { labFile } from "../media/frames.ts";

/** As Deno raises it, which has no class for it. */
function noBuffers(): Error {
  return Object.assign(new Error("No buffer space available (os error 105)"), { code: "ENOBUFS" });
}

const CASES: readonly (readonly [what: string, error: unknown, limits: number])[] = [
  ["ENOBUFS", noBuffers(), 1],
  ["ENOBUFS without its code", new Error("No buffer space available (os error 105)"), 1],
  ["ENOBUFS of macOS", new Error("No buffer space available (os error 55)"), 1],
  ["ENOMEM", Object.assign(new Error("Cannot allocate memory"), { code: "ENOMEM" }), 1],
  ["no route", new Error("Network is unreachable (os error 101)"), 0],
  ["what is no error", "gone", 0],
];

for (const [what, error, limits] of CASES) {
  Deno.test(`a datagram that is refused is counted: ${what}`, () => {
    const metrics = new ServerMetrics();
    const reached: LimitName[] = [];
    const warned: string[] = [];
    const limitReached = (limit: LimitName): void => void reached.push(limit);
    const warn = (_kind: string, message: string): void => void warned.push(message);
    const context = { metrics, limitReached };
    new ReceiverTrouble(context, { warn }, "a:1", "port 5000").failed(error);
    assertEquals(metrics.datagramsRefused, 1);
    assertEquals(reached, Array(limits).fill("send-buffers"));
    assertEquals(warned.length, 1);
    const text = formatMetrics(serverFamilies(metrics, { connections: 0, sessions: [] }));
    assertMatch(text, /^rtspkit_datagrams_refused_total 1$/m);
  });
}

Deno.test("a system without room for datagrams loses some, and the session goes on when there is room", () =>
  withServer({ loop: true }, async (test) => {
    const { peer, receiver, session } = await viewer(test);
    // The first report.
    await withoutRoom(async () => {
      await test.play(peer, session);
      await test.clock.advance(0);
      await test.until("session-warning");
    }, noBuffers);
    await pass(test.clock, 5 * FRAME_MS);
    await receiver.frames(5);
    assertEquals(test.told("limit-reached").map(({ limit }) => limit), ["send-buffers"]);
    const [warning] = test.told("session-warning");
    assertEquals(
      warning!.message.replace(/\d+/, "N"),
      "cannot send to port N: No buffer space available",
    );
    assertEquals((await peer.request("OPTIONS", "*")).status, 200);
  }));

/** A viewer over UDP that has set up its session. */
async function viewer(
  test: TestServer,
): Promise<{ peer: RtspPeer; receiver: RtpReceiver; session: SetUp }> {
  const peer = await test.connect();
  const receiver = test.receiver();
  return { peer, receiver, session: await test.setUp(peer, receiver) };
}

/** More of the movie than may wait for one viewer. */
const LONG = Math.ceil(2 * 512 * 1024 / MOVIE[0]!.length) * FRAME_MS;

Deno.test("frames that would leave too late over UDP are left out whole, and counted", async () => {
  const metrics = new ServerMetrics();
  await withServer({ loop: true, metrics }, async (test) => {
    const { peer, receiver, session } = await viewer(test);
    await withoutRoom(async () => {
      await test.play(peer, session);
      await pass(test.clock, LONG);
      assertEquals((await peer.request("OPTIONS", "*")).status, 200);
    });
    await test.ask(peer, "PAUSE", session);
    const packets = await receiver.frames(metrics.sent.udp.frames);
    assertEquals(packets.length, metrics.sent.udp.packets);
    packets.forEach(({ sequence }, i) => {
      assertEquals(sequence, (packets[0]!.sequence + i) & 0xffff);
    });
    await test.ask(peer, "TEARDOWN", session);
    await test.until("session-ended");
    const { frames, dropped } = test.told("session-ended")[0]!;
    assertEquals([frames, dropped], [metrics.sent.udp.frames, metrics.framesDropped]);
    assert(dropped > 0 && frames > 10, `${frames} sent, ${dropped} left out`);
    checkTold(test.told("limit-reached"), test.told("session-warning"));
  });
});

Deno.test("a viewer that leaves gets its BYE, and no frame that waited", () =>
  withServer({ loop: true }, async (test) => {
    const { peer, receiver, session } = await viewer(test);
    await withoutRoom(async () => {
      await test.play(peer, session);
      await pass(test.clock, 10 * FRAME_MS);
      await test.ask(peer, "TEARDOWN", session);
    });
    const reports = await receiver.rtcp(2);
    assertEquals(reports.flat().at(-1)?.type, "BYE");
    assertEquals(receiver.rtpDatagrams.length, 1);
  }));

Deno.test("lab datagrams that would leave too late are left out and counted", () => {
  const frames = clipFrames({ frames: 10, width: 320, height: 240, quality: 95 });
  const files = { "movie.Mjpeg": labFile(frames) };
  return withLabServer({ files, fps: 250, loop: true }, async (server) => {
    const client = await server.client();
    await client.request("SETUP");
    await withoutRoom(async () => {
      await client.request("PLAY");
      await eventually("frames left out", () => server.all("session-warning").length > 0);
      await client.request("PAUSE");
    });
    await client.request("TEARDOWN");
    await eventually("the session's end", () => server.all("session-ended").length > 0);
    const { frames, dropped } = server.all("session-ended")[0]!;
    assert(dropped > 0 && frames > 10, `${frames} sent, ${dropped} left out`);
    await client.until(({ packets }) => packets.length > 0);
    checkTold(server.all("limit-reached"), server.all("session-warning"));
  });
});

function checkTold(
  [limit]: readonly { limit: LimitName }[],
  [warning]: readonly { message: string }[],
): void {
  assertEquals(limit?.limit, "queued-bytes");
  assertMatch(warning!.message, /^datagrams leave too slowly: frame \d+ and others are left out$/);
}
