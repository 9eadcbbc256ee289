// A viewer over TCP that reads slowly or not at all (RFC 2326, section 10.12).
import { libc } from "../../../../lib/net/native/libc.ts";
import { assert, assertEquals, assertMatch } from "../../../support/assert.ts";
import { clipFrames } from "../../../support/clips.ts";
import { framesOf, numbers, numbersOf, stepsOf } from "../../../support/rtp_frames.ts";
import type { RtspPeer } from "../../../support/rtsp_peer.ts";
import {
  FRAME_MS,
  FRAME_TICKS,
  MOVIE,
  pass,
  type SetUp,
  type TestServer,
  withServer,
} from "../../../support/rtsp_server.ts";
import { eventually } from "../../../support/wait.ts";
import { join } from "../../media/frames.ts";

/** Half a megabyte a frame: ten fill whatever the system holds for a reader that sleeps. */
const [BIG] = clipFrames({ frames: 1, width: 1600, height: 1200, quality: 98 });
const files = { "big.mjpeg": join(...Array.from({ length: 8 }, () => BIG!)) };

/** A viewer of the big clip that stops reading once it has the first frame. */
async function stalledViewer(test: TestServer): Promise<{ peer: RtspPeer; session: SetUp }> {
  const peer = await test.connect();
  const url = test.url("big.mjpeg");
  const session = await test.setUp(peer, undefined, { url });
  await peer.request("PLAY", url, { headers: [session.header] });
  await test.until("session-playing");
  await test.clock.advance(0);
  await peer.frames(1);
  peer.stopReading();
  return { peer, session };
}

/** Lets frames leave until some are left out. */
async function fallBehind(test: TestServer): Promise<number> {
  let frames = 0;
  while (test.told("session-warning").length === 0) {
    assert(++frames < 190, "frames are left out before the connection is given up");
    await pass(test.clock, FRAME_MS);
  }
  return frames;
}

Deno.test("who stops reading misses whole frames and gets the others whole", () =>
  withServer({ files, loop: true }, async (test) => {
    const { peer, session } = await stalledViewer(test);
    await fallBehind(test);
    await pass(test.clock, 20 * FRAME_MS);
    assertMatch(test.told("session-warning")[0]!.message, /reads too slowly: frame \d+ and others/);
    peer.readOn();
    const [url, headers] = [test.url("big.mjpeg"), [session.header]];
    // The reply comes behind everything that was accepted before.
    assertEquals((await peer.request("PAUSE", url, { headers })).status, 200);
    const frames = framesOf(await peer.rtp(1));
    await peer.request("TEARDOWN", url, { headers });
    const { frames: sent, dropped } = test.told("session-ended")[0]!;
    assertEquals(frames.length, sent, "all that was sent came whole");
    assert(dropped >= 10, `${dropped} frames were left out`);
    const gaps = stepsOf(frames).filter((step) => step !== FRAME_TICKS);
    const missed = gaps.reduce((sum, gap) => sum + gap / FRAME_TICKS - 1, 0);
    assert(missed <= dropped && missed % 1 === 0, "timestamps go on as time does");
  }));

Deno.test("others are on time meanwhile, over TCP and UDP", () =>
  withServer({ files, loop: true }, async (test) => {
    await stalledViewer(test);
    const [peer, receiver] = [await test.connect(), test.receiver()];
    const [overTcp, overUdp] = [await test.setUp(peer), await test.setUp(peer, receiver)];
    await test.play(peer, overTcp);
    await test.play(peer, overUdp);
    const passed = await fallBehind(test);
    for (const packets of [await peer.frames(passed), await receiver.frames(passed)]) {
      const frames = framesOf(packets).slice(0, passed);
      assertEquals(numbersOf(frames, MOVIE), numbers(0, passed - 1).map((n) => n % MOVIE.length));
      assertEquals(new Set(stepsOf(frames)), new Set([FRAME_TICKS]));
    }
    assertEquals((await peer.request("OPTIONS", "*")).status, 200);
  }));

Deno.test("who does not read keeps a server that stops for two seconds, and no longer", () =>
  withServer({ files, loop: true }, async (test) => {
    await stalledViewer(test);
    await fallBehind(test);
    test.server.close();
    await test.clock.advance(1999);
    assertEquals(test.server.connectionCount, 1);
    await test.clock.advance(1);
    await test.until("disconnected");
    assertEquals(test.told("disconnected")[0]!.reason, "server stopped");
  }));

Deno.test("who does not read in time is sent away, and its session with it", () =>
  withServer({ files, loop: true, limits: { writeMs: 2000 } }, async (test) => {
    const { session } = await stalledViewer(test);
    await fallBehind(test);
    // What its system still takes counts as reading, and the last that was left out is told later.
    await pass(test.clock, 12_000);
    await test.until("disconnected");
    assertEquals(test.told("disconnected")[0]!.reason, "Waited 2 s for the peer to read");
    const ended = test.told("session-ended");
    assertEquals(ended.map((each) => each.session), [session.id]);
    assertEquals([test.server.sessionCount, test.server.connectionCount], [0, 0]);
    await eventually("timers to be gone", () => test.clock.pending === 0);
  }));

Deno.test("who reads slower than the stream keeps what it gets whole, for as long as it likes", () =>
  withServer({ files, loop: true, limits: { writeMs: 2000 } }, async (test) => {
    const { peer } = await stalledViewer(test);
    await fallBehind(test);
    // Less than makes the system take more; where it does not tell what was read, that much.
    const portion = libc() === undefined ? Math.ceil(4_000_000 / BIG!.length) : 1;
    for (let i = 0; i < 5; i++) {
      const frames = (await peer.rtp(1)).filter(({ marker }) => marker).length;
      peer.readOn();
      await peer.frames(frames + portion);
      peer.stopReading();
      await pass(test.clock, 1000);
    }
    assertEquals(test.server.sessionCount, 1);
    peer.readOn();
    await peer.request("OPTIONS", "*");
    const packets = await peer.rtp(1);
    const whole = packets.findLastIndex(({ marker }) => marker);
    framesOf(packets.slice(0, whole + 1));
  }));
