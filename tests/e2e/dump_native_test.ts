// `dump` as a program, of streams that are no JPEG: a scripted server sends H.264 and G.711.
import { joined, START_CODE } from "../../lib/codec/nal/byte_stream.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { namesIn } from "../support/folder.ts";
import { hex } from "../support/golden.ts";
import { Program, type ProgramResult, runProgram } from "../support/program.ts";
import { goodbye, packetsOf, PICTURES, rtpPacket } from "../support/scripted_media.ts";
import {
  type Script,
  type ScriptedConnection,
  ScriptedServer,
  sdp,
} from "../support/scripted_server.ts";
import { SMALL_DISKS, withSmallDisk } from "../support/small_disk.ts";
import { withFolder } from "../lib/media/frames.ts";

const SPS = hex`6764 0028 acd940780227e5c04400000fa40003a9803c60c658`;
const PPS = hex`68ebe3cb22c0`;
const SETS = [SPS, PPS].map((nal) => btoa(String.fromCharCode(...nal))).join();
const VIDEO = [
  "m=video 0 RTP/AVP 96",
  "a=rtpmap:96 H264/90000",
  `a=fmtp:96 packetization-mode=1;sprop-parameter-sets=${SETS}`,
  "a=control:picture",
];
const AUDIO = ["m=audio 0 RTP/AVP 0", "a=control:sound"];
const BOTH = sdp(...VIDEO, ...AUDIO);
const SOUND_SSRC = 0x50d00d;
/** Samples of a packet of sound. */
const SAMPLES = 160;
/** A picture is a key frame every so many. */
const INTERVAL = 5;

/** The NAL unit of a picture: an IDR slice or another, and bytes that tell which it is. */
function slice(index: number, length = 40): Uint8Array<ArrayBuffer> {
  const nal = new Uint8Array(length).fill(1 + index % 250);
  nal.set(index % INTERVAL === 0 ? hex`65 88 80` : hex`41 9a 02`);
  return nal;
}

/** Packets of pictures, 25 a second. */
function pictures(from: number, to: number, length?: number): Uint8Array[] {
  return Array.from({ length: to - from }, (_, i) => {
    const sequence = 100 + from + i;
    const options = { payloadType: 96, sequence, timestamp: 3600 * (from + i), marker: true };
    return rtpPacket(slice(from + i, length), options);
  });
}

/** Packets of sound, 50 a second. */
function sound(from: number, to: number): Uint8Array[] {
  return Array.from({ length: to - from }, (_, i) => {
    const [sequence, timestamp] = [from + i, SAMPLES * (from + i)];
    const options = { sequence, timestamp, ssrc: SOUND_SSRC, payloadType: 0, marker: false };
    return rtpPacket(new Uint8Array(SAMPLES).fill(from + i), options);
  });
}

/** What a byte stream of pictures is: parameter sets before key frames, a start code before all. */
function byteStream(from: number, to: number, length?: number): Uint8Array {
  return joined(
    Array.from({ length: to - from }, (_, i) => {
      const sets = (from + i) % INTERVAL === 0 ? [START_CODE, SPS, START_CODE, PPS] : [];
      return [...sets, START_CODE, slice(from + i, length)];
    }).flat(),
  );
}

/** Sends pictures from one that is no key frame, and sound beside them, as far as asked for, and ends. */
async function everything(client: ScriptedConnection): Promise<void> {
  const asked = client.server.asked("SETUP").slice(-client.transports.length);
  for (const [i, { uri }] of asked.entries()) {
    const isSound = uri.endsWith("sound");
    await client.rtpOf(i, ...(isSound ? sound(0, 30) : pictures(3, 20)));
    await client.rtcpOf(i, isSound ? goodbye(SOUND_SSRC) : goodbye());
  }
}

/** A server, a folder, and what dumps the one into the other. */
interface Stage {
  server: ScriptedServer;
  folder: string;
  dump: (out: string, ...flags: string[]) => Promise<ProgramResult>;
}

function words(server: ScriptedServer, path: string, flags: string[]): string[] {
  return ["dump", server.url(), "--out", path, "--transport", "tcp", "--dialect", "rtsp", ...flags];
}

async function onStage(script: Script, use: (stage: Stage) => Promise<void>): Promise<void> {
  const server = new ScriptedServer(script);
  try {
    await withFolder(async (folder) => {
      const dump: Stage["dump"] = (out, ...flags) => {
        return runProgram(...words(server, `${folder}/${out}`, flags));
      };
      await use({ server, folder, dump });
    });
  } finally {
    await server.close();
  }
}

function lastEvent({ stdout }: ProgramResult): Record<string, unknown> {
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
}

Deno.test("dump writes H.264 from the first key frame on, and sets up no other track", async () => {
  await onStage({ sdp: BOTH, media: everything }, async ({ server, folder, dump }) => {
    const result = await dump("x.h264", "--json");
    assertEquals(result.status, 0, result.stderr);
    assertEquals(server.asked("SETUP").length, 1);
    assertEquals(await Deno.readFile(`${folder}/x.h264`), byteStream(5, 20));
    assertEquals(await namesIn(folder), ["x.h264"]);
    assertStringIncludes(result.stderr, "only video goes into the file, not audio (G.711");
    assertStringIncludes(
      result.stderr,
      `video (H264): 17 units, 3 key frames, 0 damaged; 15 written to ${folder}/x.h264, ` +
        "2 before the file could begin",
    );
    const summary = lastEvent(result);
    assertEquals(
      [summary.event, summary.frames, summary.units, summary.keyFrames, summary.damagedUnits],
      ["summary", 17, 17, 3, 0],
    );
    assertEquals([summary.kept, summary.packets, summary.lost], [15, 17, 0]);
  });
});

Deno.test("a folder gets every track as it is, and what is to know of each unit", async () => {
  await onStage({ sdp: BOTH, media: everything }, async ({ folder, dump }) => {
    const result = await dump("all", "--json");
    assertEquals(result.status, 0, result.stderr);
    assertEquals(await namesIn(`${folder}/all`), ["audio.wav", "units.jsonl", "video.h264"]);
    assertEquals(await Deno.readFile(`${folder}/all/video.h264`), byteStream(5, 20));
    const wav = await Deno.readFile(`${folder}/all/audio.wav`);
    assertEquals(new DataView(wav.buffer).getUint32(54, true), 30 * SAMPLES);
    assertEquals(wav.length, 58 + 30 * SAMPLES);
    const manifest = (await Deno.readTextFile(`${folder}/all/units.jsonl`)).trimEnd().split("\n");
    const records = manifest.map((line) => JSON.parse(line));
    const events = result.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(events.slice(0, -1), records.map((record) => ({ event: "unit", ...record })));
    const seen = records.filter(({ track }) => track === "video");
    assertEquals(seen.map(({ kept }) => kept), seen.map((_, i) => i >= 2));
    const { arrivalTime, ...third } = seen[2];
    assert(Math.abs(arrivalTime - Date.now() / 1000) < 60);
    assertEquals(third, {
      ...{ track: "video", number: 3, rtpTimestamp: 18_000, firstSequence: 105, lastSequence: 105 },
      ...{ bytes: 44, keyFrame: true, frameType: "IDR", complete: true, kept: true },
    });
    const { tracks } = events.at(-1);
    assertEquals(tracks[1], {
      ...{ track: "audio", encoding: "PCMU", units: 30, damagedUnits: 0, kept: 30 },
      ...{ packets: 30, lost: 0, out: `${folder}/all/audio.wav` },
    });
  });
});

Deno.test("--track takes one track, and --frames counts pictures that are kept", async () => {
  await onStage({ sdp: BOTH, media: everything }, async ({ folder, dump }) => {
    const sound = await dump("one", "--track", "audio");
    assertEquals([sound.status, await namesIn(`${folder}/one`)], [0, ["audio.wav", "units.jsonl"]]);
    assertEquals((await Deno.stat(`${folder}/one/audio.wav`)).size, 58 + 30 * SAMPLES);
    const some = await dump("some.h264", "--frames", "3");
    assertEquals(some.status, 0, some.stderr);
    assertEquals(await Deno.readFile(`${folder}/some.h264`), byteStream(5, 8));
  });
});

Deno.test("segments of H.264 begin with key frames", async () => {
  await onStage({ sdp: BOTH, media: everything }, async ({ folder, dump }) => {
    const { status, stderr } = await dump("x.h264", "--segment", "200ms");
    assertEquals(status, 0, stderr);
    assertEquals(await namesIn(folder), ["x-000001.h264", "x-000002.h264", "x-000003.h264"]);
    for (const [i, from] of [5, 10, 15].entries()) {
      const bytes = await Deno.readFile(`${folder}/x-00000${i + 1}.h264`);
      assertEquals(bytes, byteStream(from, from + 5));
    }
    const again = await dump("x.h264", "--segment", "10s");
    assertStringIncludes(again.stderr, "2 of an earlier run are still there, x-000002.h264 to");
  });
});

Deno.test("a damaged picture is kept as far as it came, and told", async () => {
  const media = async (client: ScriptedConnection): Promise<void> => {
    const [key, ...others] = pictures(0, 10);
    // The first of two pieces of a picture (FU-A), of which the second is lost.
    const piece = { payloadType: 96, sequence: 110, timestamp: 36_000, marker: false };
    const lost = rtpPacket(hex`7c 81 9a 02 03 04`, piece);
    const after = { payloadType: 96, sequence: 112, timestamp: 39_600 };
    await client.rtpOf(0, key!, ...others, lost, rtpPacket(slice(11), after));
    await client.rtcpOf(0, goodbye());
  };
  await onStage({ sdp: sdp(...VIDEO), media }, async ({ dump }) => {
    const result = await dump("x.h264", "--json");
    assertEquals(result.status, 0, result.stderr);
    const { frames, damagedFrames, damagedUnits, lost } = lastEvent(result);
    assertEquals([frames, damagedFrames, damagedUnits, lost], [11, 1, 1, 1]);
  });
});

/** Recordings, and the packets of each stream in them. */
const RECORDED: [name: string, flags: string[], packets: number[]][] = [
  ["x.pcapng", [], [17, 30]],
  ["x.rtpdump", [], [17]],
  ["x.rtpdump", ["--track", "audio"], [30]],
];

for (const [name, flags, packets] of RECORDED) {
  Deno.test(`${name} ${flags.join(" ")} keeps the packets of ${packets.length} track(s)`, async () => {
    await onStage({ sdp: BOTH, media: everything }, async ({ folder, dump }) => {
      const { status, stderr } = await dump(name, ...flags);
      assertEquals(status, 0, stderr);
      assertStringIncludes(stderr, " units, ");
      const seen = await runProgram("probe", `${folder}/${name}`, "--json", "--quiet-packets");
      const events = seen.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
      const counted = events.filter(({ event }) => event === "summary");
      assertEquals(counted.map(({ packets }) => packets).sort(), packets, seen.stderr);
    });
  });
}

Deno.test("what a recording of packets carries is dumped as it is from the stream itself", async () => {
  await onStage({ sdp: BOTH, media: everything }, async ({ folder, dump }) => {
    const recorded = await dump("x.pcapng");
    assertEquals(recorded.status, 0, recorded.stderr);
    await dump("live");
    const again = async (out: string, ...flags: string[]): Promise<ProgramResult> => {
      const words = ["dump", `${folder}/x.pcapng`, "--out", `${folder}/${out}`, "--json"];
      const result = await runProgram(...words, ...flags);
      assertEquals(result.status, 0, result.stderr);
      return result;
    };
    const { frames, kept, lost } = lastEvent(await again("x.h264"));
    assertEquals([frames, kept, lost], [17, 15, 0]);
    assertEquals(await Deno.readFile(`${folder}/x.h264`), byteStream(5, 20));
    await again("again");
    for (const name of ["video.h264", "audio.wav"]) {
      const [live, read] = await Promise.all(
        ["live", "again"].map((each) => Deno.readFile(`${folder}/${each}/${name}`)),
      );
      assertEquals(read, live, name);
    }
    await again("x.mp4");
    assertWholeBoxes(await Deno.readFile(`${folder}/x.mp4`));
    await again("sound.wav", "--track", "audio");
    const part = await again("part.h264", "--frames", "3");
    assertEquals(lastEvent(part).kept, 3);
    assertEquals(await Deno.readFile(`${folder}/part.h264`), byteStream(5, 8));
  });
});

Deno.test("a recording that has not what is asked for says what it has", async () => {
  await onStage({ sdp: BOTH, media: everything }, async ({ folder, dump }) => {
    await dump("x.pcapng");
    const told = async (...flags: string[]): Promise<[status: number, stderr: string]> => {
      const { status, stderr } = await runProgram("dump", `${folder}/x.pcapng`, ...flags);
      return [status, stderr];
    };
    const [status, stderr] = await told("--out", `${folder}/x.h265`);
    assertEquals(status, 2);
    assertMatch(stderr, /--format h265 does not fit: .*\(what fits video: h264, mp4; audio: wav/);
    const [late, empty] = await told("--out", `${folder}/late.h264`, "--start", "1h");
    assertEquals(late, 6);
    assertStringIncludes(empty, "no key frame that a file could begin with");
    const [usage, remark] = await told("--out", `${folder}/x.h264`, "--transport", "tcp");
    assertEquals([usage, /--transport is for streams/.test(remark)], [2, true], remark);
    assertEquals(await namesIn(folder), ["x.pcapng"]);
  });
});

Deno.test("a recording of a server that cannot be reached is not left behind", async () => {
  await withFolder(async (folder) => {
    const words = ["rtsp://127.0.0.1:1/m", "--out", `${folder}/x.pcapng`];
    const { status } = await runProgram("dump", ...words);
    assertEquals([status, await namesIn(folder)], [3, []]);
  });
});

Deno.test("packets of JPEG are kept too, up to so many frames", async () => {
  const media = async (client: ScriptedConnection): Promise<void> => {
    await client.rtp(...packetsOf(PICTURES).flat());
    await client.rtcp(goodbye());
  };
  await onStage({ media }, async ({ folder, dump }) => {
    const result = await dump("x.pcapng", "--frames", "2", "--json");
    assertEquals([result.status, lastEvent(result).frames], [0, 2], result.stderr);
    assert((await Deno.stat(`${folder}/x.pcapng`)).size > 2 * PICTURES[0]!.length);
  });
});

/** What does not go together, and how that is told before anything is played. */
const REFUSED: { flags: string[]; status: number; says: RegExp }[] = [
  { flags: ["x.h265"], status: 2, says: /h265 does not fit: .*\(what fits video: h264, mp4; / },
  { flags: ["x.avi"], status: 2, says: /--format avi does not fit/ },
  { flags: ["x", "--track", "sub"], status: 2, says: /--track sub: there is none of that name/ },
  { flags: ["x", "--every", "2"], status: 2, says: /--every is for JPEG pictures.*H264 streams/ },
  { flags: ["none/x.h264"], status: 8, says: /--out .*none\/x.h264: cannot write there/ },
  { flags: ["."], status: 8, says: /this is a folder; name a file/ },
];

for (const { flags, status, says } of REFUSED) {
  Deno.test(`dump of H.264 and PCMU to ${flags.join(" ")} ends with status ${status}`, async () => {
    await onStage({ sdp: BOTH, media: everything }, async ({ server, folder, dump }) => {
      const [out, ...rest] = flags;
      const more = out === "." ? ["--format", "h264"] : [];
      const result = await dump(out!, ...rest, ...more);
      assertEquals(result.status, status, result.stderr);
      assertMatch(result.stderr, says);
      assertEquals(server.asked("PLAY").length, 0);
      const files = await Array.fromAsync(Deno.readDir(folder));
      assertEquals(files.filter(({ isFile }) => isFile), []);
    });
  });
}

Deno.test("a stream of which playing cannot begin leaves no file, and is no media", async () => {
  const media = async (client: ScriptedConnection): Promise<void> => {
    await client.rtpOf(0, ...pictures(1, 5));
    await client.rtcpOf(0, goodbye());
  };
  await onStage({ sdp: sdp(...VIDEO), media }, async ({ folder, dump }) => {
    const { status, stderr } = await dump("x.mp4");
    assertEquals([status, await namesIn(folder)], [6, []], stderr);
    assertStringIncludes(stderr, "4 RTP packets came, but no key frame that a file could begin");
  });
});

/** Sends pictures for as long as they are wanted. */
async function onAndOn(client: ScriptedConnection): Promise<void> {
  for (let at = 0; at < 100_000; at += 10) {
    await client.rtpOf(0, ...pictures(at, at + 10));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Files, and what must be true of one that ends at any moment. */
const ENDED: [out: string, file: string, check: (bytes: Uint8Array) => void][] = [
  ["all", "all/video.h264", (bytes) => {
    assert(bytes.length >= byteStream(0, 60).length);
    assertEquals(bytes, byteStream(0, 2000).subarray(0, bytes.length));
  }],
  ["x.mp4", "x.mp4", (bytes) => {
    assert(bytes.length > 1000);
    assertWholeBoxes(bytes);
  }],
];

for (const [out, path, check] of ENDED) {
  for (const signal of ["SIGINT", "SIGKILL"] as const) {
    Deno.test({
      name: `${out} of a dump that is ended by ${signal} is whole, and what came is in it`,
      ignore: Deno.build.os === "windows",
      fn: () =>
        onStage({ sdp: sdp(...VIDEO), media: onAndOn }, async ({ server, folder }) => {
          const program = new Program(words(server, `${folder}/${out}`, ["--json"]));
          for (let units = 0; units < 100; units++) await program.line();
          program.kill(signal);
          const { status, stderr } = await program.finish();
          assertEquals(status === 0, signal === "SIGINT", stderr);
          const split = `${folder}/${path}`.lastIndexOf("/") + 1;
          const [inside, name] = [`${folder}/${path}`.slice(0, split), path.split("/").at(-1)!];
          const found = (await namesIn(inside)).find((other) => other.includes(name))!;
          assertEquals(found === name, signal === "SIGINT", found);
          check(await Deno.readFile(`${inside}/${found}`));
        }),
    });
  }
}

/** The boxes of an MP4 file must fill it. */
function assertWholeBoxes(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer);
  let at = 0;
  while (at < bytes.length) at += view.getUint32(at);
  assertEquals(at, bytes.length, "the last box is whole");
}

/** Formats, and what must be true of a file that ends early. */
const FULL: [name: string, check: (bytes: Uint8Array) => void][] = [
  ["x.h264", (bytes) => {
    const count = [...Array(400).keys()].find((n) => byteStream(0, n, 1000).length >= bytes.length);
    assertEquals(bytes, byteStream(0, count!, 1000));
  }],
  ["x.mp4", assertWholeBoxes],
  ["x.pcapng", assertWholeBlocks],
];

/** The blocks of a pcapng file must fill it; each says its length behind its type. */
function assertWholeBlocks(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer);
  let at = 0;
  while (at < bytes.length) at += view.getUint32(at + 4);
  assertEquals(at, bytes.length, "the last block is whole");
}

for (const [name, check] of FULL) {
  Deno.test({
    name: `${name} on a disk that gets full is whole, only shorter; the status is 8`,
    ignore: !SMALL_DISKS,
    fn: async () => {
      const media = async (client: ScriptedConnection): Promise<void> => {
        await client.rtpOf(0, ...pictures(0, 400, 1000));
        await client.rtcpOf(0, goodbye());
      };
      await onStage({ sdp: sdp(...VIDEO), media }, async ({ server }) => {
        await withSmallDisk(256 * 1024, async (disk) => {
          const { status, stderr } = await runProgram(...words(server, `${disk}/${name}`, []));
          assertEquals(status, 8, stderr);
          assertStringIncludes(stderr, "No space left on device");
          assertStringIncludes(stderr, "what was written before is kept, as a whole");
          assertEquals(await namesIn(disk), [name]);
          const bytes = await Deno.readFile(`${disk}/${name}`);
          // Packets are written in pieces of 64 kB and more, each of which is in it or not.
          assert(bytes.length > 64 * 1024, String(bytes.length));
          check(bytes);
        });
      });
    },
  });
}
