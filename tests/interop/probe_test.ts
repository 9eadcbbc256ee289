// `rtspkit probe` at GStreamer's RTSP server: what it says of healthy streams, and its numbers beside
// those of tshark on a recording of the same run.
import { assert, assertEquals } from "../support/assert.ts";
import { gstreamer, packetCapture, peerTest, program, pythonGi } from "../support/peers.ts";
import { Dissection, recordLoopback } from "./support/capture.ts";
import { Child, run } from "./support/child.ts";
import { inFolder } from "./support/clips.ts";
import { peerScript } from "./support/gstreamer.ts";
import { type JsonEvent, jsonLines, rtspkit } from "./support/rtspkit.ts";

const PYTHON = pythonGi("Gst", "GstRtsp", "GstRtspServer");
const PEERS = [
  program("ffmpeg"),
  PYTHON,
  gstreamer("qtdemux", "h264parse", "h265parse", "aacparse", "rtph264pay", "rtpmp4gpay"),
];

const VIDEO = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=8"];
const STEREO = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=8", "-ac", "2"];
const TELEPHONE = ["-f", "lavfi", "-i", "sine=sample_rate=8000:duration=8", "-ac", "1"];
const H264 = ["-c:v", "libx264", "-profile:v", "high", "-pix_fmt", "yuv420p", "-g", "25"];
const H265 = ["-c:v", "libx265", "-pix_fmt", "yuv420p", "-g", "25", "-tag:v", "hvc1"];
const QUIET_H265 = ["-x265-params", "log-level=error"];
const MJPEG = ["-c:v", "mjpeg", "-huffman", "default", "-pix_fmt", "yuvj420p", "-q:v", "5"];

const PAY_H264 = "queue ! h264parse ! rtph264pay config-interval=-1 pt=96";
const PAY_AAC = "queue ! aacparse ! rtpmp4gpay pt=97";

/** A stream of GStreamer's and what must be said of it. */
interface Case {
  name: string;
  /** The file and what ffmpeg makes it of. */
  file: string;
  made: string[];
  /** Of gst_media_server.py, behind the file's source. */
  launch: string;
  server?: string[];
  flags?: string[];
  userinfo?: string;
  transport: "UDP" | "TCP";
  /** Parts of each stream's summary. */
  streams: Record<string, unknown>[];
  /** Codes of information that is told beside. */
  info?: string[];
}

const H264_FACTS = {
  codec: "H.264",
  profile: "High",
  width: 640,
  height: 360,
  describedFps: 25,
  clockRate: 90_000,
};
const AAC_FACTS = { codec: "AAC", sampleRate: 48_000, channels: 2, clockRate: 48_000 };
const PLAIN_H264 = {
  file: "in.mp4",
  made: [...VIDEO, ...H264],
  launch: `qtdemux ! ${PAY_H264} name=pay0`,
  streams: [H264_FACTS],
};

const CASES: Case[] = [
  { name: "H.264 with B pictures over UDP", ...PLAIN_H264, transport: "UDP" },
  {
    name: "H.264 and AAC, two streams, over UDP",
    file: "in.mp4",
    made: [...VIDEO, ...STEREO, ...H264, "-c:a", "aac"],
    launch: `qtdemux name=d d.video_0 ! ${PAY_H264} name=pay0 d.audio_0 ! ${PAY_AAC} name=pay1`,
    transport: "UDP",
    streams: [{ name: "video", ...H264_FACTS }, { name: "audio", ...AAC_FACTS }],
  },
  {
    name: "H.264 and AAC, two streams, over TCP",
    file: "in.mp4",
    made: [...VIDEO, ...STEREO, ...H264, "-c:a", "aac"],
    launch: `qtdemux name=d d.video_0 ! ${PAY_H264} name=pay0 d.audio_0 ! ${PAY_AAC} name=pay1`,
    flags: ["--transport", "tcp"],
    transport: "TCP",
    streams: [{ name: "video", ...H264_FACTS }, { name: "audio", ...AAC_FACTS }],
  },
  {
    name: "H.265",
    file: "in.mp4",
    made: [...VIDEO, ...H265, ...QUIET_H265],
    launch: "qtdemux ! queue ! h265parse ! rtph265pay config-interval=-1 pt=96 name=pay0",
    transport: "UDP",
    streams: [{ ...H264_FACTS, codec: "H.265", profile: "Main" }],
  },
  {
    name: "PCMU",
    file: "in.wav",
    made: [...TELEPHONE, "-c:a", "pcm_mulaw"],
    launch: "wavparse ! rtppcmupay name=pay0",
    transport: "UDP",
    streams: [{ codec: "G.711 µ-law", sampleRate: 8000, channels: 1, clockRate: 8000 }],
  },
  {
    name: "MJPEG",
    file: "in.avi",
    made: [...VIDEO, ...MJPEG],
    launch: "avidemux ! jpegparse ! rtpjpegpay name=pay0",
    transport: "UDP",
    streams: [{ codec: "JPEG", width: 640, height: 360, clockRate: 90_000 }],
  },
  {
    name: "a server that wants Digest",
    ...PLAIN_H264,
    server: ["--auth", "digest"],
    userinfo: "viewer:secret@",
    transport: "UDP",
  },
  {
    name: "a server that sends over TCP only",
    ...PLAIN_H264,
    server: ["--tcp-only"],
    transport: "TCP",
    info: ["transport-fallback"],
  },
  {
    name: "a server that sends over UDP only",
    ...PLAIN_H264,
    server: ["--udp-only"],
    transport: "UDP",
  },
];

/** Runs GStreamer's server with a file while `use` runs. */
async function withServer(
  { file, made, launch, server = [], userinfo = "" }: Case,
  use: (url: string, port: number, folder: string) => Promise<void>,
): Promise<void> {
  await inFolder({}, async (folder) => {
    const path = `${folder}/${file}`;
    const ffmpeg = ["-nostdin", "-y", "-loglevel", "error", ...made, path];
    assertEquals(await run("ffmpeg", ffmpeg), { code: 0, stdout: "", stderr: "" });
    const source = `filesrc location=${path} ! ${launch}`;
    const child = new Child(PYTHON.path, [peerScript("gst_media_server.py"), source, ...server]);
    try {
      const { port } = await child.until(
        "its port",
        ({ stdout }) => stdout.includes("\n") ? JSON.parse(stdout) : undefined,
      );
      await use(`rtsp://${userinfo}127.0.0.1:${port}/clip`, port, folder);
    } finally {
      await child.stop();
    }
  });
}

async function probed(target: string, flags: string[]): Promise<JsonEvent[]> {
  const { code, stdout, stderr } = await rtspkit(["probe", target, "--json", ...flags]);
  assertEquals(code, 0, stderr);
  return jsonLines(stdout);
}

/** What a summary says of those facts. */
function factsOf(summary: JsonEvent, facts: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.keys(facts).map((name) => [name, summary[name]]));
}

function assertHealthy(events: JsonEvent[], { transport, streams, info = [] }: Case): void {
  const findings = events.filter(({ event }) => event === "finding");
  assertEquals(findings.map(({ code }) => code), info, JSON.stringify(findings, null, 1));
  const verdict = events.find(({ event }) => event === "verdict");
  assertEquals([verdict?.level, verdict?.code], ["healthy", "healthy"]);
  assert(String(verdict?.message).includes(` over ${transport}`), String(verdict?.message));
  const summaries = events.filter(({ event }) => event === "summary");
  assertEquals(summaries.map((summary, i) => factsOf(summary, streams[i] ?? {})), streams);
  for (const { codec, mediaFps, clockRate, measuredClockRate, damagedFrames, lost } of summaries) {
    assertEquals([damagedFrames, lost], [0, 0]);
    // A busy machine blurs arrivals; another clock would be off by far more.
    const rate = Number(measuredClockRate) / Number(clockRate);
    assert(Math.abs(rate - 1) < 0.2, `${codec} measured at ${measuredClockRate} Hz`);
    if (codec === "AAC" || codec === "G.711 µ-law") continue;
    assert(Math.abs(Number(mediaFps) - 25) < 0.5, `${codec} with ${mediaFps} fps`);
  }
}

for (const each of CASES) {
  peerTest(`probe finds GStreamer's server healthy: ${each.name}`, PEERS, async () => {
    await withServer(each, async (url) => {
      const flags = ["--quiet-packets", "--duration", "3s", ...each.flags ?? []];
      assertHealthy(await probed(url, flags), each);
    });
  });
}

const NUMBERS = [...PEERS, packetCapture()];
/** tshark takes packets within one TCP segment in the wrong order: over UDP it can be relied on. */
const COUNTED = CASES.filter(({ name }) => /two streams, over UDP|PCMU|MJPEG/.test(name));

/** The first sender report comes within 3.1 s of the beginning (RFC 3550, section 6.3.1). */
const UNTIL_REPORTED = "5s";

/** A rounded number of tshark's, within a unit of its last digit. */
function assertNear(actual: unknown, expected: number, what: string): void {
  assert(Math.abs(Number(actual) - expected) <= 0.002, `${what}: ${actual}, tshark ${expected}`);
}

for (const each of COUNTED) {
  peerTest(`probe counts what tshark counts: ${each.name}`, NUMBERS, async () => {
    await withServer(each, async (url, port, folder) => {
      let live: JsonEvent[] = [];
      const recording = await recordLoopback(`tcp port ${port} or udp`, async () => {
        live = await probed(url, ["--duration", UNTIL_REPORTED, ...each.flags ?? []]);
      });
      const path = `${folder}/run.pcapng`;
      await Deno.writeFile(path, recording);
      const tshark = new Dissection(path, port);
      const read = await probed(path, []);
      await assertReportsOf(tshark, live, read);
      const fromFile = read.filter(isSummary);
      for (const summary of live.filter(isSummary)) {
        const ssrc = Number(summary.ssrc);
        const theirs = await tshark.rtpStream(`0x${ssrc.toString(16).padStart(8, "0")}`);
        const read = fromFile.find((other) => other.ssrc === summary.ssrc);
        assertEquals([read?.packets, read?.lost], [theirs.packets, theirs.lost]);
        // Of payload types that descriptions give their meaning it does not know the clock.
        if (!theirs.payload.startsWith("RTPType")) {
          assertNear(read?.maxJitterMs, theirs.maxJitterMs, "highest jitter");
        }
        assertEquals(summary.lost, theirs.lost);
        // What was on its way when we had seen enough is in the recording only.
        const late = theirs.packets - Number(summary.packets);
        assert(
          late >= 0 && late < theirs.packets / 2,
          `${summary.packets} live, ${theirs.packets} recorded`,
        );
      }
    });
  });
}

/** The sender reports: all that the recording holds, and live all that came while we looked. */
async function assertReportsOf(
  tshark: Dissection,
  live: JsonEvent[],
  fromFile: JsonEvent[],
): Promise<void> {
  const rows = await tshark.fields("rtcp.pt == 200", [
    ...["rtcp.senderssrc", "rtcp.timestamp.ntp.msw", "rtcp.timestamp.ntp.lsw"],
    ...["rtcp.timestamp.rtp", "rtcp.sender.packetcount", "rtcp.sender.octetcount"],
  ]);
  const seen = reportsIn(live);
  const ours = (report: string): boolean => {
    return live.some(({ event, ssrc }) => event === "summary" && report.startsWith(`${ssrc} `));
  };
  const theirs = rows.map((fields) => fields.map(([value]) => Number(value)).join(" "))
    .filter(ours);
  assert(theirs.length > 0, "GStreamer reports in time");
  assertEquals(reportsIn(fromFile).filter(ours), theirs);
  assertEquals(seen, theirs.filter((report) => seen.includes(report)));
  assert(seen.length > 0, "reports come live, too");
}

/** SSRC, NTP and RTP timestamp, packets and octets of each sender report. */
function reportsIn(events: JsonEvent[]): string[] {
  return events.filter(({ event, type }) => event === "rtcp" && type === "SR")
    .map(({ ssrc, ntpTimestamp, rtpTimestamp, packetCount, octetCount }) => {
      const { seconds, fraction } = ntpTimestamp as { seconds: number; fraction: number };
      return [ssrc, seconds, fraction, rtpTimestamp, packetCount, octetCount].join(" ");
    });
}

function isSummary({ event }: JsonEvent): boolean {
  return event === "summary";
}
