// JPEG files as people have them, which RFC 2435 cannot carry as they are: ffmpeg and GStreamer get
// every frame, and every pixel where the re-coding is lossless.
import { assert, assertEquals } from "../support/assert.ts";
import { peerTest, program } from "../support/peers.ts";
import { concat } from "../lib/jpeg/pictures.ts";
import { allOf, run } from "./support/child.ts";
import {
  decodedHashes,
  ffmpegFrames,
  folderHashes,
  inFolder,
  sourceHashes,
} from "./support/clips.ts";
import { GSTREAMER, gstScript, PYTHON_GST } from "./support/gstreamer.ts";
import { type Server, withServer } from "./support/rtspkit.ts";

const FFMPEG = program("ffmpeg");
const PEERS = [FFMPEG, program("cjpeg"), program("jpegtran"), GSTREAMER, PYTHON_GST];
const TRANSPORTS = ["udp", "tcp"] as const;
const FRAMES = 4;

interface AnyClip {
  name: string;
  make: () => Promise<Uint8Array>;
  /** The size that viewers see. */
  width: number;
  height: number;
  /** What the server says that it did; undefined for nothing. */
  says?: RegExp;
  /** Whether viewers see the source's own pixels. */
  lossless: boolean;
}

type Shown = Pick<AnyClip, "says" | "lossless">;

const AS_IT_IS: Shown = { lossless: true };
const RECODED: Shown = { says: /Huffman tables re-coded.*, lossless$/, lossless: true };
const REORDERED: Shown = { says: /blocks put into the usual order, lossless$/, lossless: true };
const RESAMPLED: Shown = { says: /chrominance resampled, luminance untouched$/, lossless: false };
const SCALED: Shown = { says: /^scaled from 4000x2000 to 2000x1000, /, lossless: false };
const UNFOLDED: Shown = { says: /progressive.*, lossless$/, lossless: true };
const GREY: Shown = { says: /colourless chrominance added.*, lossless$/, lossless: true };

/** What ffmpeg's own encoder writes. */
function encoded(format: string, huffman: string, size: string, shown: Shown): AnyClip {
  const [width, height] = size.split("x").map(Number);
  const options = ["-pix_fmt", format, "-huffman", huffman, "-q:v", "3"];
  const make = (): Promise<Uint8Array> => ffmpegFrames(size, FRAMES, options);
  const name = `ffmpeg's ${format} of ${size}, ${huffman} tables`;
  return { name, make, width: width!, height: height!, ...shown };
}

/** What a program of libjpeg-turbo makes of pictures; it reads `in` and writes `out`. */
function converted(name: string, command: string[], shown: Shown, from = "ppm"): AnyClip {
  const size = { width: 333, height: 217 };
  return { name, ...size, ...shown, make: () => convert(command, from) };
}

async function convert([tool, ...args]: string[], from: string): Promise<Uint8Array> {
  const files: Uint8Array[] = [];
  await inFolder({}, async (folder) => {
    const size = ["-f", "lavfi", "-i", "testsrc=size=333x217:rate=25", "-frames:v", `${FRAMES}`];
    const made = await run("ffmpeg", [
      ...["-nostdin", "-loglevel", "error", ...size, `${folder}/%d.ppm`],
    ]);
    assertEquals(made.code, 0, made.stderr);
    for (let i = 1; i <= FRAMES; i++) {
      const source = `${folder}/${i}.${from}`;
      if (from === "jpg") await ok("cjpeg", ["-outfile", source, `${folder}/${i}.ppm`]);
      await ok(tool!, [...args, "-outfile", `${folder}/out`, source]);
      files.push(await Deno.readFile(`${folder}/out`));
    }
  });
  return concat(...files);
}

async function ok(tool: string, args: string[]): Promise<void> {
  const { code, stderr } = await run(tool, args);
  assertEquals(code, 0, stderr);
}

const CLIPS: readonly AnyClip[] = [
  encoded("yuvj420p", "default", "332x216", AS_IT_IS),
  encoded("yuvj420p", "optimal", "332x216", RECODED),
  encoded("yuvj422p", "default", "332x216", REORDERED),
  encoded("yuvj444p", "optimal", "332x216", RESAMPLED),
  encoded("yuvj420p", "optimal", "1920x1080", RECODED),
  encoded("yuvj420p", "optimal", "4000x2000", { ...SCALED }),
  converted("odd sides, optimised", ["cjpeg", "-optimize"], RECODED),
  converted("greyscale", ["cjpeg", "-grayscale"], GREY),
  converted("4:4:4", ["cjpeg", "-sample", "1x1"], RESAMPLED),
  converted("RGB", ["cjpeg", "-rgb"], { says: /^encoded anew/, lossless: false }),
  converted(
    "restart markers and optimised tables",
    ["cjpeg", "-optimize", "-restart", "1"],
    RECODED,
  ),
  converted("progressive", ["jpegtran", "-progressive"], UNFOLDED, "jpg"),
].map((clip) =>
  clip.lossless || clip.width <= 2040 ? clip : { ...clip, width: 2000, height: 1000 }
);

/** Hashes of what is decoded, without what stands in the last blocks behind the edges. */
function filterOf({ name, width, height }: AnyClip): string {
  // Greyscale comes back with chrominance: only luminance can be compared.
  const grey = name === "greyscale" ? ",extractplanes=y" : "";
  return `crop=${width}:${height}:0:0:exact=1${grey}`;
}

async function gstreamerHashes(url: string, transport: string, filter: string): Promise<string[]> {
  let hashes: string[] = [];
  await inFolder({}, async (out) => {
    await gstScript(PYTHON_GST, "gst_player.py", [url, transport, out]);
    hashes = await folderHashes(out, filter);
  });
  return hashes;
}

function transcodings(server: Server): string[] {
  return server.events.filter(({ event }) => event === "media-transcoded")
    .map(({ message }) => String(message));
}

for (const clip of CLIPS) {
  peerTest(`ffmpeg and GStreamer play ${clip.name}`, PEERS, async () => {
    const source = await clip.make();
    const filter = filterOf(clip);
    const expected = clip.lossless ? await sourceHashes(source, filter) : undefined;
    await inFolder({ "clip.mjpeg": source }, async (root) => {
      await withServer({ root, fps: 40 }, async (server) => {
        const url = server.url("clip.mjpeg");
        const seen: string[][] = [];
        await allOf(TRANSPORTS.flatMap((transport) =>
          [
            decodedHashes(["-rtsp_transport", transport, "-i", url], filter),
            gstreamerHashes(url, transport, filter),
          ].map(async (hashes) => void seen.push(await hashes))
        ));
        for (const hashes of seen) {
          assertEquals(hashes.length, FRAMES);
          assertEquals(hashes, expected ?? seen[0]);
        }
        const said = transcodings(server);
        if (clip.says === undefined) assertEquals(said, []);
        else assert(said.length === 1 && clip.says.test(said[0]!), said.join("; "));
      });
    });
  });
}
