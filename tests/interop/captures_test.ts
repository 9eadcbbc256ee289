// Captures: tshark as the judge of what `probe FILE` says of them, and of what `--pcap` writes.
import { assert, assertEquals } from "../support/assert.ts";
import { packetCapture, peerTest, program } from "../support/peers.ts";
import { PcapngRecorder } from "../../lib/media/capture/pcapng_recorder.ts";
import { openRecording } from "../../lib/media/capture/capture_source.ts";
import { MemoryBytes } from "../../lib/media/byte_source.ts";
import { reply, request } from "../support/capture_sessions.ts";
import { packetsOf, PICTURES } from "../support/scripted_media.ts";
import { ascii } from "../support/split.ts";
import { concat } from "../lib/jpeg/pictures.ts";
import { Dissection, recordLoopback } from "./support/capture.ts";
import { run } from "./support/child.ts";
import {
  decodedHashes,
  ffmpeg,
  inFolder,
  labClip,
  movieFrames,
  sourceHashes,
} from "./support/clips.ts";
import { GSTREAMER, gstScript, PYTHON_GST } from "./support/gstreamer.ts";
import { type JsonEvent, jsonLines, rtspkit, type Server, withServer } from "./support/rtspkit.ts";

const TSHARK = packetCapture();
const TRANSPORTS = ["udp", "tcp"] as const;
const FRAMES = 60;
/** Both write milliseconds with three digits behind the point, so the last one may differ by one. */
const ROUNDING_MS = 0.0011;

/** Who plays a stream while it is recorded. */
type Play = (url: string, transport: string, folder: string) => Promise<unknown>;

const playFfmpeg: Play = (url, transport) => {
  return ffmpeg(["-rtsp_transport", transport, "-i", url, "-f", "null", "-"]);
};

const playGstreamer: Play = (url, transport, folder) => {
  return gstScript(PYTHON_GST, "gst_player.py", [url, transport, folder]);
};

/** Runs `use` with a recording of a play of a clip from our server. */
async function recorded(
  play: Play,
  transport: string,
  use: (path: string, server: Server) => Promise<void>,
): Promise<void> {
  const first = 24_000 + 2 * Math.floor(2000 * Math.random());
  const flags = ["--udp-ports", `${first}-${first + 63}`];
  const frames = (await movieFrames()).slice(0, FRAMES);
  await inFolder({ "movie.Mjpeg": labClip(frames) }, async (root) => {
    await withServer({ root, fps: 50, flags }, async (server) => {
      await inFolder({}, async (folder) => {
        const filter = `tcp port ${server.port} or udp portrange ${first}-${first + 63}`;
        const recording = await recordLoopback(filter, async () => {
          await play(server.url("movie.Mjpeg"), transport, folder);
          await server.sessionEnds();
        });
        await Deno.writeFile(`${root}/recording.pcapng`, recording);
        await use(`${root}/recording.pcapng`, server);
      });
    });
  });
}

async function probe(path: string): Promise<JsonEvent[]> {
  const { code, stdout, stderr } = await rtspkit(["probe", path, "--json"]);
  assertEquals(code, 0, stderr);
  return jsonLines(stdout);
}

const only = (events: JsonEvent[], name: string): JsonEvent[] => {
  return events.filter(({ event }) => event === name);
};

/** What tshark's table of streams and ours say of the only stream must be equal. */
async function assertEqualCounts(
  events: JsonEvent[],
  dissection: Dissection,
  transport: string,
): Promise<void> {
  const [summary, ...others] = only(events, "summary");
  assertEquals(others, []);
  const ssrc = `0x${(summary!.ssrc as number).toString(16).padStart(8, "0")}`;
  const table = await dissection.rtpStream(ssrc);
  assertEquals([summary!.packets, summary!.frames], [table.packets, FRAMES]);
  // Of several packets in one TCP segment tshark's table takes the last first, and then counts
  // each of the others as lost; over UDP it has no such choice.
  assertEquals(summary!.lost, transport === "udp" ? table.lost : 0);
  if (transport === "udp") assertEqualJitter(summary!, table.maxJitterMs);
}

function assertEqualJitter({ maxJitterMs }: JsonEvent, tshark: number): void {
  const difference = Math.abs(maxJitterMs as number - tshark);
  assert(difference <= ROUNDING_MS, `jitter of at most ${maxJitterMs} ms, tshark ${tshark} ms`);
}

for (const transport of TRANSPORTS) {
  for (
    const [name, play, peers] of [
      ["ffmpeg", playFfmpeg, [program("ffmpeg")]],
      ["rtspsrc", playGstreamer, [GSTREAMER, PYTHON_GST]],
    ] as const
  ) {
    peerTest(
      `probe of a recording of ${name} over ${transport} counts what tshark counts`,
      [TSHARK, ...peers],
      async () => {
        await recorded(play, transport, async (path, server) => {
          const events = await probe(path);
          await assertEqualCounts(events, new Dissection(path, server.port), transport);
          assertEquals(only(events, "session").map(({ kind }) => kind), ["rtsp"]);
          const requests = only(events, "rtsp").flatMap(({ method }) => method as string ?? []);
          assertEquals(requests, server.requests.map((request) => request.split(" ")[0]!));
          assertEquals(only(events, "finding").filter(({ level }) => level === "error"), []);
          assertEquals(only(events, "rtcp").at(-1)?.type, "BYE");
        });
      },
    );
  }
}

peerTest(
  "probe reads what editcap makes of a recording, and its losses as tshark",
  [TSHARK, program("editcap"), program("ffmpeg")],
  async () => {
    await recorded(playFfmpeg, "udp", async (path, server) => {
      for (const format of ["pcap", "nsecpcap", "modpcap", "pcapng"]) {
        await editcap(["-F", format, path, `${path}.${format}.pcap`]);
        const events = await probe(`${path}.${format}.pcap`);
        await assertEqualCounts(events, new Dissection(path, server.port), "udp");
      }
      // Some packets in the middle are missing, and some came late.
      const lossy = `${path}.lossy.pcapng`;
      await editcap([path, lossy, "60", "70-72", "90"]);
      const events = await probe(lossy);
      const [summary] = only(events, "summary");
      const ssrc = `0x${(summary!.ssrc as number).toString(16).padStart(8, "0")}`;
      const table = await new Dissection(lossy, server.port).rtpStream(ssrc);
      assert(table.lost >= 4);
      assertEquals([summary!.packets, summary!.lost], [table.packets, table.lost]);
      assertEqualJitter(summary!, table.maxJitterMs);
    });
  },
);

async function editcap(args: string[]): Promise<void> {
  const { code, stderr } = await run("editcap", args);
  assertEquals(code, 0, stderr);
}

for (const transport of TRANSPORTS) {
  peerTest(`tshark finds all in what probe --pcap writes over ${transport}`, [TSHARK], async () => {
    const frames = (await movieFrames()).slice(0, FRAMES);
    await inFolder({ "movie.Mjpeg": labClip(frames) }, async (root) => {
      await withServer({ root, fps: 50 }, async (server) => {
        const path = `${root}/seen.pcapng`;
        const url = server.url("movie.Mjpeg");
        const { code, stdout, stderr } = await rtspkit(
          ["probe", url, "--transport", transport, "--json", "--pcap", path],
        );
        assertEquals(code, 0, stderr);
        const live = jsonLines(stdout);
        const dissection = new Dissection(path, server.port);
        await assertSound(dissection);
        const requests = await dissection.fields("rtsp.method", ["rtsp.method"]);
        const methods = requests.map(([method]) => method!.join());
        assertEquals(methods, ["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "TEARDOWN"]);
        await assertEqualCounts(await probe(path), dissection, transport);
        const rtp = only(live, "rtp");
        const ssrc = `0x${(rtp[0]!.ssrc as number).toString(16).padStart(8, "0")}`;
        assertEquals((await dissection.rtpStream(ssrc)).packets, rtp.length);
        // Both ways: what the server reports, and what we do.
        const reports = await dissection.fields("rtcp", ["rtcp.pt"]);
        const types = new Set(reports.flatMap(([types]) => types!));
        assertEquals(types.has("200") && types.has("203"), true, [...types].join());
        assertEquals(await tickOf(path), "9", "times in nanoseconds");
      });
    });
  });
}

peerTest("tshark finds RTP by RTSP on its usual port with no help", [TSHARK], async () => {
  const folder = await Deno.makeTempDir();
  const recorder = await PcapngRecorder.create(`${folder}/seen.pcapng`);
  const [local, server] = ["192.0.2.10", "192.0.2.1"];
  const packets = packetsOf(PICTURES).flat();
  const seen = (direction: "out" | "in", bytes: Uint8Array, ports: [number, number]) => ({
    ...{ time: 1_700_000_000_000, arrival: 0, direction, bytes },
    local: { hostname: local, port: ports[0] },
    remote: { hostname: server, port: ports[1] },
  });
  const transport = "Transport: RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001";
  const asked = request("SETUP", `rtsp://${server}/m/track1`, 1, transport);
  recorder.chunk(seen("out", ascii(asked), [40_000, 554]));
  recorder.chunk(seen("in", ascii(reply(1, `${transport}\r\nSession: 1\r\n\r\n`)), [40_000, 554]));
  for (const packet of packets) recorder.datagram(seen("in", packet, [5000, 6000]));
  await recorder.close();
  const { stdout } = await run("tshark", [
    "-n",
    "-r",
    `${folder}/seen.pcapng`,
    "-Y",
    "rtp.p_type==26",
  ]);
  assertEquals(stdout.trimEnd().split("\n").length, packets.length);
  await Deno.remove(folder, { recursive: true });
});

/** Checks that nothing is malformed or wrong in the eyes of any dissector, checksums included. */
async function assertSound({ path, rtspPort }: Dissection): Promise<void> {
  const sums = ["ip", "tcp", "udp"].flatMap((name) => ["-o", `${name}.check_checksum:TRUE`]);
  const bad = "_ws.malformed || _ws.expert.severity >= warning";
  const decode = ["-d", `tcp.port==${rtspPort},rtsp`];
  const { stdout } = await run("tshark", ["-n", "-r", path, ...decode, ...sums, "-Y", bad]);
  assertEquals(stdout, "");
}

/** What a capture's first interface says of its times: 10 to the minus how much a second. */
async function tickOf(path: string): Promise<string | undefined> {
  const { stdout } = await run("capinfos", [path]);
  return /Time resolution\s*=\s*0x0?(\d+)/.exec(stdout)?.[1];
}

peerTest(
  "the pictures in a recording are those that were played",
  [TSHARK, program("ffmpeg")],
  async () => {
    const frames = (await movieFrames()).slice(0, FRAMES);
    await recorded(playFfmpeg, "tcp", async (path) => {
      const source = await openRecording(new MemoryBytes(await Deno.readFile(path)));
      const pictures: Uint8Array[] = [];
      for (let i = 0; i < await source.frameCount(); i++) pictures.push((await source.frame(i))!);
      assertEquals(source.frameRate, 50);
      assertEquals(source.faults, []);
      await inFolder({ "all.mjpeg": concat(...pictures) }, async (folder) => {
        const input = ["-f", "mjpeg", "-i", `${folder}/all.mjpeg`];
        assertEquals(await decodedHashes(input), await sourceHashes(concat(...frames)));
      });
    });
  },
);
