// tshark as the judge of what we put on the wire, and of what we say about it.
import { assert, assertEquals, fail } from "../support/assert.ts";
import { packetCapture, peerTest } from "../support/peers.ts";
import { concat } from "../lib/jpeg/pictures.ts";
import { ReceiveStatistics } from "../../lib/stream/receive_statistics.ts";
import { Dissection, recordLoopback } from "./support/capture.ts";
import { drawnFrames, inFolder, labClip, movieFrames } from "./support/clips.ts";
import { jsonLines, rtspkit, type Server, withServer } from "./support/rtspkit.ts";

const TSHARK = [packetCapture()];
const TRANSPORTS = ["udp", "tcp"] as const;
const FRAMES = 100;
const CLOCK_RATE = 90_000;
/** tshark writes milliseconds with three digits behind the point. */
const ROUNDING_MS = 0.0006;
/** UDP ports for one server to choose from, a few of those that the system gives to nobody. */
function somePorts(): { first: number; last: number } {
  const first = 20_000 + 2 * Math.floor(4000 * Math.random());
  return { first, last: first + 63 };
}

/** A recorded play of a clip, and what our client said at its end. */
interface Recorded {
  dissection: Dissection;
  /** The server's SSRC, `0x…`. */
  ssrc: string;
  /** A display filter for the packets of this session, whatever else was on the interface. */
  mine: string;
  summary: Record<string, unknown>;
}

/** Plays a clip with our client while the loopback interface is recorded. */
async function recorded(
  files: Record<string, Uint8Array>,
  transport: string,
  judge: (recorded: Recorded) => Promise<void>,
): Promise<void> {
  const [name] = Object.keys(files);
  await inFolder(files, async (root) => {
    const { first, last } = somePorts();
    const flags = ["--udp-ports", `${first}-${last}`];
    await withServer({ root, fps: 50, flags }, async (server) => {
      const path = `${root}/recording.pcapng`;
      let summary: Record<string, unknown> = {};
      const filter = `tcp port ${server.port} or udp portrange ${first}-${last}`;
      const recording = await recordLoopback(filter, async () => {
        summary = await play(server, name!, transport);
      });
      await Deno.writeFile(path, recording);
      const dissection = new Dissection(path, server.port);
      await judge({ dissection, summary, ...await session(dissection, server.port) });
    });
  });
}

async function play(
  server: Server,
  name: string,
  transport: string,
): Promise<Record<string, unknown>> {
  const args = ["play", server.url(name), "--transport", transport, "--json", "--ui", "none"];
  const { code, stdout, stderr } = await rtspkit(args);
  assertEquals(code, 0, stderr);
  await server.sessionEnds();
  return jsonLines(stdout).find(({ event }) => event === "summary")!;
}

/** What the SETUP reply says of where the packets go. */
async function session(
  dissection: Dissection,
  port: number,
): Promise<Pick<Recorded, "ssrc" | "mine">> {
  // tshark cuts the value at its commas if any; there are none in one transport.
  const replies = await dissection.fields("rtsp.transport && rtsp.status", ["rtsp.transport"]);
  const transport = replies[0]?.[0]?.join(",") ?? fail("no reply to SETUP");
  const ssrc = /ssrc=([0-9A-Fa-f]{8})/.exec(transport)?.[1] ?? fail(transport);
  const ports = [...transport.matchAll(/(?:client|server)_port=(\d+)-(\d+)/g)];
  const udp = ports.flatMap(([, rtp, rtcp]) => [`udp.port==${rtp}`, `udp.port==${rtcp}`]);
  return { ssrc: `0x${ssrc}`, mine: `(${[`tcp.port==${port}`, ...udp].join(" || ")})` };
}

/** Checks that nothing of the session is malformed or wrong in the eyes of any dissector. */
async function assertSound({ dissection, mine }: Recorded): Promise<void> {
  const bad = "(_ws.malformed || _ws.expert.severity == error)";
  assertEquals(await dissection.lines(`${mine} && ${bad}`), []);
}

/** One RTP packet as tshark sees it. */
interface SeenPacket {
  sequence: number;
  timestamp: number;
  marker: boolean;
  /** When it passed, in ms. */
  at: number;
}

async function rtpPackets({ dissection, ssrc }: Recorded): Promise<SeenPacket[]> {
  const names = ["frame.time_relative", "rtp.seq", "rtp.timestamp", "rtp.marker"];
  const rows = await dissection.fields(`rtp.ssrc == ${ssrc}`, names);
  return rows.flatMap(([at, sequences, timestamps, markers]) =>
    sequences!.map((sequence, index) => ({
      sequence: Number(sequence),
      timestamp: Number(timestamps![index]),
      marker: ["1", "True"].includes(markers![index]!),
      at: 1000 * Number(at![0]),
    }))
  );
}

/** Our own statistics of packets that tshark saw. */
function count(packets: SeenPacket[]): ReceiveStatistics {
  const statistics = new ReceiveStatistics(CLOCK_RATE);
  for (const { sequence, timestamp, at } of packets) {
    statistics.receive(sequence, timestamp, 0, at);
  }
  return statistics;
}

async function clip(): Promise<Record<string, Uint8Array>> {
  return { "movie.Mjpeg": labClip((await movieFrames()).slice(0, FRAMES)) };
}

for (const transport of TRANSPORTS) {
  peerTest(
    `tshark finds RTSP, RTP, RTCP and JPEG, all sound, over ${transport}`,
    TSHARK,
    async () => {
      await recorded(await clip(), transport, async (recorded) => {
        const { dissection, ssrc } = recorded;
        await assertSound(recorded);
        const requests = await dissection.fields("rtsp.method", ["rtsp.method"]);
        const methods = requests.map(([method]) => method!.join());
        assertEquals(methods, ["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "TEARDOWN"]);
        const replies = await dissection.fields("rtsp.status", ["rtsp.status"]);
        assertEquals(replies.map(([status]) => status!.join()), methods.map(() => "200"));
        assert((await dissection.lines("sdp")).length === 1);

        const packets = await rtpPackets(recorded);
        assertEquals(packets.filter(({ marker }) => marker).length, FRAMES);
        const headers = await dissection.fields(`rtp.ssrc == ${ssrc}`, [
          "jpeg.main_hdr.width",
          "jpeg.main_hdr.height",
        ]);
        const widths = headers.flatMap(([widths]) => widths!);
        assertEquals(widths, packets.map(() => "384"));
        assertEquals(
          headers.flatMap(([, heights]) => heights!),
          packets.map(() => "288"),
        );

        const reports = await dissection.fields(`rtcp.senderssrc == ${ssrc}`, ["rtcp.pt"]);
        const types = reports.map(([types]) => types!.join(" "));
        assertEquals(types[0], "200 202", "the first is a sender report with a name");
        assertEquals(types.at(-1), "200 202 203", "the last says goodbye");
      });
    },
  );

  peerTest(`tshark counts what our client counts over ${transport}`, TSHARK, async () => {
    await recorded(await clip(), transport, async (recorded) => {
      const { dissection, ssrc, summary } = recorded;
      const packets = await rtpPackets(recorded);
      const statistics = count(packets);
      const table = await dissection.rtpStream(ssrc);
      assertEquals(summary.packets, table.packets);
      assertEquals(packets.length, table.packets);
      assertEquals([summary.lost, statistics.lost], [0, 0]);
      assertEquals(table.payload, "JPEG");
      // Of several packets in one TCP segment tshark's table takes the last first, and then counts
      // each of the others as lost; over UDP it has no such choice.
      if (transport === "udp") assertEquals(table.lost, 0);
      assert(
        Math.abs(statistics.maxJitterMs - table.maxJitterMs) <= ROUNDING_MS,
        `jitter of at most ${statistics.maxJitterMs} ms, tshark ${table.maxJitterMs} ms`,
      );
    });
  });
}

peerTest("tshark counts the losses that our statistics count", TSHARK, async () => {
  await recorded(await clip(), "udp", async (recorded) => {
    const { dissection, ssrc, mine } = recorded;
    // Two packets of every sixteen do not arrive.
    const missing = `rtp.ssrc == ${ssrc} && rtp.seq & 8 && rtp.seq & 4 && rtp.seq & 2`;
    const arrived = `${mine} && !(${missing})`;
    const lossy = await dissection.keep(arrived, `${dissection.path}.lossy`);
    const packets = await rtpPackets({ ...recorded, dissection: lossy });
    const statistics = count(packets);
    const table = await lossy.rtpStream(ssrc);
    assert(table.lost > 0);
    assertEquals(
      { packets: statistics.packets, lost: statistics.lost },
      { packets: table.packets, lost: table.lost },
    );
    assert(
      Math.abs(statistics.maxJitterMs - table.maxJitterMs) <= ROUNDING_MS,
      `jitter of at most ${statistics.maxJitterMs} ms, tshark ${table.maxJitterMs} ms`,
    );
  });
});

for (const transport of TRANSPORTS) {
  peerTest(`tshark reads restart markers and 4:2:2 over ${transport}`, TSHARK, async () => {
    const frames = drawnFrames({
      ...{ width: 321, height: 241, frames: 20 },
      ...{ subsampling: "4:2:2", restartInterval: 21 },
    });
    await recorded({ "clip.mjpeg": concat(...frames) }, transport, async (recorded) => {
      const { dissection, ssrc } = recorded;
      await assertSound(recorded);
      const rows = await dissection.fields(`rtp.ssrc == ${ssrc}`, [
        "jpeg.main_hdr.type",
        "jpeg.restart_hdr.interval",
        "jpeg.main_hdr.width",
        "jpeg.main_hdr.height",
      ]);
      for (const column of [0, 1, 2, 3]) {
        const values = new Set(rows.flatMap((row) => row[column]!));
        assertEquals([...values], [["64", "21", "328", "248"][column]!]);
      }
    });
  });
}
