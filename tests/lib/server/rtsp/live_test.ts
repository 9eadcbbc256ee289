// Media that go on by themselves: joined where they are, dated by when their pictures come.
import { LiveSource } from "../../../../lib/media/live/live_source.ts";
import type { LiveSink } from "../../../../lib/media/live/origin.ts";
import {
  type MediaProvider,
  MediaUnavailableError,
} from "../../../../lib/stream/media_provider.ts";
import { assert, assertEquals, assertStringIncludes } from "../../../support/assert.ts";
import type { FakeClock } from "../../../support/fake_clock.ts";
import { clipFrames } from "../../../support/clips.ts";
import { pass, type TestServer, withServer } from "../../../support/rtsp_server.ts";

const SMALL = clipFrames({ frames: 20 });

/** A live medium that the test sends the pictures of. */
class Live implements MediaProvider {
  readonly source: LiveSource;
  sink: LiveSink | undefined;
  #end: (() => void) | undefined;
  /** The server's clock, once there is a server. */
  clock: FakeClock | undefined;

  constructor() {
    this.source = new LiveSource({
      name: "cam",
      clock: {
        now: () => this.clock!.now(),
        setTimer: (delay, callback) => this.clock!.setTimer(delay, callback),
      },
      random: () => 1,
      always: true,
      once: true,
      pull: (sink) => {
        this.sink = sink;
        return new Promise((resolve) => this.#end = resolve);
      },
    });
  }

  open(): ReturnType<LiveSource["open"]> {
    return this.source.open();
  }

  list(): Promise<string[]> {
    return Promise.resolve(["cam"]);
  }

  send(index: number): void {
    this.sink!.frame(SMALL[index]!.slice());
  }

  end(): void {
    this.#end!();
  }
}

async function withLive(body: (test: TestServer, live: Live) => Promise<void>): Promise<void> {
  const media = new Live();
  await withServer({ media }, async (test) => {
    media.clock = test.clock;
    media.send(0);
    await body(test, media);
    media.source.close();
  });
}

Deno.test("live media are described without an end and without a rate", () =>
  withLive(async (test) => {
    const peer = await test.connect();
    const { status, body } = await peer.request("DESCRIBE", test.url());
    const sdp = new TextDecoder().decode(body);
    assertEquals(status, 200);
    assertStringIncludes(sdp, "a=range:npt=now-\r\n");
    assert(!sdp.includes("framerate"));
  }));

Deno.test("a viewer joins at the newest picture, and timestamps follow the pictures' arrival", () =>
  withLive(async (test, live) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    live.send(1);
    const reply = await test.play(peer, session, "Range: npt=0.000-");
    assertEquals(reply.headers.get("Range"), "npt=now-");
    const rtptime = Number(/rtptime=(\d+)/.exec(reply.headers.get("RTP-Info")!)![1]);
    await pass(test.clock, 0);
    for (const [wait, index] of [[100, 2], [1234, 3], [7, 4]] as const) {
      await pass(test.clock, wait);
      live.send(index);
      await pass(test.clock, 0);
    }
    const packets = await peer.frames(4);
    const times = [...new Set(packets.map(({ timestamp }) => (timestamp - rtptime) >>> 0))];
    assertEquals(times, [0, 100, 1334, 1341].map((ms) => 90 * ms));
  }));

Deno.test("pictures that come at once have timestamps of their own", () =>
  withLive(async (test, live) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session);
    await pass(test.clock, 0);
    for (const index of [1, 2, 3]) live.send(index);
    const packets = await peer.frames(4);
    assertEquals(new Set(packets.map(({ timestamp }) => timestamp)).size, 4);
  }));

Deno.test("a viewer pauses and goes on with the present, timestamps without a gap", () =>
  withLive(async (test, live) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session, "Range: npt=now-");
    await pass(test.clock, 0);
    const before = (await peer.frames(1)).at(-1)!;
    const paused = await peer.request("PAUSE", test.url(), { headers: [session.header] });
    assertEquals([paused.status, paused.headers.get("Range")], [200, "npt=now-"]);
    await pass(test.clock, 30_000);
    live.send(1);
    const again = await test.play(peer, session);
    await pass(test.clock, 50);
    const after = (await peer.frames(2)).at(-1)!;
    assertStringIncludes(again.headers.get("RTP-Info")!, `rtptime=${after.timestamp}`);
    assertEquals((after.timestamp - before.timestamp) >>> 0, 4500, "one frame at 20 a second on");
    assertEquals(after.sequence, (before.sequence + 1) & 0xffff, "nothing was missed on the way");
  }));

for (const [header, status] of [["Range: npt=5-", 457], ["Range: clock=20200101T000000Z-", 456]]) {
  Deno.test(`what is live has no other times: ${header} is refused`, () =>
    withLive(async (test) => {
      const peer = await test.connect();
      const session = await test.setUp(peer);
      const headers = [session.header, String(header)];
      assertEquals((await peer.request("PLAY", test.url(), { headers })).status, status);
    }));
}

Deno.test("what is live pauses at once only, and a rate that is asked for is its own", () =>
  withLive(async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    const reply = await test.play(peer, session, "Scale: 2.0");
    assertEquals(Number(reply.headers.get("Scale")), 1);
    const again = { headers: [session.header, "Range: npt=now-"] };
    assertEquals((await peer.request("PLAY", test.url(), again)).status, 200);
    const later = { headers: [session.header, "Range: npt=9-"] };
    assertEquals((await peer.request("PAUSE", test.url(), later)).status, 457);
  }));

Deno.test("a session stays up while no pictures come, with reports", () =>
  withLive(async (test, live) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session);
    await pass(test.clock, 120_000);
    const reports = (await peer.rtcp(10)).flat().filter(({ type }) => type === "SR");
    assert(reports.length >= 10);
    live.send(5);
    await peer.frames(2);
    assertEquals(test.told("session-ended"), []);
  }));

Deno.test("when the input ends, so does the stream, with a BYE", () =>
  withLive(async (test, live) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session);
    await pass(test.clock, 0);
    await peer.frames(1);
    live.end();
    await test.until("session-end-of-media");
    const packets = (await peer.rtcp(2)).flat();
    assertEquals(packets.at(-1)!.type, "BYE");
    const { status } = await peer.request("DESCRIBE", test.url());
    assertEquals(status, 503);
  }));

Deno.test("media that is not to be had now is answered 503, with the reason", async () => {
  const media: MediaProvider = {
    open: () => Promise.reject(new MediaUnavailableError("cam", "the camera is away")),
    list: () => Promise.resolve([]),
  };
  await withServer({ media }, async (test) => {
    const peer = await test.connect();
    const { status, body } = await peer.request("DESCRIBE", test.url("cam"));
    assertEquals([status, new TextDecoder().decode(body)], [503, "cam: the camera is away\n"]);
    assertEquals(test.told("error").map(({ message }) => message), ["cam: the camera is away"]);
  });
});
