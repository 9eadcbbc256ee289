/**
 * What a server spends on each packet, ours and others in the same run: 640x480 Motion-JPEG of about
 * 20 kB a frame, 25 frames a second, the server on one processor and the load client on another.
 * GStreamer is measured where it is installed; a lab server where RTSPKIT_LAB_SERVER names its
 * Server.py; live555 where RTSPKIT_LIVE555 names its live555MediaServer, with H.264 of the same
 * bitrate, as it reads no Motion-JPEG. What no server can do without is measured by a program that
 * does nothing but send (`bare_sender.c`). With RTSPKIT_BENCH=long there are 1, 1,500 and 3,000
 * viewers too. Asserts nothing.
 *
 *     deno bench -A tests/bench/server_bench.ts
 */
import { Program } from "../support/program.ts";
import {
  buildBareSender,
  buildLoadClient,
  type Load,
  measureLoad,
  pin,
  residentMb,
} from "./load.ts";
import { benchOnce } from "./once.ts";
import { printTable } from "./table.ts";
import { UnreadViewers } from "./unread_viewers.ts";

const [SERVER_CPU, CLIENT_CPU] = [0, 1];
const FPS = 25;
const SECONDS = 20;
/** So that no run reaches the end. */
const REPEATS = 5;
const GSTREAMER = new URL("../../../shared/tools/rtspload/gst_server.py", import.meta.url).pathname;
const READY_MS = 15_000;
/** Of a frame of the clip, what RTP/JPEG carries as its scan. */
const SCAN_BYTES = 19_100;
/** It cannot be told another one. */
const LIVE555_PORT = Deno.uid() === 0 ? 554 : 8554;

interface Server {
  pid: number;
  url: string;
  stop: () => Promise<unknown>;
}

interface Measured extends Load {
  residentMb: number;
}

/** The clip as AVI, and in the lab's format. */
interface Clip {
  avi: string;
  lab: string;
}

async function makeClip(folder: string): Promise<Clip> {
  const source = ["-f", "lavfi", "-i", `testsrc2=size=640x480:rate=${FPS}`, "-t", String(SECONDS)];
  const jpeg = ["-c:v", "mjpeg", "-huffman", "default", "-q:v", "9", "-pix_fmt", "yuvj420p"];
  await ffmpeg(...source, ...jpeg, `${folder}/once.avi`);
  const again = ["-stream_loop", String(REPEATS), "-i", `${folder}/once.avi`, "-c", "copy"];
  await ffmpeg(...again, `${folder}/clip.avi`);
  await ffmpeg("-i", `${folder}/once.avi`, "-c", "copy", "-f", "mjpeg", `${folder}/once.mjpeg`);
  const lab = ["dump", `${folder}/once.mjpeg`, "--out", `${folder}/movie.Mjpeg`, "--format", "lab"];
  const { status, stderr } = await new Program(lab).finish();
  if (status !== 0) throw new Error(stderr);
  return { avi: `${folder}/clip.avi`, lab: `${folder}/movie.Mjpeg` };
}

async function makeH264(file: string): Promise<void> {
  const source = ["-f", "lavfi", "-i", `testsrc2=size=640x480:rate=${FPS}`];
  const rate = ["-b:v", "4M", "-minrate", "4M", "-maxrate", "4M", "-bufsize", "1M"];
  const coding = ["-c:v", "libx264", "-preset", "ultrafast", "-g", String(FPS), "-bf", "0"];
  const constant = ["-x264-params", "nal-hrd=cbr"];
  await ffmpeg(...source, "-t", "60", ...coding, ...rate, ...constant, file);
}

async function ffmpeg(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("ffmpeg", {
    args: ["-v", "error", "-y", ...args],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Ours. */
async function rtspkit(folder: string, file: string, ...flags: string[]): Promise<Server> {
  const fixed = ["--loop", "--fps", String(FPS), "--quiet"];
  const serve = new Program(["serve", "0", "--json", "--root", folder, ...fixed, ...flags]);
  const { port } = JSON.parse(await serve.line() ?? "{}");
  const stop = async (): Promise<void> => {
    try {
      serve.kill("SIGTERM");
    } catch {
      // It has ended by itself; why, it says.
    }
    const { status, stderr } = await serve.finish();
    if (status !== 0) throw new Error(`serve ended with ${status}: ${stderr}`);
  };
  return { pid: serve.pid, url: `rtsp://127.0.0.1:${port}/${file}`, stop };
}

/** Another's, as a child process that listens on a port. */
async function other(
  port: number,
  path: string,
  command: string,
  ...args: string[]
): Promise<Server> {
  const child = new Deno.Command(command, { args, stdout: "null", stderr: "null" }).spawn();
  await listening(port);
  const stop = (): Promise<unknown> => {
    child.kill("SIGKILL");
    return child.status;
  };
  return { pid: child.pid, url: `rtsp://127.0.0.1:${port}/${path}`, stop };
}

/** Waits, without connecting: lab servers never get over a client that only looks in. */
async function listening(port: number): Promise<void> {
  const local = `:${port.toString(16).toUpperCase().padStart(4, "0")} `;
  for (const start = Date.now(); Date.now() - start < READY_MS;) {
    const sockets = await Deno.readTextFile("/proc/net/tcp");
    if (sockets.split("\n").some((line) => line.includes(local) && / 0A /.test(line))) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Nothing listens on port ${port}`);
}

interface Case {
  name: string;
  transport: "udp" | "tcp";
  clients: number;
  dialect?: "lab";
  /** Whether it is given the second processor too. */
  wide?: boolean;
  /** Viewers beside those of the load client, who read nothing. */
  unread?: number;
  start: (clip: Clip, folder: string) => Promise<Server>;
}

const gstreamer = (mode: string) => ({ avi }: Clip): Promise<Server> => {
  const port = freePort();
  return other(port, "clip", "/usr/bin/python3", GSTREAMER, String(port), avi, mode);
};
const ours = (workers: number) => (_: Clip, folder: string): Promise<Server> => {
  return rtspkit(folder, "clip.avi", "--workers", String(workers));
};

const bare = async (_: Clip, folder: string): Promise<Server> => {
  const program = await buildBareSender(folder);
  if (program === undefined) throw new Error("gcc did not build bare_sender.c");
  const port = freePort();
  return other(port, "clip", program, String(port), String(SCAN_BYTES));
};

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

const BARE = "a program that only sends";
const SERVERS = [
  ["GStreamer, a pipeline a viewer", gstreamer("private")],
  ["GStreamer, one shared pipeline", gstreamer("shared")],
  ["rtspkit, own position each", ours(1)],
  [BARE, bare],
] as const;

function cases(): Case[] {
  const hundred = (["udp", "tcp"] as const).flatMap((transport) =>
    SERVERS.map(([name, start]): Case => ({ name, transport, clients: 100, start }))
  );
  return [
    ...hundred,
    ...live555Cases(),
    ...labCases(),
    ...(Deno.env.get("RTSPKIT_BENCH") === "long" ? many() : []),
  ];
}

function live555Cases(): Case[] {
  const program = Deno.env.get("RTSPKIT_LIVE555");
  if (program === undefined) return [];
  const start = async (_: Clip, folder: string): Promise<Server> => {
    await makeH264(`${folder}/clip.264`);
    return other(LIVE555_PORT, "clip.264", "sh", "-c", `cd ${folder} && exec ${program}`);
  };
  return (["udp", "tcp"] as const).map((transport) => {
    return { name: "live555, H.264, own position each", transport, clients: 100, start };
  });
}

function labCases(): Case[] {
  const common = { transport: "udp", clients: 100, dialect: "lab" } as const;
  const lab = (_: Clip, folder: string): Promise<Server> => {
    return rtspkit(folder, "movie.Mjpeg", "--workers", "1", "--fps", "20");
  };
  const cases: Case[] = [{ name: "rtspkit, lab dialect", ...common, start: lab }];
  const program = Deno.env.get("RTSPKIT_LAB_SERVER");
  if (program === undefined) return cases;
  const python = (_: Clip, folder: string): Promise<Server> => {
    const port = freePort();
    const script = `cd ${folder} && exec python3 ${program} ${port}`;
    return other(port, "movie.Mjpeg", "sh", "-c", script);
  };
  return [{ name: "Python lab server", ...common, start: python }, ...cases];
}

function many(): Case[] {
  const name = "rtspkit, own position each";
  const two = { name: "rtspkit, two workers", wide: true, start: ours(2) };
  const few = (["udp", "tcp"] as const).flatMap((transport) => [
    { name: BARE, transport, clients: 1, start: bare },
    { name, transport, clients: 1, start: ours(1) },
    { name: BARE, transport, clients: 1500, start: bare },
    { name, transport, clients: 1500, start: ours(1) },
  ]);
  // Over UDP two processors are too few for both the server and a load client that reads it all.
  const read = { name: "rtspkit, two workers, 500 viewers read", clients: 500, unread: 2500 };
  return [
    ...few,
    { ...two, ...read, transport: "udp" },
    { ...two, clients: 3000, transport: "tcp" },
  ];
}

async function measure(program: string, one: Case, clip: Clip, folder: string): Promise<Measured> {
  const server = await one.start(clip, folder);
  try {
    if (!one.wide) await pin(server.pid, SERVER_CPU);
    const { transport, clients, dialect, unread = 0 } = one;
    await using _others = await UnreadViewers.play(server.url, unread);
    const load = await measureLoad(program, {
      url: server.url,
      pid: server.pid,
      transport,
      clients,
      ...(one.wide ? {} : { cpu: CLIENT_CPU }),
      ...(dialect === undefined ? {} : { dialect }),
    });
    // What the server spent was for all of them.
    const share = clients / (clients + unread);
    load.server.cpu_us_per_packet *= share;
    load.server.cpu_us_per_frame *= share;
    return { ...load, residentMb: await residentMb(server.pid) };
  } finally {
    await server.stop();
  }
}

const HEAD = [
  "server",
  "viewers",
  "over",
  "µs/packet",
  "µs/frame",
  "core",
  "lost",
  "p99 ms",
  "MB",
  "ratio",
];

function row(one: Case, load: Measured, baseline: Measured | undefined): string[] {
  const { server, pacing_ms, lost, residentMb } = load;
  const of = (load: Measured): number => load.server.cpu_us_per_frame;
  return [
    one.name,
    String(one.clients + (one.unread ?? 0)),
    one.dialect ?? one.transport,
    one.dialect === undefined ? server.cpu_us_per_packet.toFixed(2) : "–",
    server.cpu_us_per_frame.toFixed(1),
    `${server.core_pct.toFixed(1)} %`,
    String(lost),
    pacing_ms.p99.toFixed(2),
    residentMb.toFixed(0),
    baseline === undefined ? "–" : (of(load) / of(baseline)).toFixed(2),
  ];
}

/** All series; a server that cannot be run is left out with a line. */
async function series(program: string, folder: string): Promise<string[][]> {
  const clip = await makeClip(folder);
  const rows = [HEAD];
  const first = new Map<string, Measured>();
  for (const one of cases()) {
    try {
      const load = await measure(program, one, clip, folder);
      const key = `${one.dialect ?? one.transport} ${one.clients}`;
      rows.push(row(one, load, first.get(key)));
      if (!first.has(key)) first.set(key, load);
    } catch (error) {
      rows.push([`${one.name}: ${(error as Error).message}`, ...HEAD.slice(1).map(() => "–")]);
    }
  }
  return rows;
}

benchOnce("servers under load", async () => {
  const folder = await Deno.makeTempDir({ prefix: "rtspkit-bench-" });
  try {
    const program = await buildLoadClient(folder);
    const title = "Servers under load; ratio: µs/frame by that of the first server of the series";
    if (program === undefined) {
      return printTable("Servers under load: left out, no load client or no gcc", []);
    }
    printTable(title, await series(program, folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
