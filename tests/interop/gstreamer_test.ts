// GStreamer's rtspsrc and playbin on our server.
import { assertEquals } from "../support/assert.ts";
import { peerTest, program } from "../support/peers.ts";
import { allOf } from "./support/child.ts";
import { concat } from "../lib/jpeg/pictures.ts";
import { folderHashes, inFolder, labClip, movieFrames, sourceHashes } from "./support/clips.ts";
import { GSTREAMER, gstScript, PYTHON_GST } from "./support/gstreamer.ts";
import { cropTo, PICTURE_CLIPS } from "./support/pictures.ts";
import {
  assertPlayedToTheEnd,
  assertQuiet,
  type JsonEvent,
  jsonLines,
  withServer,
} from "./support/rtspkit.ts";

// ffmpeg decodes what GStreamer received, and the source, so that pixels can be compared exactly.
const PEERS = [GSTREAMER, PYTHON_GST, program("ffmpeg")];
const TRANSPORTS = ["udp", "tcp"] as const;

/** Plays with `rtspsrc ! rtpjpegdepay`, which keeps the JPEG of every frame. @returns what it told */
async function play(
  url: string,
  transport: string,
  folder: string,
  flags: string[] = [],
): Promise<JsonEvent[]> {
  return jsonLines(
    await gstScript(PYTHON_GST, "gst_player.py", [url, transport, folder, ...flags]),
  );
}

for (const transport of TRANSPORTS) {
  peerTest(`rtspsrc gets every pixel of the whole clip over ${transport}`, PEERS, async () => {
    const frames = await movieFrames();
    const expected = await sourceHashes(concat(...frames));
    await inFolder({ "movie.Mjpeg": labClip(frames) }, async (root) => {
      await inFolder({}, async (out) => {
        await withServer({ root }, async (server) => {
          await play(server.url("movie.Mjpeg"), transport, out);
          assertEquals(await folderHashes(out), expected);
          await assertPlayedToTheEnd(server, 500);
        });
      });
    });
  });

  peerTest(`rtspsrc pauses and goes on with the next frame over ${transport}`, PEERS, async () => {
    const frames = (await movieFrames()).slice(0, 80);
    const expected = await sourceHashes(concat(...frames));
    await inFolder({ "movie.Mjpeg": labClip(frames) }, async (root) => {
      await inFolder({}, async (out) => {
        await withServer({ root, fps: 50 }, async (server) => {
          await play(server.url("movie.Mjpeg"), transport, out, ["--pause-at", "20"]);
          assertEquals(await folderHashes(out), expected);
          await assertPlayedToTheEnd(server, 80);
          const [paused] = server.events.filter(({ event }) => event === "session-paused");
          const [, again] = server.events.filter(({ event }) => event === "session-playing");
          assertEquals(again!.position, paused!.position);
        });
      });
    });
  });

  peerTest(
    `rtspsrc seeks forward to the frame of that time over ${transport}`,
    PEERS,
    async () => {
      await assertSeeks(transport, { seekAt: 20, seekTo: 3 });
    },
  );

  peerTest(`rtspsrc seeks back to the first frame over ${transport}`, PEERS, async () => {
    await assertSeeks(transport, { seekAt: 60, seekTo: 0 });
  });

  peerTest(`playbin shows every frame over ${transport}`, PEERS, async () => {
    const frames = (await movieFrames()).slice(0, 80);
    await inFolder({ "movie.Mjpeg": labClip(frames) }, async (root) => {
      await withServer({ root, fps: 50 }, async (server) => {
        const args = [server.url("movie.Mjpeg"), transport];
        const shown = JSON.parse(await gstScript(PYTHON_GST, "gst_playbin.py", args));
        assertEquals(shown, { frames: 80, caps: [384, 288], trouble: [] });
        await assertPlayedToTheEnd(server, 80);
      });
    });
  });
}

/** Plays 200 frames at 50 a second with one seek, and checks what came before and after it. */
async function assertSeeks(
  transport: string,
  { seekAt, seekTo }: { seekAt: number; seekTo: number },
): Promise<void> {
  const fps = 50;
  const frames = (await movieFrames()).slice(0, 200);
  const expected = await sourceHashes(concat(...frames));
  await inFolder({ "movie.Mjpeg": labClip(frames) }, async (root) => {
    await inFolder({}, async (out) => {
      await withServer({ root, fps }, async (server) => {
        const seek = ["--seek-at", String(seekAt), "--seek-to", String(seekTo)];
        const told = await play(server.url("movie.Mjpeg"), transport, out, seek);
        // A frame or two may still come between the one that asks for the seek and the seek.
        const before = told.find(({ event }) => event === "sought")!.frames as number;
        const wanted = [...expected.slice(0, before), ...expected.slice(seekTo * fps)];
        assertEquals(await folderHashes(out), wanted);
        const [end] = await server.sessionEnds();
        assertEquals(end!.reason, "teardown");
        assertQuiet(server);
      });
    });
  });
}

for (const clip of PICTURE_CLIPS) {
  peerTest(`rtspsrc gets every pixel of pictures with ${clip.name}`, PEERS, async () => {
    const source = await clip.make();
    const expected = await sourceHashes(source, cropTo(clip));
    assertEquals(expected.length, clip.count);
    await inFolder({ "clip.mjpeg": source }, async (root) => {
      await withServer({ root, fps: 40 }, async (server) => {
        const url = server.url("clip.mjpeg");
        await allOf(TRANSPORTS.map((transport) =>
          inFolder({}, async (out) => {
            await play(url, transport, out);
            assertEquals(await folderHashes(out, cropTo(clip)), expected, transport);
          })
        ));
        for (const { frames, reason } of await server.sessionEnds(TRANSPORTS.length)) {
          assertEquals({ frames, reason }, { frames: clip.count, reason: "teardown" });
        }
        assertQuiet(server);
      });
    });
  });
}
