// Lab clients and standard clients on one port, at the same time, on the same file.
import { assertEquals } from "../support/assert.ts";
import { peerTest, program } from "../support/peers.ts";
import { allOf } from "./support/child.ts";
import { concat } from "../lib/jpeg/pictures.ts";
import {
  decodedHashes,
  folderHashes,
  inFolder,
  labClip,
  movieFrames,
  sourceHashes,
} from "./support/clips.ts";
import { GSTREAMER, gstScript, PYTHON_GST } from "./support/gstreamer.ts";
import { assertQuiet, rtspkit, type Server, withServer } from "./support/rtspkit.ts";

const PEERS = [program("ffmpeg"), GSTREAMER, PYTHON_GST];
const FILE = "movie.Mjpeg";
const FRAMES = 100;

/** One client after its own fashion. @returns the hashes of the pictures it got */
type Client = (server: Server) => Promise<string[]>;

function ffmpegClient(transport: string): Client {
  return (server) => decodedHashes(["-rtsp_transport", transport, "-i", server.url(FILE)]);
}

function gstreamerClient(transport: string): Client {
  return async (server) => {
    let hashes: string[] = [];
    await inFolder({}, async (out) => {
      await gstScript(PYTHON_GST, "gst_player.py", [server.url(FILE), transport, out]);
      hashes = await folderHashes(out);
    });
    return hashes;
  };
}

/** The lab's form of our own client: SETUP with LF lines, whole JPEGs in datagrams. */
const labClient: Client = async (server) => {
  let hashes: string[] = [];
  await inFolder({}, async (out) => {
    const stream = ["localhost", String(server.port), "0", FILE];
    const { code, stderr } = await rtspkit(["play", ...stream, "--dialect", "lab", "--out", out]);
    assertEquals(code, 0, stderr);
    hashes = await folderHashes(out);
  });
  return hashes;
};

const CLIENTS: Record<string, Client> = {
  "a lab client": labClient,
  "ffmpeg over udp": ffmpegClient("udp"),
  "another lab client": labClient,
  "ffmpeg over tcp": ffmpegClient("tcp"),
  "rtspsrc over udp": gstreamerClient("udp"),
  "rtspsrc over tcp": gstreamerClient("tcp"),
};

peerTest("lab and standard clients share one port and one file", PEERS, async () => {
  const frames = (await movieFrames()).slice(0, FRAMES);
  const expected = await sourceHashes(concat(...frames));
  await inFolder({ [FILE]: labClip(frames) }, async (root) => {
    // The lab's own pace: six clients and six decoders share the machine with the server.
    await withServer({ root, fps: 20 }, async (server) => {
      const playing = Object.entries(CLIENTS).map(async ([name, client]) => {
        assertEquals(await client(server), expected, name);
      });
      await allOf(playing);
      const ends = await server.sessionEnds(playing.length);
      assertEquals(ends.map(({ frames }) => frames), playing.map(() => FRAMES));
      assertEquals(ends.map(({ dialect }) => dialect).sort(), [
        ...["lab", "lab"],
        ...["rtsp", "rtsp", "rtsp", "rtsp"],
      ]);
      assertQuiet(server);
    });
  });
});
