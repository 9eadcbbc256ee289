/**
 * How fast JPEG files are made ones that RFC 2435 can carry, next to jpegtran doing the same kind of
 * work: its Huffman decoding and coding, process start included, and where chrominance is resampled
 * djpeg and cjpeg. Asserts nothing.
 *
 *     deno bench -A tests/bench/transcode_bench.ts
 */
import { JpegTranscoder } from "../../lib/jpeg/transcode.ts";
import { inspectJpeg } from "../../lib/jpeg/inspect.ts";
import { encodeJpeg } from "../../lib/jpeg/encoder.ts";
import { requantizeJpeg } from "../../lib/jpeg/requantize.ts";
import { testPicture } from "../lib/jpeg/pictures.ts";
import { findProgram } from "../support/peers.ts";
import { rate } from "./rate.ts";
import { printTable } from "./table.ts";

const WIDTH = 1920;
const HEIGHT = 1080;
const MEGAPIXELS = WIDTH * HEIGHT / 1e6;
const PROGRAMS = ["cjpeg", "djpeg", "jpegtran"];

interface Row {
  name: string;
  /** Makes the file of `in.jpg`. */
  make: string;
  /** What does the same to `file.jpg`. */
  peer: string;
}

const BACK = "jpegtran -copy none -outfile out.jpg file.jpg";
const ROWS: Row[] = [
  { name: "optimised Huffman tables", make: "jpegtran -optimize in.jpg", peer: BACK },
  { name: "progressive", make: "jpegtran -progressive in.jpg", peer: BACK },
  {
    name: "4:4:4",
    make: "djpeg in.jpg | cjpeg -quality 85 -sample 1x1",
    peer: "djpeg file.jpg | cjpeg -quality 85 -sample 2x1 -outfile out.jpg",
  },
  {
    name: "4:4:4 progressive",
    make: "djpeg in.jpg | cjpeg -quality 85 -sample 1x1 -progressive",
    peer: "djpeg file.jpg | cjpeg -quality 85 -sample 2x1 -outfile out.jpg",
  },
  { name: "greyscale", make: "jpegtran -grayscale -optimize in.jpg", peer: BACK },
];

function shell(folder: string, command: string): void {
  const { success } = new Deno.Command("sh", { args: ["-c", command], cwd: folder }).outputSync();
  if (!success) throw new Error(`It failed: ${command}`);
}

const speed = (perSecond: number): string => `${perSecond.toFixed(0)} MP/s`;
const milliseconds = (perSecond: number): string =>
  `${(1000 * MEGAPIXELS / perSecond).toFixed(1)} ms`;

function measure(folder: string, { name, make, peer }: Row): string[] {
  shell(folder, `${make} > file.jpg`);
  const jpeg = Deno.readFileSync(`${folder}/file.jpg`);
  const transcoder = new JpegTranscoder();
  const ours = rate(MEGAPIXELS, () => transcoder.transcode(jpeg, inspectJpeg(jpeg)));
  const theirs = rate(MEGAPIXELS, () => shell(folder, peer));
  return [
    name,
    `${jpeg.length}`,
    speed(ours),
    milliseconds(ours),
    speed(theirs),
    milliseconds(theirs),
  ];
}

/** Without any program of others: files as our own encoder writes them, made smaller. */
function shrinking(): void {
  const jpeg = encodeJpeg(testPicture(WIDTH, HEIGHT), { quality: 85 });
  const maxBytes = 99_999;
  const ours = rate(MEGAPIXELS, () => requantizeJpeg(jpeg, { maxBytes }));
  printTable(`Coarser tables, ${jpeg.length} bytes to ${maxBytes}`, [[
    ...["up to 8 tries", speed(ours), milliseconds(ours)],
  ]]);
}

const missing = PROGRAMS.filter((name) => findProgram(name) === undefined);
if (missing.length > 0) {
  printTable("Transcoding JPEG", [[`skipped: no ${missing.join(", ")} on PATH`]]);
} else {
  const folder = Deno.makeTempDirSync({ prefix: "rtspkit-bench-" });
  try {
    const picture = encodeJpeg(testPicture(WIDTH, HEIGHT), { quality: 85 });
    Deno.writeFileSync(`${folder}/in.jpg`, picture);
    const head = ["", "bytes", "rtspkit", "a frame", "libjpeg-turbo", "a frame"];
    const rows = ROWS.map((row) => measure(folder, row));
    printTable(`Transcoding JPEG of ${WIDTH}x${HEIGHT}`, [head, ...rows]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
shrinking();
