// ffmpeg and ffprobe on our server. ffplay is the same code with a window.
import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { peerTest, program } from "../support/peers.ts";
import { concat } from "../lib/jpeg/pictures.ts";
import { allOf, run } from "./support/child.ts";
import {
  decodedHashes,
  ffmpegFrames,
  inFolder,
  labClip,
  movieFrames,
  sourceHashes,
} from "./support/clips.ts";
import { cropTo, PICTURE_CLIPS } from "./support/pictures.ts";
import { assertPlayedToTheEnd, assertQuiet, withServer } from "./support/rtspkit.ts";

const FFMPEG = [program("ffmpeg")];
const FFPROBE = [program("ffmpeg"), program("ffprobe")];
const TRANSPORTS = ["udp", "tcp"] as const;

/** How ffmpeg is told to take a stream. */
function stream(url: string, transport: string): string[] {
  return ["-rtsp_transport", transport, "-i", url];
}

for (const transport of TRANSPORTS) {
  peerTest(`ffmpeg gets every pixel of the whole clip over ${transport}`, FFMPEG, async () => {
    const frames = await movieFrames();
    const expected = await sourceHashes(concat(...frames));
    assertEquals(expected.length, 500);
    await inFolder({ "movie.Mjpeg": labClip(frames) }, async (root) => {
      await withServer({ root }, async (server) => {
        assertEquals(await decodedHashes(stream(server.url("movie.Mjpeg"), transport)), expected);
        await assertPlayedToTheEnd(server, 500);
        assertEquals(server.requests, [
          "OPTIONS 200",
          "DESCRIBE 200",
          "SETUP 200",
          "PLAY 200",
          "TEARDOWN 200",
        ]);
      });
    });
  });

  peerTest(`ffmpeg -ss starts at the frame of that time over ${transport}`, FFMPEG, async () => {
    const frames = (await movieFrames()).slice(0, 200);
    const expected = await sourceHashes(concat(...frames.slice(100)));
    await inFolder({ "movie.Mjpeg": labClip(frames) }, async (root) => {
      await withServer({ root, fps: 50 }, async (server) => {
        const input = stream(server.url("movie.Mjpeg"), transport);
        assertEquals(await decodedHashes(["-ss", "2", ...input]), expected);
        await server.sessionEnds();
        assertQuiet(server);
      });
    });
  });
}

for (const clip of PICTURE_CLIPS) {
  peerTest(`ffmpeg gets every pixel of pictures with ${clip.name}`, FFMPEG, async () => {
    const source = await clip.make();
    const expected = await sourceHashes(source, cropTo(clip));
    assertEquals(expected.length, clip.count);
    await inFolder({ "clip.mjpeg": source }, async (root) => {
      await withServer({ root, fps: 40 }, async (server) => {
        const url = server.url("clip.mjpeg");
        await allOf(TRANSPORTS.map(async (transport) => {
          const got = await decodedHashes(stream(url, transport), cropTo(clip));
          assertEquals(got, expected, transport);
        }));
        for (const { frames, reason } of await server.sessionEnds(TRANSPORTS.length)) {
          assertEquals({ frames, reason }, { frames: clip.count, reason: "teardown" });
        }
        assertQuiet(server);
      });
    });
  });
}

peerTest("ffprobe reads codec, size, frame rate and duration", FFPROBE, async () => {
  const frames = (await movieFrames()).slice(0, 90);
  await inFolder({ "movie.Mjpeg": labClip(frames) }, async (root) => {
    await withServer({ root, fps: 30 }, async (server) => {
      const entries = "stream=codec_name,width,height,avg_frame_rate:format=duration";
      const { code, stdout, stderr } = await run("ffprobe", [
        ...["-hide_banner", "-loglevel", "warning", "-rtsp_transport", "tcp"],
        ...["-show_entries", entries, "-of", "json", server.url("movie.Mjpeg")],
      ]);
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
      const { streams, format } = JSON.parse(stdout);
      assertEquals(streams, [
        { codec_name: "mjpeg", width: 384, height: 288, avg_frame_rate: "30/1" },
      ]);
      assertEquals(format, { duration: "3.000000" });
      const [end] = await server.sessionEnds();
      assertEquals(end!.reason, "teardown");
      assertQuiet(server);
    });
  });
});

peerTest("ffmpeg is told when nothing can be shown", FFMPEG, async () => {
  const cut = (await ffmpegFrames("64x64", 1, ["-pix_fmt", "yuvj420p"])).slice(0, -200);
  await inFolder({ "clip.mjpeg": concat(cut, Uint8Array.of(0xff, 0xd9)) }, async (root) => {
    await withServer({ root }, async (server) => {
      const options = ["-hide_banner", "-nostdin", "-loglevel", "warning"];
      const input = stream(server.url("clip.mjpeg"), "tcp");
      const { code, stderr } = await run("ffmpeg", [...options, ...input, "-f", "null", "-"]);
      assertEquals(code === 0, false);
      assertStringIncludes(stderr, "method DESCRIBE failed: 415");
    });
  });
});
