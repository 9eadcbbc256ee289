import { assertEquals } from "../../../support/assert.ts";
import { framesOf, numbers, numbersOf, stepsOf } from "../../../support/rtp_frames.ts";
import {
  FRAME_TICKS,
  MOVIE,
  pass,
  type TestServer,
  withServer,
} from "../../../support/rtsp_server.ts";

interface Rate {
  name: string;
  headers: string[];
  /** Frames of the movie, in order; all that come. */
  frames: number[];
  /** RTP ticks from frame to frame. */
  ticks: number;
  /** ms from frame to frame, as they leave. */
  interval: number;
  /** What the reply says. */
  range: string;
  scale?: string;
  speed?: string;
}

const RATES: Rate[] = [
  {
    name: "Scale 2 leaves out every other frame",
    headers: ["Scale: 2"],
    frames: numbers(0, 58, 2),
    ticks: FRAME_TICKS,
    interval: 50,
    range: "npt=0.000-3.000",
    scale: "2.0",
  },
  {
    name: "Scale 4 from the middle of a range",
    headers: ["Scale: 4.0", "Range: npt=1-2"],
    frames: numbers(20, 39, 4),
    ticks: FRAME_TICKS,
    interval: 50,
    range: "npt=1.000-2.000",
    scale: "4.0",
  },
  {
    name: "Scale 1.5 leaves out one in three",
    headers: ["Scale: 1.5", "Range: npt=0-0.5"],
    frames: [0, 1, 3, 4, 6, 7, 9],
    ticks: FRAME_TICKS,
    interval: 50,
    range: "npt=0.000-0.500",
    scale: "1.5",
  },
  {
    name: "Scale 0.5 shows each frame for twice its time",
    headers: ["Scale: 0.5", "Range: npt=0-0.5"],
    frames: numbers(0, 9),
    ticks: 2 * FRAME_TICKS,
    interval: 100,
    range: "npt=0.000-0.500",
    scale: "0.5",
  },
  {
    name: "Scale -1 plays backwards to the first frame",
    headers: ["Scale: -1", "Range: npt=0.5-"],
    frames: numbers(0, 10).reverse(),
    ticks: FRAME_TICKS,
    interval: 50,
    range: "npt=0.500-0.000",
    scale: "-1.0",
  },
  {
    name: "Scale -1 from the very end to a point",
    headers: ["Scale: -1", "Range: npt=3-2.5"],
    frames: numbers(50, 59).reverse(),
    ticks: FRAME_TICKS,
    interval: 50,
    range: "npt=2.950-2.500",
    scale: "-1.0",
  },
  {
    name: "Scale -2 leaves out every other frame backwards",
    headers: ["Scale: -2", "Range: npt=0.5-"],
    frames: [10, 8, 6, 4, 2, 0],
    ticks: FRAME_TICKS,
    interval: 50,
    range: "npt=0.500-0.000",
    scale: "-2.0",
  },
  {
    name: "Scale -0.5 shows each for twice its time",
    headers: ["Scale: -0.5", "Range: npt=0.1-"],
    frames: [2, 1, 0],
    ticks: 2 * FRAME_TICKS,
    interval: 100,
    range: "npt=0.100-0.000",
    scale: "-0.5",
  },
  {
    name: "Scale 1000 is more than there is, and the reply says what it got",
    headers: ["Scale: 1000"],
    frames: [0],
    ticks: FRAME_TICKS,
    interval: 50,
    range: "npt=0.000-3.000",
    scale: "64.0",
  },
  {
    name: "Scale 0 would play nothing and means 1",
    headers: ["Scale: 0", "Range: npt=0-0.1"],
    frames: [0, 1],
    ticks: FRAME_TICKS,
    interval: 50,
    range: "npt=0.000-0.100",
    scale: "1.0",
  },
  {
    name: "Speed 2 delivers twice as fast, timestamps the same",
    headers: ["Speed: 2", "Range: npt=0-0.5"],
    frames: numbers(0, 9),
    ticks: FRAME_TICKS,
    interval: 25,
    range: "npt=0.000-0.500",
    speed: "2.0",
  },
  {
    name: "Speed 0.5 with Scale 2",
    headers: ["Speed: 0.5", "Scale: 2", "Range: npt=0-0.5"],
    frames: [0, 2, 4, 6, 8],
    ticks: FRAME_TICKS,
    interval: 100,
    range: "npt=0.000-0.500",
    scale: "2.0",
    speed: "0.5",
  },
];

async function playAt(test: TestServer, rate: Rate): Promise<void> {
  const peer = await test.connect();
  const session = await test.setUp(peer);
  const { headers } = await test.play(peer, session, ...rate.headers);
  assertEquals(
    [headers.get("Range"), headers.get("Scale"), headers.get("Speed")],
    [rate.range, rate.scale, rate.speed],
  );
  await test.clock.advance(0);
  for (let i = 1; i < rate.frames.length; i++) {
    await test.clock.advance(rate.interval - 1);
    await test.clock.advance(1);
  }
  assertEquals(test.told("session-end-of-media").length, 0, "not at its end yet");
  await test.clock.advance(rate.interval);
  assertEquals(test.told("session-end-of-media").length, 1, "at its end");
  const frames = framesOf(await peer.frames(rate.frames.length));
  await peer.rtcp(2);
  assertEquals(numbersOf(frames, MOVIE), rate.frames);
  assertEquals(new Set(stepsOf(frames)), new Set(rate.frames.length > 1 ? [rate.ticks] : []));
}

for (const rate of RATES) {
  Deno.test(rate.name, () => withServer({}, (test) => playAt(test, rate)));
}

Deno.test("the slowest Scale there is neither stops nor spins", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    const { headers } = await test.play(peer, session, "Scale: 0.000001");
    assertEquals(headers.get("Scale"), "0.01");
    await test.clock.advance(5000);
    assertEquals(numbersOf(framesOf(await peer.frames(2)), MOVIE), [0, 1]);
  }));

Deno.test("another Scale while playing holds at once, from the frame that is next", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session, "Range: npt=0-1");
    await pass(test.clock, 100);
    const { headers } = await test.play(peer, session, "Scale: 4");
    assertEquals([headers.get("Range"), headers.get("Scale")], ["npt=0.150-1.000", "4.0"]);
    await pass(test.clock, 300);
    const frames = framesOf(await peer.frames(8));
    const info = new RegExp(
      `;seq=${frames[3]!.packets[0]!.sequence};rtptime=${frames[3]!.timestamp}$`,
    );
    assertEquals(info.test(headers.get("RTP-Info")!), true, "RTP-Info is the next packet's");
    assertEquals(numbersOf(frames, MOVIE), [0, 1, 2, 3, 7, 11, 15, 19]);
    assertEquals(new Set(stepsOf(frames)), new Set([FRAME_TICKS]));
    assertEquals(test.told("session-end-of-media").length, 1, "the range still ends");
  }));

Deno.test("backwards while playing: from where it is to the first frame", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session, "Range: npt=1-2");
    await pass(test.clock, 100);
    const { headers } = await test.play(peer, session, "Scale: -10");
    assertEquals(headers.get("Range"), "npt=1.150-0.000");
    await pass(test.clock, 300);
    assertEquals(numbersOf(framesOf(await peer.frames(6)), MOVIE), [20, 21, 22, 23, 13, 3]);
  }));

Deno.test("backwards after the end begins with the last frame", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session, "Range: npt=2.95-");
    await pass(test.clock, 100);
    const { headers } = await test.play(peer, session, "Scale: -1");
    assertEquals(headers.get("Range"), "npt=2.950-0.000");
    await pass(test.clock, 100);
    assertEquals(numbersOf(framesOf(await peer.frames(4)), MOVIE), [59, 59, 58, 57]);
  }));

Deno.test("a rate holds for its PLAY only: the next without Scale plays as usual", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session, "Scale: 4");
    await pass(test.clock, 50);
    await test.ask(peer, "PAUSE", session);
    await test.play(peer, session);
    await pass(test.clock, 50);
    const frames = framesOf(await peer.frames(4));
    assertEquals(numbersOf(frames, MOVIE), [0, 4, 8, 9]);
  }));
