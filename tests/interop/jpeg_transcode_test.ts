// Other people's encoders make the files, the transcoder re-codes them, libjpeg-turbo's djpeg is the
// judge of both.
import { carriage } from "../../lib/jpeg/carriage.ts";
import { inspectJpeg } from "../../lib/jpeg/inspect.ts";
import { requantizeJpeg } from "../../lib/jpeg/requantize.ts";
import {
  NeedsPixelsError,
  planTranscode,
  transcodeJpeg,
  type TranscodeStep,
} from "../../lib/jpeg/transcode.ts";
import { transcodeFrame } from "../../lib/media/transcode/transcode_frame.ts";
import { LAB_MAX_FRAME } from "../../lib/stream/lab_payload.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { peerTest, program } from "../support/peers.ts";
import { run } from "./support/child.ts";
import { inFolder } from "./support/clips.ts";

const PEERS = ["ffmpeg", "cjpeg", "jpegtran", "djpeg"].map(program);
/** As djpeg decodes without inventing chrominance between samples. */
const PLAIN = ["-nosmooth", "-dct", "int", "-rgb"];

interface Case {
  /** What made it and how. */
  name: string;
  size: string;
  /** Commands behind the picture `in.ppm`, of which the last one makes `out.jpg`. */
  make: string[][];
  steps: TranscodeStep[];
  /** Where colours change: least PSNR of all three, in dB. */
  psnr?: number;
  /** Whether luminance coefficients change as well. */
  luminance?: boolean;
}

const cjpeg = (...options: string[]): string[][] => [
  ["cjpeg", ...options, "-outfile", "out.jpg", "in.ppm"],
];
const jpegtran = (options: string[], from: string[] = []): string[][] => [
  ["cjpeg", ...from, "-outfile", "mid.jpg", "in.ppm"],
  ["jpegtran", ...options, "-outfile", "out.jpg", "mid.jpg"],
];
const ffmpeg = (format: string, huffman: string): string[][] => [
  [
    ...["ffmpeg", "-nostdin", "-y", "-loglevel", "error", "-i", "in.ppm"],
    ...["-pix_fmt", format, "-q:v", "3", "-huffman", huffman, "out.jpg"],
  ],
];

/** Every kind of file at an odd size, where blocks and MCUs are filled up in every way. */
function kinds(size: string): Case[] {
  const of = (name: string, make: string[][], steps: TranscodeStep[], psnr?: number): Case => {
    return { name, size, make, steps, ...(psnr === undefined ? {} : { psnr }) };
  };
  const resampled = (name: string, make: string[][], psnr: number): Case => {
    return of(name, make, ["chroma-resampled"], psnr);
  };
  return [
    of("ffmpeg 4:2:0 default", ffmpeg("yuvj420p", "default"), []),
    of("ffmpeg 4:2:0 optimal", ffmpeg("yuvj420p", "optimal"), ["huffman-tables"]),
    of("ffmpeg 4:2:2 default", ffmpeg("yuvj422p", "default"), ["sampling-layout"]),
    of("ffmpeg 4:2:2 optimal", ffmpeg("yuvj422p", "optimal"), [
      "huffman-tables",
      "sampling-layout",
    ]),
    of("ffmpeg 4:4:4", ffmpeg("yuvj444p", "optimal"), ["huffman-tables", "chroma-resampled"], 23),
    of("cjpeg greyscale", cjpeg("-grayscale"), ["greyscale"]),
    of("cjpeg greyscale optimised", cjpeg("-grayscale", "-optimize"), [
      "huffman-tables",
      "greyscale",
    ]),
    of("cjpeg optimised", cjpeg("-optimize"), ["huffman-tables"]),
    of("cjpeg restarts", cjpeg("-optimize", "-restart", "3B"), ["huffman-tables"]),
    of("cjpeg restart each row", cjpeg("-optimize", "-restart", "1"), ["huffman-tables"]),
    of("cjpeg quality 100", cjpeg("-optimize", "-quality", "100"), ["huffman-tables"]),
    of("cjpeg progressive", cjpeg("-progressive"), ["progressive"]),
    of("cjpeg progressive greyscale", cjpeg("-progressive", "-grayscale"), [
      "progressive",
      "greyscale",
    ]),
    of("jpegtran progressive", jpegtran(["-progressive"]), ["progressive"]),
    of("jpegtran progressive restarts", jpegtran(["-progressive", "-restart", "5B"]), [
      "progressive",
    ]),
    of("jpegtran progressive 4:4:4", jpegtran(["-progressive"], ["-sample", "1x1"]), [
      "progressive",
      "chroma-resampled",
    ], 23),
    of("jpegtran a scan a component", jpegtran(["-scans", "scans.txt"]), ["scans"]),
    of("cjpeg 4:2:2", cjpeg("-sample", "2x1"), []),
    resampled("cjpeg 4:4:4", cjpeg("-sample", "1x1"), 23),
    resampled("cjpeg 4:4:4 restarts", cjpeg("-sample", "1x1", "-restart", "7B"), 23),
    resampled("cjpeg 4:4:0", cjpeg("-sample", "1x2"), 23),
    resampled("cjpeg 4:1:1", cjpeg("-sample", "4x1"), 30),
    resampled("cjpeg 4:1:0", cjpeg("-sample", "4x2"), 30),
    resampled("cjpeg 3x1", cjpeg("-sample", "3x1"), 20),
    resampled("cjpeg 3x2", cjpeg("-sample", "3x2"), 20),
    resampled("cjpeg Cb and Cr apart", cjpeg("-sample", "2x2,1x2,2x1"), 23),
    {
      ...of("cjpeg three tables", cjpeg("-qtables", "tables.txt", "-qslots", "0,1,2"), [
        "quantization-merged",
      ], 25),
    },
    {
      ...of("cjpeg quality 5", cjpeg("-quality", "5"), ["quantization-capped"], 25),
      luminance: true,
    },
  ];
}

const CASES: Case[] = [
  ...kinds("333x217"),
  ...kinds("48x32"),
  ...kinds("1x1").filter(({ psnr }) => psnr === undefined),
  ...kinds("1920x1080").filter(({ name }) => /ffmpeg|progressive|restarts/.test(name)),
  ...kinds("4000x2000").filter(({ name }) =>
    /ffmpeg 4:2:0 optimal|jpegtran prog.*4:4:4/.test(name)
  ),
];

const row = (first: number): string => Array.from({ length: 64 }, (_, i) => first + i).join(" ");
const SIDE_FILES = {
  "scans.txt": new TextEncoder().encode("0;\n1;\n2;\n"),
  "tables.txt": new TextEncoder().encode(`${row(8)}\n${row(12)}\n${row(5)}\n`),
};

for (const size of new Set(CASES.map((test) => test.size))) {
  peerTest(`djpeg decodes files of ${size} pixels as before`, PEERS, async () => {
    await inFolder(SIDE_FILES, async (folder) => {
      await succeed(folder, [
        ...["ffmpeg", "-nostdin", "-y", "-loglevel", "error", "-f", "lavfi"],
        ...["-i", "testsrc2=size=4000x2000", "-frames:v", "1"],
        ...["-vf", `format=rgb24,scale=${size.replace("x", ":")}`, "in.ppm"],
      ]);
      for (const test of CASES) if (test.size === size) await judge(folder, test);
    });
  });
}

async function judge(folder: string, test: Case): Promise<void> {
  const where = `${test.name}, ${test.size}`;
  const source = await made(folder, test.make);
  const info = inspectJpeg(source);
  const { jpeg, steps, lossless } = transcodeJpeg(source, info);
  assertEquals(steps, test.steps, where);
  assertEquals(planTranscode(info), { steps, lossless, needsPixels: undefined }, where);
  assertEquals(lossless, test.psnr === undefined, where);
  assert(carriage(inspectJpeg(jpeg)).ok, where);
  assertEquals(inspectJpeg(jpeg).restartInterval > 0, info.restartInterval > 0, where);
  const before = await pixels(folder, source, PLAIN), after = await pixels(folder, jpeg, PLAIN);
  if (lossless) {
    assert(same(before, after), `${where}: other pixels`);
    return;
  }
  const db = psnr(before, after);
  assert(db >= test.psnr!, `${where}: a PSNR of ${db.toFixed(2)} dB, below ${test.psnr}`);
  if (test.luminance) return;
  const grey = ["-grayscale", "-dct", "int"];
  const [a, b] = [await pixels(folder, source, grey), await pixels(folder, jpeg, grey)];
  assert(same(a, b), `${where}: other luminance`);
}

peerTest("what cjpeg makes that has no YCbCr coefficients is refused by name", PEERS, async () => {
  await inFolder({}, async (folder) => {
    await succeed(folder, [
      ...["ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi"],
      ...["-i", "testsrc2=size=64x48", "-frames:v", "1", "in.ppm"],
    ]);
    for (
      const [option, says] of [
        ["-rgb", "colours other than YCbCr (Adobe transform 0)"],
        ["-arithmetic", "arithmetic coding (SOF9)"],
      ] as const
    ) {
      const jpeg = await made(folder, cjpeg(option));
      assertEquals(planTranscode(inspectJpeg(jpeg)).needsPixels, says);
      assertThrows(() => transcodeJpeg(jpeg), NeedsPixelsError, says);
    }
  });
});

peerTest("djpeg decodes what was made smaller, near to what it was", PEERS, async () => {
  await inFolder({}, async (folder) => {
    await succeed(folder, [
      ...["ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi"],
      ...["-i", "testsrc2=size=640x480", "-frames:v", "1", "in.ppm"],
    ]);
    const source = await made(folder, cjpeg("-quality", "95", "-progressive"));
    const before = await pixels(folder, source, PLAIN);
    for (const [share, least] of [[0.8, 35], [0.5, 30], [0.3, 24]] as const) {
      const maxBytes = Math.floor(share * source.length);
      const { jpeg } = requantizeJpeg(source, { maxBytes });
      assert(jpeg.length <= maxBytes);
      const db = psnr(before, await pixels(folder, jpeg, PLAIN));
      assert(db >= least, `${share} of the bytes: a PSNR of ${db.toFixed(2)} dB, below ${least}`);
    }
  });
});

peerTest("djpeg decodes what was encoded anew, for RTP and for the lab", PEERS, async () => {
  await inFolder({}, async (folder) => {
    const drawn = async (size: string, file: string): Promise<void> => {
      const source = ["-f", "lavfi", "-i", `testsrc=size=${size}`, "-frames:v", "1"];
      await succeed(folder, ["ffmpeg", "-nostdin", "-y", "-loglevel", "error", ...source, file]);
    };
    await drawn("333x217", "in.ppm");
    await drawn("333x217", "in.png");
    const rgb = await made(folder, cjpeg("-rgb"));
    await drawn("2100x1500", "in.ppm");
    const large = await made(folder, jpegtran(["-progressive"], ["-sample", "1x1"]));
    const png = await Deno.readFile(`${folder}/in.png`);
    for (const [file, rtp] of [[rgb, "333 217"], [png, "333 217"], [large, "2040 1457"]] as const) {
      for (const carrier of ["rtp", "lab"] as const) {
        const { jpeg } = await transcodeFrame(file, carrier);
        assert(carrier === "rtp" || jpeg.length <= LAB_MAX_FRAME, `${jpeg.length} bytes`);
        const [, size] = new TextDecoder().decode((await pixels(folder, jpeg, PLAIN)).slice(0, 30))
          .split("\n");
        if (carrier === "rtp") assertEquals(size, rtp);
      }
    }
  });
});

async function made(folder: string, commands: string[][]): Promise<Uint8Array> {
  // What encoders say of their own work is not judged; cjpeg cautions against quality 5.
  for (const command of commands) await said(folder, command);
  return await Deno.readFile(`${folder}/out.jpg`);
}

/** The file as djpeg decodes it, which must have nothing to warn of. */
async function pixels(folder: string, jpeg: Uint8Array, options: string[]): Promise<Uint8Array> {
  await Deno.writeFile(`${folder}/judged.jpg`, jpeg);
  await succeed(folder, ["djpeg", ...options, "-outfile", "judged.ppm", "judged.jpg"]);
  return await Deno.readFile(`${folder}/judged.ppm`);
}

async function succeed(folder: string, command: string[]): Promise<void> {
  assertEquals(await said(folder, command), "", command.join(" "));
}

/** What a program says that ends well. */
async function said(folder: string, [name, ...args]: string[]): Promise<string> {
  const { code, stderr } = await run(name!, args, { cwd: folder });
  assertEquals(code, 0, `${[name, ...args].join(" ")}\n${stderr}`);
  return stderr;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Peak signal-to-noise ratio in dB of two files of the same header. */
function psnr(a: Uint8Array, b: Uint8Array): number {
  assertEquals(a.length, b.length);
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i]! - b[i]!) ** 2;
  return 10 * Math.log10(255 ** 2 / (squares / a.length));
}
