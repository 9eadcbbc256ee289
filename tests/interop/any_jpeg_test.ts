// JPEG files as people have them, most of which RFC 2435 cannot carry as they are: ffmpeg and
// GStreamer get every frame over UDP and TCP. Where the re-coding is lossless every decoded pixel is
// the source's, where chrominance is resampled luminance is, and how near the rest comes is stated.
import { indexOfNeedle } from "@std/bytes/index-of-needle";
import { assert, assertEquals } from "../support/assert.ts";
import { peerTest, program } from "../support/peers.ts";
import { concat } from "../lib/jpeg/pictures.ts";
import {
  type AnyClip,
  LAB_FILES,
  labFilesThere,
  LARGE,
  OTHERS,
  SMALL,
} from "./support/any_clips.ts";
import { allOf, run } from "./support/child.ts";
import { decodedHashes, inFolder, sourceHashes } from "./support/clips.ts";
import { GSTREAMER, gstScript, PYTHON_GST } from "./support/gstreamer.ts";
import { type ServeOptions, type Server, withServer } from "./support/rtspkit.ts";

const FFMPEG = program("ffmpeg");
const PEERS = [FFMPEG, program("cjpeg"), program("jpegtran"), GSTREAMER, PYTHON_GST];
const TRANSPORTS = ["udp", "tcp"] as const;
/** Room for some frames of 60 kB, which ffmpeg does not ask for by itself, in bytes. */
const UDP_BUFFER = "4000000";
/** Of the length before each frame of the lab's file format. */
const LAB_DIGITS = 5;
/** No file of the lab has these two bytes elsewhere than at the end of a picture. */
const END_OF_IMAGE = Uint8Array.of(0xff, 0xd9);
/** The last chunk's type (RFC 2083, section 4.1.4), which a checksum follows. */
const PNG_END = new TextEncoder().encode("IEND");
const PNG_CHECKSUM_BYTES = 4;

/** A clip that was made, and what its player must see. */
interface Made {
  readonly clip: AnyClip;
  /** The JPEGs, one behind the other. */
  readonly source: Uint8Array;
  readonly filter: string;
  /** Hashes of the source's frames as far as they stay, where they do. */
  readonly expected: string[] | undefined;
}

async function made(clip: AnyClip, bytes: Uint8Array): Promise<Made> {
  const source = clip.file.endsWith(".Mjpeg") ? withoutLengths(bytes) : bytes;
  // Sizes come rounded up to whole blocks; colours only where they stay.
  const crop = `crop=${clip.width}:${clip.height}:0:0:exact=1`;
  const filter = clip.same === "pixels" ? crop : `${crop},extractplanes=y`;
  const expected = clip.same === "size" ? undefined : await sourceHashes(source, filter);
  return { clip, source, filter, expected };
}

/** The first JPEG of each frame: a file of the lab has up to eight in one, and players show one. */
function withoutLengths(lab: Uint8Array): Uint8Array {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < lab.length;) {
    const length = Number(new TextDecoder().decode(lab.subarray(at, at + LAB_DIGITS)));
    const frame = lab.subarray(at + LAB_DIGITS, at + LAB_DIGITS + length);
    frames.push(frame.subarray(0, indexOfNeedle(frame, END_OF_IMAGE) + END_OF_IMAGE.length));
    at += LAB_DIGITS + length;
  }
  return concat(...frames);
}

async function playedByFfmpeg(server: Server, all: readonly Made[]): Promise<void> {
  for (const { clip, filter, expected } of all) {
    await allOf(TRANSPORTS.map(async (transport) => {
      const options = [
        "-rtsp_transport",
        transport,
        "-buffer_size",
        UDP_BUFFER,
        "-fpsprobesize",
        "0",
      ];
      const input = [...options, "-i", server.url(clip.file), "-frames:v", `${clip.frames}`];
      const hashes = await decodedHashes(input, filter);
      assertEquals(hashes.length, clip.frames, `${clip.name}, ffmpeg over ${transport}`);
      if (!expected) return;
      assertEquals(hashes, expected, `${clip.name}, ffmpeg over ${transport}`);
    }));
  }
}

async function playedByGstreamer(
  server: Server,
  all: readonly Made[],
  transport: string,
): Promise<void> {
  await inFolder({}, async (folder) => {
    const jobs = await Promise.all(all.map(async ({ clip: { file, frames } }) => {
      await Deno.mkdir(`${folder}/${file}`);
      return { url: server.url(file), transport, folder: `${folder}/${file}`, frames };
    }));
    await Deno.writeTextFile(`${folder}/jobs`, JSON.stringify(jobs));
    await gstScript(PYTHON_GST, "gst_any_player.py", [`${folder}/jobs`]);
    for (const each of all) await judge(each, `${folder}/${each.clip.file}`, transport);
  });
}

/** Looks at the frames that GStreamer kept in a folder. */
async function judge(
  { clip, source, filter, expected }: Made,
  folder: string,
  transport: string,
): Promise<void> {
  const where = `${clip.name}, GStreamer over ${transport}`;
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  assertEquals(names.length, clip.frames, where);
  const got = concat(...await Promise.all(names.map((name) => Deno.readFile(`${folder}/${name}`))));
  if (expected) assertEquals(await sourceHashes(got, filter), expected, where);
  if (clip.psnr === undefined || transport !== "tcp") return;
  const db = await psnr(got, source, clip);
  assert(db >= clip.psnr, `${where}: a PSNR of ${db} dB, below ${clip.psnr}`);
}

/** How near frames are to the source's, all three components together, in dB. */
async function psnr(
  got: Uint8Array,
  source: Uint8Array,
  { width, height, pipe }: AnyClip,
): Promise<number> {
  let db = NaN;
  await inFolder({ got, source }, async (folder) => {
    const inputs = [
      "-f",
      "mjpeg",
      "-i",
      `${folder}/got`,
      "-f",
      pipe ?? "mjpeg",
      "-i",
      `${folder}/source`,
    ];
    const size = `crop=${width}:${height}:0:0:exact=1`;
    const graph = `[0]${size},format=yuvj444p[a];` +
      `[1]scale=${width}:${height}:flags=area,format=yuvj444p[b];[a][b]psnr`;
    const output = ["-lavfi", graph, "-f", "null", "-"];
    const { stderr } = await run("ffmpeg", ["-nostdin", "-hide_banner", ...inputs, ...output]);
    db = Number(/average:([\d.]+)/.exec(stderr)?.[1]);
  });
  return db;
}

function assertSaid(server: Server, { file, name, says }: AnyClip): void {
  const said = server.events.filter((event) =>
    event.event === "media-transcoded" && event.file === file
  ).map(({ message }) => String(message));
  if (says === undefined) assertEquals(said, [], name);
  else assert(said.length === 1 && says.test(said[0]!), `${name}: ${said.join("; ")}`);
}

/** What lies in the folder that is served: a clip of PNG pictures is a folder itself. */
function filesOf({ file, pipe }: AnyClip, bytes: Uint8Array): [name: string, Uint8Array][] {
  if (pipe === undefined) return [[file, bytes]];
  const pictures: [string, Uint8Array][] = [];
  for (let at = 0; at < bytes.length;) {
    const end = indexOfNeedle(bytes, PNG_END, at) + PNG_END.length + PNG_CHECKSUM_BYTES;
    pictures.push([`${file}/${pictures.length + 1}.png`, bytes.subarray(at, end)]);
    at = end;
  }
  return pictures;
}

async function playAll(
  clips: readonly AnyClip[],
  options: Omit<ServeOptions, "root">,
): Promise<void> {
  const files = await Promise.all(clips.map((clip) => clip.make()));
  const all: Made[] = [];
  for (const [i, clip] of clips.entries()) all.push(await made(clip, files[i]!));
  const served = Object.fromEntries(clips.flatMap((clip, i) => filesOf(clip, files[i]!)));
  await inFolder(served, async (root) => {
    // Without an end there is no goodbye, which a busy player may hear before the last frames.
    await withServer({ root, flags: ["--loop"], ...options }, async (server) => {
      await allOf([
        playedByFfmpeg(server, all),
        ...TRANSPORTS.map((transport) => playedByGstreamer(server, all, transport)),
      ]);
      for (const clip of clips) assertSaid(server, clip);
    });
  });
}

const GROUPS: readonly [what: string, clips: readonly AnyClip[], fps: number][] = [
  ["what ffmpeg's encoder writes", SMALL, 40],
  ["what libjpeg-turbo and imagescript write", OTHERS, 40],
  ["large pictures", LARGE, 20],
  ["both files of the lab", LAB_FILES, 60],
];

for (const [what, clips, fps] of GROUPS) {
  // Without the lab's files, shared/data, these are skipped.
  if (clips === LAB_FILES && !labFilesThere) {
    Deno.test({ name: `ffmpeg and GStreamer play ${what}`, ignore: true, fn: () => {} });
    continue;
  }
  peerTest(`ffmpeg and GStreamer play ${what}: ${clips.length} clips`, PEERS, async () => {
    await playAll(clips, { fps });
  });
}
