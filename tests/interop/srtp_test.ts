// SRTP with the programs of others: ffmpeg with keys by SDES, GStreamer with keys by MIKEY, as clients
// of our server and as a server for our client.
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import { gstreamer, peerTest, program, pythonGi } from "../support/peers.ts";
import { concat } from "../lib/jpeg/pictures.ts";
import { Child } from "./support/child.ts";
import {
  decodedHashes,
  folderHashes,
  inFolder,
  labClip,
  movieFrames,
  sourceHashes,
} from "./support/clips.ts";
import { gstScript, peerScript, PYTHON_GST } from "./support/gstreamer.ts";
import { writeAvi } from "./support/peer_servers.ts";
import {
  assertPlayedOverTls,
  assertPlayedToTheEnd,
  jsonLines,
  rtspkit,
  type Server,
  withServer,
} from "./support/rtspkit.ts";

const FFMPEG = program("ffmpeg");
const RTSPSRC = [FFMPEG, gstreamer("rtspsrc", "rtpjpegdepay", "srtpdec"), PYTHON_GST];
const PYTHON = pythonGi("Gst", "GstRtsp", "GstRtspServer");
const GST_SERVER = [FFMPEG, gstreamer("avidemux", "jpegparse", "rtpjpegpay", "srtpenc"), PYTHON];
const FPS = 50;
const FILE = "movie.Mjpeg";
/** Long enough for a receiver report. */
const FRAMES = 250;

/** A folder's certificate and key, and the flags that name them. */
async function tlsFlags(folder: string): Promise<string[]> {
  const [key, cert] = [`${folder}/key.pem`, `${folder}/cert.pem`];
  await Deno.writeTextFile(cert, TEST_CERTIFICATE.cert);
  await Deno.writeTextFile(key, TEST_CERTIFICATE.key);
  return ["--tls-cert", cert, "--tls-key", key];
}

/** Serves some frames as SRTP and checks that `client` gets the pixels of all of them. */
async function assertOpensAll(
  tls: boolean,
  client: (server: Server) => Promise<string[]>,
): Promise<void> {
  const frames = (await movieFrames()).slice(0, FRAMES);
  const expected = await sourceHashes(concat(...frames));
  await inFolder({ [FILE]: labClip(frames) }, async (root) => {
    await inFolder({}, async (folder) => {
      const flags = ["--srtp", ...tls ? await tlsFlags(folder) : []];
      await withServer({ root, fps: FPS, flags }, async (server) => {
        assertEquals(await client(server), expected);
        await (tls ? assertPlayedOverTls : assertPlayedToTheEnd)(server, FRAMES);
      });
    });
  });
}

function overTls(server: Server): string {
  return server.url(FILE).replace("rtsp://", "rtsps://");
}

for (const transport of ["udp", "tcp"]) {
  peerTest(`ffmpeg opens our SRTP over ${transport}, its key by SDES`, [FFMPEG], async () => {
    await assertOpensAll(false, (server) => {
      return decodedHashes(["-rtsp_transport", transport, "-i", server.url(FILE)]);
    });
  });
}

peerTest("ffmpeg opens our SRTP over rtsps", [FFMPEG], async () => {
  await assertOpensAll(true, (server) => {
    return decodedHashes(["-rtsp_transport", "tcp", "-i", overTls(server)]);
  });
});

for (const transport of ["udp", "tcp"]) {
  peerTest(
    `rtspsrc opens our SRTP over ${transport}, its key by MIKEY, and we its reports`,
    RTSPSRC,
    async () => {
      await assertOpensAll(true, async (server) => {
        let hashes: string[] = [];
        await inFolder({}, async (out) => {
          const args = [overTls(server), transport, out, "--any-certificate"];
          await gstScript(PYTHON_GST, "gst_player.py", args);
          hashes = await folderHashes(out);
        });
        const reports = server.events.filter(({ event }) => event === "session-report");
        assert(reports.length > 0, "its reports are taken, so they were authentic");
        return hashes;
      });
    },
  );
}

/** GStreamer's server with the profile SAVP over TLS, and the file of the certificate to trust. */
async function withGstSrtpServer(
  use: (url: string, certificate: string, expected: string[]) => Promise<void>,
): Promise<void> {
  const frames = concat(...(await movieFrames()).slice(0, 100));
  const expected = await sourceHashes(frames);
  await inFolder({}, async (folder) => {
    const [avi, pem] = [`${folder}/clip.avi`, `${folder}/both.pem`];
    await writeAvi(avi, frames, FPS);
    await Deno.writeTextFile(pem, TEST_CERTIFICATE.cert + TEST_CERTIFICATE.key);
    const server = new Child(PYTHON.path, [peerScript("gst_srtp_server.py"), avi, pem]);
    try {
      const { port } = await server.until(
        "its port",
        ({ stdout }) => stdout.includes("\n") ? JSON.parse(stdout) : undefined,
      );
      await use(`rtsps://127.0.0.1:${port}/clip`, pem, expected);
    } finally {
      await server.stop();
    }
  });
}

for (const transport of ["udp", "tcp"]) {
  peerTest(
    `play opens every pixel of the SRTP of GStreamer's server over ${transport}`,
    GST_SERVER,
    async () => {
      await withGstSrtpServer(async (url, certificate, expected) => {
        await inFolder({}, async (out) => {
          const trust = ["--tls-ca", certificate];
          const args = ["play", url, ...trust, "--transport", transport, "--out", out, "--json"];
          const { code, stdout, stderr } = await rtspkit(args);
          assertEquals(code, 0, stderr);
          const summary = jsonLines(stdout).find(({ event }) => event === "summary")!;
          const { frames, damagedFrames, lost } = summary;
          assertEquals({ frames, damagedFrames, lost }, { frames: 100, damagedFrames: 0, lost: 0 });
          assertEquals(await folderHashes(out), expected);
        });
      });
    },
  );
}

peerTest("probe tells how GStreamer's server protects its stream", GST_SERVER, async () => {
  await withGstSrtpServer(async (url, certificate) => {
    const args = ["probe", url, "--tls-ca", certificate, "--packets", "20", "--quiet-packets"];
    const { code, stdout, stderr } = await rtspkit(args);
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /RTP\/SAVP;unicast/);
    assertMatch(stdout, /Verdict: healthy: JPEG/);
    assertMatch(stdout, /is SRTP: AES_CM_128_HMAC_SHA1_80, its key by MIKEY/);
    assertMatch(stdout, /a=key-mgmt:mikey \*+\n/);
  });
});
