/**
 * How much memory serving an AVI file of 4 GB takes, with viewers at four places of it, each for ten
 * seconds; once with frames that are sent as they are, once with frames that are re-coded first. Has
 * to have that much room where temporary files go. Asserts nothing.
 *
 *     deno bench -A tests/bench/large_file_bench.ts
 */
import { encodeJpeg } from "../../lib/jpeg/encoder.ts";
import { AviWriter } from "../../lib/media/avi_writer.ts";
import { testPicture } from "../lib/jpeg/pictures.ts";
import { findProgram } from "../support/peers.ts";
import { Program, runProgram } from "../support/program.ts";
import { residentMb } from "./load.ts";
import { printTable } from "./table.ts";

const FILE_BYTES = 4e9;
/** Frames a second of what is sent as it is, and of what takes a processor to re-code. */
const RATES = { asIs: 25, recoded: 5 };
/** Where viewers begin, as shares of the file. */
const PLACES = [0, 0.3, 0.6, 0.95];
const WATCHED = "10s";
/** Different frames, over and over. */
const PICTURES = 10;

function frames(folder: string, optimised: boolean): Uint8Array[] {
  return Array.from({ length: PICTURES }, (_, i) => {
    const jpeg = encodeJpeg(testPicture(1920, 1080, i), { quality: 85 });
    if (!optimised) return jpeg;
    Deno.writeFileSync(`${folder}/in.jpg`, jpeg);
    const args = ["-optimize", "-outfile", "out.jpg", "in.jpg"];
    const { success } = new Deno.Command("jpegtran", { args, cwd: folder }).outputSync();
    if (!success) throw new Error("jpegtran failed");
    return Deno.readFileSync(`${folder}/out.jpg`);
  });
}

/** @returns its frames */
async function makeFile(
  path: string,
  pictures: readonly Uint8Array[],
  frameRate: number,
): Promise<number> {
  const writer = await AviWriter.create(path, { frameRate });
  let count = 0;
  for (let bytes = 0; bytes < FILE_BYTES; count++) {
    const jpeg = pictures[count % pictures.length]!;
    await writer.write(jpeg, count * 1000 / frameRate);
    bytes += jpeg.length;
  }
  await writer.commit();
  return count;
}

/** Most memory of the process so far, in MB. */
async function peakMb(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1]) / 1024;
}

async function measure(name: string, optimised: boolean): Promise<string[]> {
  const folder = await Deno.makeTempDir({ prefix: "rtspkit-bench-" });
  try {
    const fps = optimised ? RATES.recoded : RATES.asIs;
    const count = await makeFile(`${folder}/clip.avi`, frames(folder, optimised), fps);
    const { size } = await Deno.stat(`${folder}/clip.avi`);
    const server = new Program(["serve", "0", "--json", "--quiet", "--root", folder]);
    const { port } = JSON.parse((await server.line())!);
    const before = await residentMb(server.pid);
    const views = await Promise.all(PLACES.map((place, i) => {
      const url = `rtsp://127.0.0.1:${port}/clip.avi`;
      const start = ["--start", String(Math.floor(place * count / fps)), "--duration", WATCHED];
      const out = ["--out", `${folder}/${i}.mjpeg`, "--json", "--quiet"];
      return runProgram("dump", url, "--transport", "tcp", ...start, ...out);
    }));
    const seen = views.map(({ stdout }) => JSON.parse(stdout.trim().split("\n").at(-1)!).frames);
    const peak = await peakMb(server.pid);
    server.kill("SIGINT");
    await server.finish();
    return [
      name,
      `${(size / 1e9).toFixed(2)} GB`,
      count.toLocaleString("en-US"),
      `${before.toFixed(0)} MB`,
      `${peak.toFixed(0)} MB`,
      seen.join(" "),
    ];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (findProgram("jpegtran") === undefined) {
  printTable("Serving 4 GB", [["skipped: no jpegtran on PATH"]]);
} else {
  const head = ["frames of 1920x1080", "file", "frames", "before", "at most", "seen"];
  const rows = [await measure("sent as they are", false), await measure("re-coded", true)];
  printTable(`Memory of serve, ${PLACES.length} viewers of a large AVI file`, [head, ...rows]);
}
