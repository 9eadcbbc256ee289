// `dump` of streams that GStreamer's RTSP server sends: ffmpeg plays every frame of what is written.
import { assert, assertEquals } from "../support/assert.ts";
import { gstreamer, packetCapture, peerTest, program, pythonGi } from "../support/peers.ts";
import { Child, run } from "./support/child.ts";
import { ffmpeg, inFolder } from "./support/clips.ts";
import { peerScript } from "./support/gstreamer.ts";
import { type JsonEvent, jsonLines, rtspkit } from "./support/rtspkit.ts";

const PYTHON = pythonGi("Gst", "GstRtsp", "GstRtspServer");
const PEERS = [PYTHON, program("ffmpeg"), program("ffprobe")];
const WITH = (...elements: string[]): typeof PEERS => [...PEERS, gstreamer(...elements)];

const SECONDS = 3;
const FPS = 25;
const FRAMES = SECONDS * FPS;
const PICTURES = ["-f", "lavfi", "-i", `testsrc2=size=320x240:rate=${FPS}:duration=${SECONDS}`];
const TONE = ["-f", "lavfi", "-i", `sine=frequency=440:sample_rate=48000:duration=${SECONDS}`];
const H264 = ["-c:v", "libx264", "-g", "25", "-bf", "0", "-pix_fmt", "yuv420p"];
const H265 = [
  ...["-c:v", "libx265", "-x265-params", "keyint=25:bframes=0:log-level=error"],
  ...["-pix_fmt", "yuv420p"],
];
const AAC = ["-c:a", "aac", "-ac", "2"];

/** Serves a pipeline while `use` runs. */
async function withStream(
  pipeline: string,
  flags: string[],
  use: (url: string) => Promise<void>,
): Promise<void> {
  const command = [peerScript("gst_launch_server.py"), pipeline, ...flags];
  const server = new Child(PYTHON.path, command);
  try {
    const { port } = await server.until(
      "its port",
      ({ stdout }) => stdout.includes("\n") ? JSON.parse(stdout) : undefined,
    );
    await use(`rtsp://127.0.0.1:${port}/clip`);
  } finally {
    await server.stop();
  }
}

/** Dumps, which must succeed. @returns the summary */
async function dump(url: string, out: string, ...flags: string[]): Promise<JsonEvent> {
  const { code, stdout, stderr } = await rtspkit(["dump", url, "--out", out, "--json", ...flags]);
  assertEquals(code, 0, stderr);
  return jsonLines(stdout).at(-1)!;
}

/** One stream of a file, as ffprobe reads it to the end. */
interface Probed {
  codec: string;
  frames: number;
  start: number;
  duration: number;
}

async function probed(path: string): Promise<Probed[]> {
  const entries = "stream=codec_name,nb_read_frames,start_time,duration";
  const options = ["-v", "error", "-count_frames", "-show_entries", entries, "-of", "json"];
  const { code, stdout, stderr } = await run("ffprobe", [...options, path]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  // deno-lint-ignore no-explicit-any
  return JSON.parse(stdout).streams.map((stream: any) => ({
    codec: stream.codec_name,
    frames: Number(stream.nb_read_frames),
    start: Number(stream.start_time),
    duration: Number(stream.duration),
  }));
}

/** Hashes of the decoded frames of a file's first stream of a kind. */
async function decoded(path: string, kind: "v" | "a"): Promise<string[]> {
  const frames = await ffmpeg([
    ...["-i", path, "-map", `0:${kind}:0`, "-fps_mode", "passthrough", "-f", "framehash", "-"],
  ]);
  const lines = frames.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => line.split(",").at(-1)!.trim());
}

for (
  const [name, coder, parse, transport] of [
    ["h264", H264, "h264parse ! rtph264pay", "udp"],
    ["h264", H264, "h264parse ! rtph264pay", "tcp"],
    ["h265", H265, "h265parse ! rtph265pay", "udp"],
    ["h265", H265, "h265parse ! rtph265pay", "tcp"],
  ] as const
) {
  peerTest(
    `dump writes every picture of ${name} over ${transport}`,
    WITH("matroskademux", "h264parse", "h265parse", "rtph264pay", "rtph265pay"),
    async () => {
      await inFolder({}, async (folder) => {
        const source = `${folder}/in.mkv`;
        await ffmpeg([...PICTURES, ...coder, source]);
        const pipeline = `filesrc location=${source} ! matroskademux ! ${parse} name=pay0 pt=96`;
        await withStream(pipeline, [`--${transport}-only`], async (url) => {
          const file = `${folder}/out.${name}`;
          const summary = await dump(url, file);
          const { frames, damagedFrames, lost, kept, keyFrames } = summary;
          assertEquals(
            { frames, damagedFrames, lost, kept, keyFrames },
            { frames: FRAMES, damagedFrames: 0, lost: 0, kept: FRAMES, keyFrames: SECONDS },
          );
          assertEquals((await probed(file)).map(({ frames }) => frames), [FRAMES]);
          assertEquals(await decoded(file, "v"), await decoded(source, "v"));
          const mp4 = `${folder}/out.mp4`;
          await dump(url, mp4);
          assertEquals(await decoded(mp4, "v"), await decoded(source, "v"));
          const [video] = await probed(mp4);
          assert(Math.abs(video!.duration - SECONDS) < 0.1, `${video!.duration} s`);
        });
      });
    },
  );
}

/** Sound, how it is made and sent, and the file that it is dumped to. */
const SOUND: [name: string, coder: string[], file: string, send: string, out: string][] = [
  ["AAC", AAC, "in.aac", "aacparse ! rtpmp4gpay", "out.aac"],
  [
    "PCMU",
    ["-c:a", "pcm_mulaw", "-ar", "8000", "-ac", "1"],
    "in.wav",
    "wavparse ! rtppcmupay",
    "out.wav",
  ],
  [
    "Opus",
    ["-c:a", "libopus", "-b:a", "96k", "-ac", "2"],
    "in.opus",
    "oggdemux ! opusparse ! rtpopuspay",
    "out.opus",
  ],
];

for (const [name, coder, file, send, out] of SOUND) {
  peerTest(
    `dump writes all sound of ${name}`,
    WITH("aacparse", "rtpmp4gpay", "wavparse", "rtppcmupay", "opusparse", "rtpopuspay"),
    async () => {
      await inFolder({}, async (folder) => {
        const source = `${folder}/${file}`;
        await ffmpeg([...TONE, ...coder, source]);
        const pipeline = `filesrc location=${source} ! ${send} name=pay0 pt=97`;
        await withStream(pipeline, [], async (url) => {
          const { units, kept, damagedUnits, lost } = await dump(url, `${folder}/${out}`);
          assertEquals({ kept, damagedUnits, lost }, { kept: units, damagedUnits: 0, lost: 0 });
          const [expected] = await probed(source);
          const [got] = await probed(`${folder}/${out}`);
          assertEquals(got!.codec, expected!.codec);
          // Samples are cut into other pieces than ffmpeg's.
          if (name === "PCMU") assertEquals(got!.duration, expected!.duration);
          else assertEquals(got!.frames, expected!.frames);
        });
      });
    },
  );
}

/** H.264 and AAC of one file. */
function both(source: string): string {
  return `filesrc location=${source} ! matroskademux name=d ` +
    "d.video_0 ! queue ! h264parse ! rtph264pay name=pay0 pt=96 " +
    "d.audio_0 ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97";
}

const BOTH = WITH("matroskademux", "h264parse", "aacparse", "rtph264pay", "rtpmp4gpay");

peerTest("dump writes pictures and sound into one MP4, together in time", BOTH, async () => {
  await inFolder({}, async (folder) => {
    const source = `${folder}/in.mkv`;
    await ffmpeg([...PICTURES, ...TONE, ...H264, ...AAC, source]);
    await withStream(both(source), [], async (url) => {
      const file = `${folder}/out.mp4`;
      await dump(url, file);
      const [video, audio, ...more] = await probed(file);
      assertEquals([video!.codec, audio!.codec, more], ["h264", "aac", []]);
      assertEquals(video!.frames, FRAMES);
      const [, sent] = await probed(source);
      // What is heard before the first picture is not in it.
      assert(sent!.frames - audio!.frames <= 3, `${audio!.frames} of ${sent!.frames}`);
      for (const { duration } of [video!, audio!]) {
        assert(Math.abs(duration - SECONDS) < 0.15, `${duration} s`);
      }
      assert(Math.abs(video!.start - audio!.start) < 0.1, `${video!.start} and ${audio!.start} s`);
      assertEquals(await decoded(file, "v"), await decoded(source, "v"));
    });
  });
});

peerTest(
  "a folder gets a file for each track, and segments begin with key frames",
  BOTH,
  async () => {
    await inFolder({}, async (folder) => {
      const source = `${folder}/in.mkv`;
      await ffmpeg([...PICTURES, ...TONE, ...H264, ...AAC, source]);
      await withStream(both(source), [], async (url) => {
        await dump(url, `${folder}/all`);
        const [, sent] = await probed(source);
        assertEquals((await probed(`${folder}/all/video.h264`))[0]!.frames, FRAMES);
        assertEquals((await probed(`${folder}/all/audio.aac`))[0]!.frames, sent!.frames);
        const { kept, units } = await dump(url, `${folder}/part.mp4`, "--segment", "1s");
        assert(units as number - (kept as number) <= 3, `${kept} of ${units} units`);
        let [frames, sounds] = [0, 0];
        for (let i = 1; i <= SECONDS; i++) {
          const [video, audio] = await probed(`${folder}/part-00000${i}.mp4`);
          frames += video!.frames;
          sounds += audio!.frames;
          // A busy machine hands sound over late: then more of it is in the next one.
          assert(video!.frames >= 1 && audio!.frames >= 1, `segment ${i}`);
          await ffmpeg(["-i", `${folder}/part-00000${i}.mp4`, "-f", "null", "-"]);
        }
        assertEquals(frames, FRAMES);
        assert(sent!.frames - sounds <= 3, `${sounds} of ${sent!.frames}`);
      });
    });
  },
);

peerTest(
  "tshark and probe read the packets that dump keeps",
  [...BOTH, packetCapture()],
  async () => {
    await inFolder({}, async (folder) => {
      const source = `${folder}/in.mkv`;
      await ffmpeg([...PICTURES, ...TONE, ...H264, ...AAC, source]);
      await withStream(both(source), [], async (url) => {
        const { tracks } = await dump(url, `${folder}/seen.pcapng`, "--transport", "udp");
        const packets = (tracks as { packets: number }[]).map(({ packets }) => packets);
        assertEquals(await packetsByTshark(url, `${folder}/seen.pcapng`), packets);
        assertEquals(await packetsByProbe(`${folder}/seen.pcapng`), packets);
        const again = `${folder}/again.mp4`;
        const words = ["dump", `${folder}/seen.pcapng`, "--out", again];
        assertEquals((await rtspkit(words)).code, 0);
        assertEquals((await probed(again)).map(({ codec }) => codec), ["h264", "aac"]);
        assertEquals(await decoded(again, "v"), await decoded(source, "v"));
        // tshark 4.0 reads no rtpdump.
        const only = await dump(url, `${folder}/seen.rtpdump`, "--track", "video");
        assertEquals(await packetsByProbe(`${folder}/seen.rtpdump`), [only.packets as number]);
      });
    });
  },
);

/** How many packets each stream has by tshark, in the order of their payload types. */
async function packetsByTshark(url: string, path: string): Promise<number[]> {
  const decode = ["-d", `tcp.port==${new URL(url.replace("rtsp:", "http:")).port},rtsp`];
  const fields = ["-Y", "rtp", "-T", "fields", "-e", "rtp.p_type"];
  const { code, stdout, stderr } = await run("tshark", ["-n", "-r", path, ...decode, ...fields]);
  assertEquals(code, 0, stderr);
  const types = stdout.trimEnd().split("\n");
  return ["96", "97"].map((type) => types.filter((one) => one === type).length);
}

async function packetsByProbe(path: string): Promise<number[]> {
  const { code, stdout, stderr } = await rtspkit(["probe", path, "--json", "--quiet-packets"]);
  assertEquals(code, 0, stderr);
  const summaries = jsonLines(stdout).filter(({ event }) => event === "summary");
  return summaries.map(({ packets }) => packets as number);
}
