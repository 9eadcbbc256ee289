// Our client on the RTSP servers of others.
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { gstreamer, peerTest, program, pythonGi, superuser } from "../support/peers.ts";
import { concat } from "../lib/jpeg/pictures.ts";
import { folderHashes, inFolder, movieFrames, sourceHashes } from "./support/clips.ts";
import { withGstServer, withVlcServer } from "./support/peer_servers.ts";
import { type JsonEvent, jsonLines, rtspkit } from "./support/rtspkit.ts";

const PYTHON = pythonGi("Gst", "GstRtsp", "GstRtspServer");
const GST_SERVER = [gstreamer("avidemux", "jpegparse", "rtpjpegpay"), PYTHON, program("ffmpeg")];
// VLC refuses the superuser, and only the superuser can run it as somebody else.
const VLC_SERVER = [program("cvlc"), superuser(), program("ffmpeg")];
const FRAMES = 100;
const FPS = 50;

async function gstClip(): Promise<{ frames: Uint8Array; fps: number; hashes: string[] }> {
  const frames = concat(...(await movieFrames()).slice(0, FRAMES));
  return { frames, fps: FPS, hashes: await sourceHashes(frames) };
}

/** Runs a command of ours that must succeed; when it does not, shows the exchange. @returns the summary */
async function receive(args: string[], env: Record<string, string> = {}): Promise<JsonEvent> {
  const { code, stdout, stderr } = await rtspkit([...args, "--json", "-v"], { env });
  assertEquals(code, 0, stderr);
  return jsonLines(stdout).find(({ event }) => event === "summary")!;
}

/** The parts of a summary that say whether everything came. */
function whole({ frames, damagedFrames, lost, duplicated, reordered }: JsonEvent): JsonEvent {
  return { event: "summary", frames, damagedFrames, lost, duplicated, reordered };
}

function wholeSummary(frames: number): JsonEvent {
  return { event: "summary", frames, damagedFrames: 0, lost: 0, duplicated: 0, reordered: 0 };
}

for (const transport of ["udp", "tcp", "auto"]) {
  peerTest(
    `play gets every pixel from GStreamer's server over ${transport}`,
    GST_SERVER,
    async () => {
      const clip = await gstClip();
      await withGstServer(PYTHON, clip, [], async (url) => {
        await inFolder({}, async (out) => {
          const summary = await receive(["play", url, "--transport", transport, "--out", out]);
          assertEquals(whole(summary), wholeSummary(FRAMES));
          assertEquals(await folderHashes(out), clip.hashes);
        });
      });
    },
  );
}

for (const transport of ["udp", "tcp"]) {
  peerTest(
    `play --start begins at that time of GStreamer's clip over ${transport}`,
    GST_SERVER,
    async () => {
      const clip = await gstClip();
      await withGstServer(PYTHON, clip, [], async (url) => {
        await inFolder({}, async (out) => {
          const where = ["--transport", transport, "--start", "1.5", "--out", out];
          const summary = await receive(["play", url, ...where]);
          assertEquals(whole(summary), wholeSummary(FRAMES / 4));
          assertEquals(await folderHashes(out), clip.hashes.slice(-FRAMES / 4));
        });
      });
    },
  );

  peerTest(
    `dump keeps a whole MJPEG file of GStreamer's clip over ${transport}`,
    GST_SERVER,
    async () => {
      const clip = await gstClip();
      await withGstServer(PYTHON, clip, [], async (url) => {
        await inFolder({}, async (out) => {
          const file = `${out}/clip.mjpeg`;
          const how = ["--transport", transport, "--format", "mjpeg", "--out", file];
          assertEquals(whole(await receive(["dump", url, ...how])), wholeSummary(FRAMES));
          assertEquals(await sourceHashes(await Deno.readFile(file)), clip.hashes);
        });
      });
    },
  );

  peerTest(
    `probe --strict finds nothing wrong with GStreamer over ${transport}`,
    GST_SERVER,
    async () => {
      const clip = await gstClip();
      await withGstServer(PYTHON, clip, [], async (url) => {
        const { code, stdout, stderr } = await rtspkit([
          ...["probe", url, "--transport", transport, "--json", "--strict", "--quiet"],
        ]);
        assertEquals(code, 0, stderr);
        const events = jsonLines(stdout);
        const findings = events.filter(({ event, level }) =>
          event === "finding" && level !== "info"
        );
        assertEquals(findings, []);
        const packets = events.filter(({ event }) => event === "rtp");
        const summary = events.find(({ event }) => event === "summary")!;
        assertEquals(whole(summary), wholeSummary(FRAMES));
        assertEquals(packets.length, summary.packets);
        const reports = events.filter(({ event, type }) => event === "rtcp" && type === "BYE");
        assert(reports.length > 0, "GStreamer says BYE at the end");
      });
    },
  );
}

peerTest("play takes TCP when GStreamer's server has no UDP", GST_SERVER, async () => {
  const clip = await gstClip();
  await withGstServer(PYTHON, clip, ["--tcp-only"], async (url) => {
    assertEquals(whole(await receive(["play", url, "--ui", "none"])), wholeSummary(FRAMES));
    const refused = await rtspkit(["play", url, "--ui", "none", "--transport", "udp"]);
    assertEquals(refused.code, 4);
    assertMatch(refused.stderr, /461/);
  });
});

for (const scheme of ["basic", "digest"]) {
  peerTest(`play answers GStreamer's ${scheme} challenge`, GST_SERVER, async () => {
    const clip = await gstClip();
    await withGstServer(PYTHON, clip, ["--auth", scheme], async (url) => {
      const right = { RTSPKIT_USER: "viewer", RTSPKIT_PASSWORD: "secret" };
      const played = await receive(["play", url, "--ui", "none", "--frames", "20"], right);
      assertEquals(whole(played), wholeSummary(20));
      for (const env of [{}, { ...right, RTSPKIT_PASSWORD: "wrong" }]) {
        const { code, stderr } = await rtspkit(["play", url, "--ui", "none"], { env });
        assertEquals(code, 5, stderr);
      }
    });
  });
}

peerTest("play gets every frame from VLC's server from when it joins", VLC_SERVER, async () => {
  const fps = 20;
  const frames = concat(...(await movieFrames()).slice(0, 15 * fps));
  const hashes = await sourceHashes(frames);
  await withVlcServer({ frames, fps }, async (url) => {
    // VLC answers a SETUP for TCP with 461.
    const refused = await rtspkit(["play", url, "--ui", "none", "--transport", "tcp"]);
    assertEquals(refused.code, 4);
    assertMatch(refused.stderr, /461/);
    await inFolder({}, async (out) => {
      const how = ["--transport", "udp", "--frames", String(FRAMES / 2), "--out", out];
      assertEquals(whole(await receive(["play", url, ...how])), wholeSummary(FRAMES / 2));
      const got = await folderHashes(out);
      // From wherever the file was when we came.
      const first = hashes.indexOf(got[0]!);
      assertEquals(got, hashes.slice(first, first + FRAMES / 2));
    });
  });
});
