// A file of many frames plays before they are counted; what needs the end waits for it, a while.
import type { FrameSource } from "../../../../lib/stream/frame_source.ts";
import type { MediaProvider } from "../../../../lib/stream/media_provider.ts";
import { assertEquals } from "../../../support/assert.ts";
import { MOVIE, withServer } from "../../../support/rtsp_server.ts";
import { eventually } from "../../../support/wait.ts";

/** Longer than any answer waits for a count. */
const LONG_MS = 300;

/** A file whose frames are counted when the test says so. */
function uncounted(): { media: MediaProvider; asked: () => number; count: () => void } {
  const counted = Promise.withResolvers<number>();
  let known: number | undefined;
  let asked = 0;
  const source: FrameSource = {
    frameRate: 20,
    get knownFrameCount() {
      return known;
    },
    faults: [],
    frameCount: () => {
      asked++;
      return counted.promise;
    },
    frame: (index) => MOVIE[index],
    prefetch: () => true,
    close: () => {},
  };
  const media: MediaProvider = {
    open: () => Promise.resolve({ source, release: () => {} }),
    list: () => Promise.resolve(["movie.Mjpeg"]),
  };
  return { media, asked: () => asked, count: () => counted.resolve(known = MOVIE.length) };
}

Deno.test("SETUP and PLAY from the beginning ask for no count; it is made once frames leave", async () => {
  const { media, asked, count } = uncounted();
  await withServer({ media }, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    const played = await test.play(peer, session, "Range: npt=0.000-");
    assertEquals(played.headers.get("Range"), "npt=0.000-");
    await test.clock.advance(0);
    assertEquals([(await peer.frames(1)).at(-1)!.marker, asked()], [true, 0]);
    await test.clock.advance(LONG_MS);
    assertEquals(asked(), 1);
    count();
  });
});

Deno.test("PLAY from elsewhere waits for the count, and is refused where the media has ended", async () => {
  const { media, asked, count } = uncounted();
  await withServer({ media }, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    const refused = test.ask(peer, "PLAY", session, { headers: ["Range: npt=3.5-"] });
    await eventually("frames to be counted", () => asked() === 1);
    count();
    assertEquals((await refused).status, 457);
    const played = await test.play(peer, session, "Range: npt=2-");
    assertEquals(played.headers.get("Range"), "npt=2.000-3.000");
  });
});

Deno.test("PLAY from elsewhere goes ahead when counting takes too long", async () => {
  const { media, asked, count } = uncounted();
  await withServer({ media }, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    const reply = test.ask(peer, "PLAY", session, { headers: ["Range: npt=2-"] });
    await eventually("frames to be counted", () => asked() === 1);
    await test.clock.advance(LONG_MS);
    const { status, headers } = await reply;
    assertEquals([status, headers.get("Range")], [200, "npt=2.000-"]);
    await test.clock.advance(LONG_MS);
    count();
  });
});

Deno.test("a server that stops has nothing counted any more, and leaves no timer", async () => {
  const { media, asked } = uncounted();
  await withServer({ media }, async (test) => {
    const peer = await test.connect();
    await test.play(peer, await test.setUp(peer), "Range: npt=0.000-");
    await test.shutDown();
    await test.clock.advance(LONG_MS);
    assertEquals(asked(), 0);
  });
});
