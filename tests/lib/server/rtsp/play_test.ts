import { parseRtpInfo } from "../../../../lib/rtsp/headers/rtp_info.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { framesOf, numbers, numbersOf, stepsOf } from "../../../support/rtp_frames.ts";
import type { RtspPeer } from "../../../support/rtsp_peer.ts";
import {
  FRAME_TICKS,
  MOVIE,
  pass,
  type TestServer,
  withServer,
} from "../../../support/rtsp_server.ts";

/** The numbers of the movie's frames that came, of which there must be `count`. */
async function shown(peer: RtspPeer, count: number): Promise<number[]> {
  return numbersOf(framesOf(await peer.frames(count)), MOVIE);
}

/** Waits for the end of what is being played and its BYE. */
async function toTheEnd(test: TestServer, peer: RtspPeer, milliseconds: number): Promise<void> {
  const ends = test.told("session-end-of-media").length;
  await pass(test.clock, milliseconds);
  await test.until("session-end-of-media", ends + 1);
  await peer.rtcp(2 * (ends + 1));
}

const RANGES: { range: string; frames: number[]; reply: string }[] = [
  { range: "npt=0-", frames: numbers(0, 59), reply: "npt=0.000-3.000" },
  { range: "npt=0.000-", frames: numbers(0, 59), reply: "npt=0.000-3.000" },
  { range: "npt=now-", frames: numbers(0, 59), reply: "npt=0.000-3.000" },
  { range: "npt=1-", frames: numbers(20, 59), reply: "npt=1.000-3.000" },
  { range: "npt=1.02-1.2", frames: numbers(20, 23), reply: "npt=1.000-1.200" },
  { range: "npt=-0.5", frames: numbers(0, 9), reply: "npt=0.000-0.500" },
  { range: "npt=0:00:01-0:00:01.5", frames: numbers(20, 29), reply: "npt=1.000-1.500" },
  { range: "npt=2.99-10", frames: [59], reply: "npt=2.950-3.000" },
  { range: "npt=2.95-3", frames: [59], reply: "npt=2.950-3.000" },
  { range: "npt=0.35-0.36", frames: [7], reply: "npt=0.350-0.400" },
  { range: "npt=1-1.1;time=19970123T143720Z", frames: [20, 21], reply: "npt=1.000-1.100" },
  { range: "smpte=0:00:01-0:00:02", frames: numbers(20, 40), reply: "npt=1.000-2.050" },
  { range: "smpte-30-drop=0:00:01-0:00:01:15", frames: numbers(20, 30), reply: "npt=1.000-1.550" },
  { range: "smpte-25=0:00:01:05-0:00:02", frames: numbers(24, 39), reply: "npt=1.200-2.000" },
];

for (const { range, frames, reply } of RANGES) {
  Deno.test(`PLAY ${range} plays those frames and says so, then BYE`, () =>
    withServer({}, async (test) => {
      const peer = await test.connect();
      const session = await test.setUp(peer);
      const response = await test.play(peer, session, `Range: ${range}`);
      assertEquals(response.headers.get("Range"), reply);
      await toTheEnd(test, peer, 50 * (frames.length + 1));
      assertEquals(await shown(peer, frames.length), frames);
      const last = (await peer.rtcp(2)).at(-1)!;
      assertEquals(last.map(({ type }) => type), ["SR", "SDES", "BYE"]);
    }));
}

Deno.test("RTP-Info names the track and the first packet's sequence number and timestamp", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    for (const range of ["npt=0-0.2", "npt=2-2.2", "npt=1-1.2"]) {
      const before = peer.payloads(0).length;
      const { headers } = await test.play(peer, session, `Range: ${range}`);
      const [info, ...others] = parseRtpInfo(headers.get("RTP-Info")!);
      assertEquals([info!.url, others.length], [`${test.url()}/track1`, 0]);
      await toTheEnd(test, peer, 300);
      const first = (await peer.rtp(before + 1))[before]!;
      assertEquals([info!.seq, info!.rtptime], [first.sequence, first.timestamp]);
    }
  }));

Deno.test("frames leave at their times and none before", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session);
    const counts = [];
    for (const step of [0, 49, 1, 49, 1, 50]) {
      await test.clock.advance(step);
      const position = await test.ask(peer, "GET_PARAMETER", session, { body: "position" });
      counts.push(new TextDecoder().decode(position.body).trim());
    }
    assertEquals(
      counts,
      [0.05, 0.05, 0.1, 0.1, 0.15, 0.2].map((at) => `position: ${at.toFixed(3)}`),
    );
    assertEquals(await shown(peer, 4), [0, 1, 2, 3]);
  }));

Deno.test("PAUSE says where, and PLAY goes on there, timestamps and sequence numbers as if nothing was", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session);
    await pass(test.clock, 200);
    const pause = await test.ask(peer, "PAUSE", session);
    assertEquals(pause.headers.get("Range"), "npt=0.250-");
    const packets = (await peer.frames(5)).length;
    await test.clock.advance(20_000);
    const { headers } = await test.play(peer, session);
    assertEquals((await peer.rtp(packets)).length, packets, "nothing came while paused");
    assertEquals(headers.get("Range"), "npt=0.250-3.000");
    await toTheEnd(test, peer, 3000);
    const frames = framesOf(await peer.frames(60));
    assertEquals(numbersOf(frames, MOVIE), numbers(0, 59));
    assertEquals(new Set(stepsOf(frames)), new Set([FRAME_TICKS]));
    const [info] = parseRtpInfo(headers.get("RTP-Info")!);
    assertEquals(info!.rtptime, frames[5]!.timestamp);
    assertEquals(info!.seq, frames[5]!.packets[0]!.sequence);
  }));

Deno.test("PAUSE before PLAY and PAUSE twice say where and change nothing", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    for (let i = 0; i < 2; i++) {
      const { status, headers } = await test.ask(peer, "PAUSE", session);
      assertEquals([status, headers.get("Range")], [200, "npt=0.000-"]);
    }
    assertEquals(test.told("session-paused"), []);
    await test.play(peer, session);
    await test.clock.advance(0);
    assertEquals(await shown(peer, 1), [0]);
  }));

Deno.test("RFC 2326 appendix B: timestamps and sequence numbers go on over a seek", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session, "Range: npt=0-0.5");
    await toTheEnd(test, peer, 600);
    await test.clock.advance(5000);
    await test.play(peer, session, "Range: npt=2-2.5");
    await pass(test.clock, 200);
    await test.ask(peer, "PAUSE", session);
    await test.play(peer, session, "Range: npt=1-1.2");
    await toTheEnd(test, peer, 300);
    const frames = framesOf(await peer.frames(19));
    assertEquals(numbersOf(frames, MOVIE), [
      ...numbers(0, 9),
      ...numbers(40, 44),
      ...numbers(20, 23),
    ]);
    assertEquals(new Set(stepsOf(frames)), new Set([FRAME_TICKS]));
  }));

Deno.test("after the end PLAY without Range begins again, and with one plays that", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session, "Range: npt=2.9-");
    await toTheEnd(test, peer, 150);
    const { headers } = await test.play(peer, session);
    assertEquals(headers.get("Range"), "npt=0.000-3.000");
    await pass(test.clock, 50);
    await test.ask(peer, "PAUSE", session);
    await test.play(peer, session, "Range: npt=2.95-");
    await toTheEnd(test, peer, 150);
    assertEquals(await shown(peer, 5), [58, 59, 0, 1, 59]);
  }));

Deno.test("PLAY without Range while playing changes nothing", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session, "Range: npt=0-0.2");
    await pass(test.clock, 50);
    const { status, headers } = await test.ask(peer, "PLAY", session);
    assertEquals([status, headers.has("Range"), headers.has("RTP-Info")], [200, false, false]);
    await toTheEnd(test, peer, 200);
    assertEquals(await shown(peer, 4), [0, 1, 2, 3]);
  }));

Deno.test("RFC 2326 section 10.5: ranges asked for while playing are played one after another", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session, "Range: npt=0-0.2");
    for (const range of ["npt=1-1.1", "npt=2-2.1"]) {
      const { status, headers } = await test.ask(peer, "PLAY", session, {
        headers: [`Range: ${range}`],
      });
      assertEquals([status, headers.has("RTP-Info")], [200, false]);
    }
    await toTheEnd(test, peer, 500);
    const frames = framesOf(await peer.frames(8));
    assertEquals(numbersOf(frames, MOVIE), [0, 1, 2, 3, 20, 21, 40, 41]);
    assertEquals(new Set(stepsOf(frames)), new Set([FRAME_TICKS]));
    assertEquals(test.told("session-end-of-media").length, 1, "one end");
    const byes = (await peer.rtcp(2)).flat().filter(({ type }) => type === "BYE");
    assertEquals(byes.length, 1, "one BYE");
  }));

Deno.test("PAUSE forgets the ranges that wait, and PLAY goes on at the pause point", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session, "Range: npt=0-0.2");
    await test.ask(peer, "PLAY", session, { headers: ["Range: npt=1-1.1"] });
    await pass(test.clock, 50);
    await test.ask(peer, "PAUSE", session);
    await test.play(peer, session, "Range: npt=now-");
    await pass(test.clock, 200);
    assertEquals(await shown(peer, 7), numbers(0, 6));
  }));

Deno.test("RFC 2326 section 10.6: PAUSE with a point to come stops there, and PLAY goes on there", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session);
    await pass(test.clock, 50);
    const { status, headers } = await test.ask(peer, "PAUSE", session, {
      headers: ["Range: npt=0.25-"],
    });
    assertEquals([status, headers.get("Range")], [200, "npt=0.250-"]);
    await pass(test.clock, 1000);
    assertEquals(await shown(peer, 5), [0, 1, 2, 3, 4]);
    assertEquals(test.told("session-paused").map(({ position }) => position), [5]);
    assertEquals(test.told("session-end-of-media"), []);
    assertEquals((await peer.rtcp(1)).flat().some(({ type }) => type === "BYE"), false);
    const play = await test.play(peer, session);
    assertEquals(play.headers.get("Range"), "npt=0.250-3.000");
    await pass(test.clock, 50);
    const frames = framesOf(await peer.frames(7));
    assertEquals(numbersOf(frames, MOVIE), numbers(0, 6));
    assertEquals(new Set(stepsOf(frames)), new Set([FRAME_TICKS]));
  }));

for (const rate of ["Scale: 2", "Speed: 2"]) {
  Deno.test(`a pause point stays where it is when another rate is asked for: ${rate}`, () =>
    withServer({}, async (test) => {
      const peer = await test.connect();
      const session = await test.setUp(peer);
      await test.play(peer, session);
      await pass(test.clock, 50);
      await test.ask(peer, "PAUSE", session, { headers: ["Range: npt=0.5-"] });
      const faster = await test.play(peer, session, rate);
      assertEquals(faster.headers.get("Range"), "npt=0.100-0.500");
      await pass(test.clock, 1000);
      assertEquals(test.told("session-paused").map(({ position }) => position), [10]);
      assertEquals(test.told("session-end-of-media"), []);
      const { headers } = await test.play(peer, session);
      assertEquals(headers.get("Range"), "npt=0.500-3.000");
    }));
}

/** The example of section 10.6 in tenths: 1 to 1.5 s is played, 2 to 2.9 s waits. */
const PAUSE_POINTS: { point: string; frames: number[]; next: string; name: string }[] = [
  {
    name: "in the range that waits",
    point: "2.1",
    frames: [...numbers(20, 29), 40, 41],
    next: "2.100",
  },
  { name: "that has passed, at once", point: "1.0", frames: [20, 21, 22], next: "1.150" },
  { name: "at the end of the range", point: "1.5", frames: numbers(20, 29), next: "1.500" },
];

for (const { name, point, frames, next } of PAUSE_POINTS) {
  Deno.test(`PAUSE with a point ${name}`, () =>
    withServer({}, async (test) => {
      const peer = await test.connect();
      const session = await test.setUp(peer);
      await test.play(peer, session, "Range: npt=1-1.5");
      await test.ask(peer, "PLAY", session, { headers: ["Range: npt=2-2.9"] });
      await pass(test.clock, 100);
      const headers = [`Range: npt=${point}-`];
      const reply = await test.ask(peer, "PAUSE", session, { headers });
      assertEquals([reply.status, reply.headers.get("Range")], [200, `npt=${next}-`]);
      await pass(test.clock, 1500);
      assertEquals(await shown(peer, frames.length), frames);
      const play = await test.play(peer, session);
      assertEquals(play.headers.get("Range"), `npt=${next}-3.000`);
    }));
}

Deno.test("457 for a PAUSE with a point that nothing to be played has, which changes nothing", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    const headers = ["Range: npt=1.7-"];
    assertEquals((await test.ask(peer, "PAUSE", session, { headers })).status, 457, "in Ready");
    await test.play(peer, session, "Range: npt=1-1.5");
    await test.ask(peer, "PLAY", session, { headers: ["Range: npt=2-2.1"] });
    assertEquals((await test.ask(peer, "PAUSE", session, { headers })).status, 457);
    await toTheEnd(test, peer, 700);
    await test.play(peer, session);
    const beyond = await test.ask(peer, "PAUSE", session, { headers: ["Range: npt=3-"] });
    assertEquals(beyond.status, 457, "behind the end of the media");
    assertEquals((await test.ask(peer, "PAUSE", session)).status, 200);
    assertEquals(await shown(peer, 12), [...numbers(20, 29), 40, 41]);
  }));

Deno.test("PAUSE with a point while playing backwards and in steps", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session, "Scale: -3", "Range: npt=1-");
    await pass(test.clock, 0);
    const headers = ["Range: npt=0.5-"];
    assertEquals((await test.ask(peer, "PAUSE", session, { headers })).status, 200);
    await pass(test.clock, 500);
    assertEquals(await shown(peer, 4), [20, 17, 14, 11]);
    const play = await test.play(peer, session);
    assertEquals(play.headers.get("Range"), "npt=0.500-3.000");
  }));

Deno.test("--loop starts over without a gap in time and without BYE, and tells no end", () =>
  withServer({ loop: true }, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    const { headers } = await test.play(peer, session, "Range: npt=2.9-");
    assertEquals(headers.get("Range"), "npt=2.900-");
    await pass(test.clock, 3300);
    const frames = framesOf(await peer.frames(67));
    assertEquals(numbersOf(frames, MOVIE), [58, 59, ...numbers(0, 59), 0, 1, 2, 3, 4]);
    assertEquals(new Set(stepsOf(frames)), new Set([FRAME_TICKS]));
    const types = new Set((await peer.rtcp(1)).flat().map(({ type }) => type));
    assert(!types.has("BYE"));
  }));

Deno.test("--loop keeps to a range with an end", () =>
  withServer({ loop: true }, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session, "Range: npt=2.9-3");
    await toTheEnd(test, peer, 200);
    assertEquals(await shown(peer, 2), [58, 59]);
  }));

Deno.test("viewers of one file have their own positions and times", () =>
  withServer({}, async (test) => {
    const peers = [await test.connect(), await test.connect()] as const;
    const sessions = [await test.setUp(peers[0]), await test.setUp(peers[1])] as const;
    await test.play(peers[0], sessions[0]);
    await pass(test.clock, 100);
    await test.play(peers[1], sessions[1], "Range: npt=2-");
    await pass(test.clock, 100);
    assertEquals(await shown(peers[0], 5), [0, 1, 2, 3, 4]);
    assertEquals(await shown(peers[1], 3), [40, 41, 42]);
    const [a, b] = [(await peers[0].rtp(1))[0]!, (await peers[1].rtp(1))[0]!];
    assert(a.ssrc !== b.ssrc);
  }));
