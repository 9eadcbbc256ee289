/**
 * Whether the client keeps up with large pictures: 1080p frames of about 200 kB over UDP at 60 a
 * second and over TCP at 250, server and client as processes of their own on this machine, which
 * shares its cores with both. Asserts nothing.
 *
 *     deno bench -A tests/bench/client_bench.ts
 */
import type { Summary } from "../../cmd/summary.ts";
import { encodeJpeg } from "../../lib/jpeg/encoder.ts";
import { withServe } from "../e2e/served.ts";
import { concat, testPicture } from "../lib/jpeg/pictures.ts";
import { Program } from "../support/program.ts";
import { printTable } from "./table.ts";

const DURATION_S = 4;
/** Makes frames of about 200 kB. */
const QUALITY = 77;
const FRAMES = 10;
/** Of the kernel's clock that counts processor time, in ms. */
const TICK_MS = 10;
const SAMPLE_MS = 100;

const JPEGS = Array.from({ length: FRAMES }, (_, i) => {
  return encodeJpeg(testPicture(1920, 1080, i), { quality: QUALITY });
});

interface Case {
  name: string;
  fps: number;
  transport: "udp" | "tcp";
  args: (folder: string) => string[];
}

const toFolder = (command: string) => (folder: string): string[] => {
  return [command, "--out", `${folder}/${command}`];
};
const probe = (): string[] => ["probe", "--quiet-packets"];

const CASES: readonly Case[] = [
  { name: "play --out, 60 fps", fps: 60, transport: "udp", args: toFolder("play") },
  { name: "dump, 60 fps", fps: 60, transport: "udp", args: toFolder("dump") },
  { name: "play --out, 250 fps", fps: 250, transport: "tcp", args: toFolder("play") },
  { name: "dump, 250 fps", fps: 250, transport: "tcp", args: toFolder("dump") },
  { name: "play --out, 250 fps", fps: 250, transport: "udp", args: toFolder("play") },
  { name: "probe, 700 fps", fps: 700, transport: "udp", args: probe },
  { name: "probe, 700 fps", fps: 700, transport: "tcp", args: probe },
];

/** Processor time of a process so far, in ms; undefined where the system has no /proc. */
async function processorMs(pid: number): Promise<number | undefined> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return undefined;
  }
}

/** Runs the client and says what its summary says, and how much of a core it took. */
async function receive(args: readonly string[]): Promise<{ summary: Summary; core: string }> {
  const client = new Program([...args, "--json", "--duration", `${DURATION_S}s`]);
  let used: number | undefined;
  const timer = setInterval(async () => {
    used = await processorMs(client.pid) ?? used;
  }, SAMPLE_MS);
  const { stdout, stderr } = await client.finish();
  clearInterval(timer);
  const summary = stdout.split("\n").find((line) => line.includes('"event":"summary"'));
  if (summary === undefined) throw new Error(`${args.join(" ")}: ${stderr}`);
  const core = used === undefined ? "–" : `${(used / DURATION_S / 10).toFixed(0)} %`;
  return { summary: JSON.parse(summary), core };
}

async function measure({ name, fps, transport, args }: Case): Promise<string[]> {
  const flags = ["--fps", String(fps), "--loop"];
  let row: string[] = [];
  await withServe({ "hd.mjpeg": concat(...JPEGS) }, flags, async ({ port, folder }) => {
    const url = `rtsp://127.0.0.1:${port}/hd.mjpeg`;
    const [command, ...rest] = args(folder);
    const { summary, core } = await receive([command!, url, ...rest, "--transport", transport]);
    const { packets, lost, hostDrops, bitsPerSecond, durationSeconds, framesLeftOut = 0 } = summary;
    row = [
      `${name}, ${transport.toUpperCase()}`,
      `${Math.round(bitsPerSecond / 1e6)} Mbit/s`,
      `${Math.round(packets / durationSeconds)} /s`,
      String(lost),
      hostDrops === undefined ? "–" : String(hostDrops),
      String(framesLeftOut),
      core,
    ];
  });
  return row;
}

const rows: string[][] = [];
for (const each of CASES) rows.push(await measure(each));
const bytes = Math.round(JPEGS.reduce((sum, { length }) => sum + length, 0) / FRAMES);
printTable(`The client, with 1080p frames of ${bytes} bytes`, [
  ["", "rate", "packets", "lost", "by this host", "not written", "of a core"],
  ...rows,
]);
