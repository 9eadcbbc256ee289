// The clients of others where a password, TLS or a multicast group stands before the pictures.
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { multicastRoute, peerTest, program } from "../support/peers.ts";
import { concat } from "../lib/jpeg/pictures.ts";
import { run } from "./support/child.ts";
import {
  decodedHashes,
  folderHashes,
  inFolder,
  labClip,
  movieFrames,
  sourceHashes,
} from "./support/clips.ts";
import { GSTREAMER, gstScript, PYTHON_GST } from "./support/gstreamer.ts";
import {
  assertPlayedOverTls,
  assertPlayedToTheEnd,
  type Server,
  withServer,
} from "./support/rtspkit.ts";

const FFMPEG = program("ffmpeg");
const RTSPSRC = [FFMPEG, GSTREAMER, PYTHON_GST];
const MULTICAST = await multicastRoute();
const FRAMES = 50;
const FILE = "movie.Mjpeg";

/** Serves some frames and checks that `client` gets the pixels of all of them. */
async function assertGetsAll(
  flags: (folder: string) => Promise<string[]>,
  client: (server: Server) => Promise<string[]>,
): Promise<void> {
  const frames = (await movieFrames()).slice(0, FRAMES);
  const expected = await sourceHashes(concat(...frames));
  await inFolder({ [FILE]: labClip(frames) }, async (root) => {
    await inFolder({}, async (folder) => {
      await withServer({ root, fps: 50, flags: await flags(folder) }, async (server) => {
        assertEquals(await client(server), expected);
      });
    });
  });
}

/** What rtspsrc gets. */
async function rtspsrc(url: string, transport: string, ...more: string[]): Promise<string[]> {
  let hashes: string[] = [];
  await inFolder({}, async (out) => {
    await gstScript(PYTHON_GST, "gst_player.py", [url, transport, out, ...more]);
    hashes = await folderHashes(out);
  });
  return hashes;
}

function withPassword(url: string, user: string): string {
  return url.replace("rtsp://", `rtsp://${user}@`);
}

const LOGIN = "viewer:secret";
const passwordFlags = (): Promise<string[]> => Promise.resolve(["--auth", LOGIN]);

/** Checks that a client was asked for its password once, and what it played. */
async function assertLoggedIn(server: Server): Promise<void> {
  const [end] = await server.sessionEnds();
  assertEquals([end!.reason, end!.frames], ["teardown", FRAMES]);
  assertEquals(server.requests.filter((request) => request.endsWith(" 401")).length, 1);
}

peerTest("ffmpeg answers our Digest challenge", [FFMPEG], async () => {
  await assertGetsAll(passwordFlags, async (server) => {
    const url = withPassword(server.url(FILE), LOGIN);
    const hashes = await decodedHashes(["-rtsp_transport", "tcp", "-i", url]);
    await assertLoggedIn(server);
    return hashes;
  });
});

peerTest("rtspsrc answers our Digest challenge", RTSPSRC, async () => {
  await assertGetsAll(passwordFlags, async (server) => {
    const hashes = await rtspsrc(withPassword(server.url(FILE), LOGIN), "tcp");
    await assertLoggedIn(server);
    return hashes;
  });
});

peerTest("ffmpeg with a wrong password gets nothing", [FFMPEG], async () => {
  await inFolder({ [FILE]: labClip((await movieFrames()).slice(0, FRAMES)) }, async (root) => {
    await withServer({ root, flags: ["--auth", LOGIN] }, async (server) => {
      const url = withPassword(server.url(FILE), "viewer:guess");
      const { code, stderr } = await run("ffmpeg", ["-nostdin", "-i", url, "-f", "null", "-"]);
      assert(code !== 0);
      assertMatch(stderr, /401 Unauthorized/);
      assertEquals(server.events.filter(({ event }) => event === "session-setup"), []);
    });
  });
});

/** Flags of a server with a certificate of its own making. */
async function tlsFlags(folder: string): Promise<string[]> {
  const [key, cert] = [`${folder}/key.pem`, `${folder}/cert.pem`];
  const made = await run("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    ...["-days", "2", "-keyout", key, "-out", cert],
  ]);
  assertEquals(made.code, 0, made.stderr);
  return ["--tls-cert", cert, "--tls-key", key];
}

peerTest("ffmpeg gets every pixel over rtsps", [FFMPEG, program("openssl")], async () => {
  await assertGetsAll(tlsFlags, async (server) => {
    const url = server.url(FILE).replace("rtsp://", "rtsps://");
    const hashes = await decodedHashes(["-rtsp_transport", "tcp", "-i", url]);
    await assertPlayedToTheEnd(server, FRAMES);
    return hashes;
  });
});

peerTest("rtspsrc gets every pixel over rtsps", [...RTSPSRC, program("openssl")], async () => {
  await assertGetsAll(tlsFlags, async (server) => {
    const url = server.url(FILE).replace("rtsp://", "rtsps://");
    const hashes = await rtspsrc(url, "tcp", "--any-certificate");
    await assertPlayedOverTls(server, FRAMES);
    return hashes;
  });
});

const selfSignedFlags = (): Promise<string[]> => Promise.resolve(["--tls-self-signed"]);

peerTest(
  "ffmpeg gets every pixel over rtsps with a certificate made on the spot",
  [FFMPEG],
  async () => {
    await assertGetsAll(selfSignedFlags, async (server) => {
      const url = server.url(FILE).replace("rtsp://", "rtsps://");
      const hashes = await decodedHashes(["-rtsp_transport", "tcp", "-i", url]);
      await assertPlayedToTheEnd(server, FRAMES);
      return hashes;
    });
  },
);

peerTest(
  "rtspsrc gets every pixel over rtsps with a certificate made on the spot",
  RTSPSRC,
  async () => {
    await assertGetsAll(selfSignedFlags, async (server) => {
      const url = server.url(FILE).replace("rtsp://", "rtsps://");
      const hashes = await rtspsrc(url, "tcp", "--any-certificate");
      await assertPlayedOverTls(server, FRAMES);
      return hashes;
    });
  },
);

const multicastFlags = (): Promise<string[]> => Promise.resolve(["--transport", "multicast"]);

peerTest("ffmpeg gets every pixel over multicast", [FFMPEG, MULTICAST], async () => {
  await assertGetsAll(multicastFlags, async (server) => {
    const how = ["-rtsp_transport", "udp_multicast"];
    const hashes = await decodedHashes([...how, "-i", server.url(FILE)]);
    await assertPlayedToTheEnd(server, FRAMES);
    return hashes;
  });
});

peerTest("rtspsrc gets every pixel over multicast", [...RTSPSRC, MULTICAST], async () => {
  await assertGetsAll(multicastFlags, async (server) => {
    const hashes = await rtspsrc(server.url(FILE), "udp-mcast");
    await assertPlayedToTheEnd(server, FRAMES);
    return hashes;
  });
});
