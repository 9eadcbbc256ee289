/**
 * How fast JPEG files are made ones that RFC 2435 can carry, next to jpegtran doing the same kind of
 * work: its Huffman decoding and coding, process start included, and where chrominance is resampled
 * djpeg and cjpeg. By processor time, so that what else runs does not count. Asserts nothing.
 *
 *     deno bench -A tests/bench/transcode_bench.ts
 */
import { cpuUsage } from "node:process";
import { JpegTranscoder } from "../../lib/jpeg/transcode.ts";
import { inspectJpeg } from "../../lib/jpeg/inspect.ts";
import { encodeJpeg } from "../../lib/jpeg/encoder.ts";
import { requantizeJpeg } from "../../lib/jpeg/requantize.ts";
import { testPicture } from "../lib/jpeg/pictures.ts";
import { findProgram } from "../support/peers.ts";
import { printTable } from "./table.ts";

const WIDTH = 1920;
const HEIGHT = 1080;
const MEGAPIXELS = WIDTH * HEIGHT / 1e6;
/** Calls of ours to warm up, and to measure; runs of theirs. */
const WARM_UP = 15;
const CALLS = 30;
const RUNS = 10;
const PROGRAMS = ["cjpeg", "djpeg", "jpegtran"];

interface Row {
  name: string;
  /** Makes the file of `in.jpg`. */
  make: string;
  /** What does the same to `file.jpg`. */
  peer: string;
}

const BACK = "jpegtran -copy none -outfile out.jpg file.jpg";
const ANEW = "djpeg file.jpg | cjpeg -quality 85 -sample 2x1 -outfile out.jpg";
const ROWS: Row[] = [
  { name: "optimised Huffman tables", make: "jpegtran -optimize in.jpg", peer: BACK },
  { name: "progressive", make: "jpegtran -progressive in.jpg", peer: BACK },
  {
    name: "4:4:4",
    make: "djpeg in.jpg | cjpeg -quality 85 -sample 1x1",
    peer: ANEW,
  },
  {
    name: "4:4:4 progressive",
    make: "djpeg in.jpg | cjpeg -quality 85 -sample 1x1 -progressive",
    peer: ANEW,
  },
  { name: "greyscale", make: "jpegtran -grayscale -optimize in.jpg", peer: BACK },
];

function shell(folder: string, command: string): void {
  const { success } = new Deno.Command("sh", { args: ["-c", command], cwd: folder }).outputSync();
  if (!success) throw new Error(`It failed: ${command}`);
}

/** Milliseconds of processor time of one call. */
function processorMs(calls: number, run: () => void): number {
  for (let i = 0; i < WARM_UP; i++) run();
  const before = cpuUsage();
  for (let i = 0; i < calls; i++) run();
  const { user, system } = cpuUsage(before);
  return (user + system) / 1000 / calls;
}

/** The same of a command, by what the shell tells of its children (POSIX, `times`). */
function commandMs(folder: string, command: string): number {
  const script = `i=0; while [ $i -lt ${RUNS} ]; do ${command}; i=$((i+1)); done; times`;
  const { stdout } = new Deno.Command("sh", { args: ["-c", script], cwd: folder }).outputSync();
  const children = new TextDecoder().decode(stdout).trim().split("\n").at(-1)!;
  const times = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  const seconds = times.reduce((sum, [, min, s]) => sum + 60 * Number(min) + Number(s), 0);
  return 1000 * seconds / RUNS;
}

function cells(ms: number): string[] {
  return [`${(1000 * MEGAPIXELS / ms).toFixed(0)} MP/s`, `${ms.toFixed(1)} ms`];
}

function measure(folder: string, { name, make, peer }: Row): string[] {
  shell(folder, `${make} > file.jpg`);
  const jpeg = Deno.readFileSync(`${folder}/file.jpg`);
  const transcoder = new JpegTranscoder();
  const ours = processorMs(CALLS, () => transcoder.transcode(jpeg, inspectJpeg(jpeg)));
  return [name, `${jpeg.length}`, ...cells(ours), ...cells(commandMs(folder, peer))];
}

/** Without any program of others: files as our own encoder writes them, made smaller. */
function shrinking(): void {
  const jpeg = encodeJpeg(testPicture(WIDTH, HEIGHT), { quality: 85 });
  const maxBytes = 99_999;
  const ours = processorMs(RUNS, () => requantizeJpeg(jpeg, { maxBytes }));
  const title = `Coarser tables, ${jpeg.length} bytes to ${maxBytes}`;
  printTable(title, [["up to 8 tries", ...cells(ours)]]);
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
