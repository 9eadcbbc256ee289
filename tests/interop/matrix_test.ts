// What probe --matrix finds out about the servers of others.
import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { gstreamer, peerTest, program, pythonGi } from "../support/peers.ts";
import { concat } from "../lib/jpeg/pictures.ts";
import { movieFrames } from "./support/clips.ts";
import { withGstServer } from "./support/peer_servers.ts";
import { type JsonEvent, jsonLines, rtspkit } from "./support/rtspkit.ts";

const PYTHON = pythonGi("Gst", "GstRtsp", "GstRtspServer");
const GST_SERVER = [gstreamer("avidemux", "jpegparse", "rtpjpegpay"), PYTHON, program("ffmpeg")];

/** Runs a matrix on GStreamer's server. @returns its rows by name */
async function matrix(
  flags: string[],
  env: Record<string, string> = {},
): Promise<Map<string, JsonEvent>> {
  const frames = concat(...(await movieFrames()).slice(0, 200));
  let rows: JsonEvent[] = [];
  await withGstServer(PYTHON, { frames, fps: 20 }, flags, async (url) => {
    const { code, stdout, stderr } = await rtspkit(
      ["probe", url, "--matrix", "--json", "--duration", "50s", "--timeout", "5s"],
      { env },
    );
    assertEquals(code, 0, stderr);
    rows = jsonLines(stdout);
  });
  return new Map(rows.map((row) => [row.name as string, row]));
}

peerTest("a matrix of GStreamer's server tells what is known of it", GST_SERVER, async () => {
  const rows = await matrix([]);
  const result = (name: string): unknown => rows.get(name)?.result;
  assertEquals(result("UDP"), "yes");
  assertEquals(result("TCP (interleaved)"), "yes");
  assertEquals(result("OPTIONS in the session"), "yes");
  assertEquals(result("GET_PARAMETER without a body"), "yes");
  assertEquals(result("GET_PARAMETER with a body"), "no");
  assertStringIncludes(rows.get("GET_PARAMETER with a body")!.detail as string, "451");
  assertEquals(result("Accept: application/sdp"), "yes");
  assertEquals(result("PAUSE and resume"), "yes");
  assertEquals(result("npt: from a time on"), "yes");
  // It says Scale: 1.000 and Speed: 2.000.
  const scale = rows.get("Scale: 2 (twice as fast)")!;
  assertStringIncludes((scale.exchange as string[]).join("\n"), "Speed: 2");
  // It does not tell its timeout of 60 s.
  assertEquals(result("nothing at all"), "skipped");
  assertStringIncludes(rows.get("nothing at all")!.detail as string, "give --duration");
});

peerTest("a matrix of GStreamer's server over TCP only, with Digest", GST_SERVER, async () => {
  const env = { RTSPKIT_USER: "viewer", RTSPKIT_PASSWORD: "secret" };
  const rows = await matrix(["--tcp-only", "--auth", "digest"], env);
  assertEquals(rows.get("UDP")?.result, "no");
  assertStringIncludes(rows.get("UDP")!.detail as string, "461");
  assertEquals(rows.get("TCP (interleaved)")?.result, "yes");
  assertEquals(JSON.stringify([...rows.values()]).includes("Digest username"), false);
});
