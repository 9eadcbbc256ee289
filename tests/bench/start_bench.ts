/**
 * How long the compiled program takes to begin: `--version`, `--help`, the ready line of `serve`, and
 * from sending SETUP to the first RTP packet: the first time of a server just started, and of one that
 * has nothing else to do. RTSPKIT_BENCH_FILE names a file of one's own for that, as large as one
 * likes. Asserts nothing.
 *
 *     deno task compile && deno bench -A tests/bench/start_bench.ts
 */
import { benchOnce } from "./once.ts";
import { printTable } from "./table.ts";

const PROGRAM = new URL("../../dist/rtspkit", import.meta.url).pathname;
const FILE = Deno.env.get("RTSPKIT_BENCH_FILE");
const ROUNDS = 15;
/** Sessions before a server counts as one that has served before. */
const WARMING = 3;
const INTERLEAVED_MARK = 0x24;

/** Runs the program to its end. @returns ms */
async function run(...args: string[]): Promise<number> {
  const start = performance.now();
  await new Deno.Command(PROGRAM, { args, stdout: "null", stderr: "null" }).output();
  return performance.now() - start;
}

/** What was measured of one server, in ms. */
interface Served {
  ready: number;
  /** From SETUP to the first packet, by session. */
  firstPackets: number[];
}

/** A server's ready line, and the first packets of its sessions, one after the other. */
async function serve(sessions: number): Promise<Served> {
  const at = FILE === undefined ? -1 : FILE.lastIndexOf("/");
  const root = FILE === undefined ? [] : ["--root", FILE.slice(0, at)];
  const start = performance.now();
  const child = new Deno.Command(PROGRAM, {
    args: ["serve", "0", "--json", "--quiet", "--workers", "1", ...root],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const ready = performance.now() - start;
  const { port } = JSON.parse(new TextDecoder().decode(value).split("\n", 1)[0]!);
  const file = FILE?.slice(at + 1) ?? "movie.Mjpeg";
  const firstPackets: number[] = [];
  for (let i = 0; i < sessions; i++) firstPackets.push(await firstPacketAfterSetup(port, file));
  child.kill("SIGTERM");
  reader.releaseLock();
  await child.stdout.cancel();
  await child.status;
  return { ready, firstPackets };
}

async function firstPacketAfterSetup(port: number, file: string): Promise<number> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  const url = `rtsp://127.0.0.1:${port}/${file}`;
  const buffer = new Uint8Array(64 * 1024);
  const request = (method: string, cseq: number, ...headers: string[]): Uint8Array => {
    const head = [`${method} ${url} RTSP/1.0`, `CSeq: ${cseq}`, ...headers, "", ""].join("\r\n");
    return new TextEncoder().encode(head);
  };
  const start = performance.now();
  await connection.write(request("SETUP", 1, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"));
  const count = await connection.read(buffer) ?? 0;
  const answer = new TextDecoder().decode(buffer.subarray(0, count));
  const session = /Session: ([^;\r]+)/i.exec(answer)?.[1];
  if (session === undefined) throw new Error(answer);
  await connection.write(request("PLAY", 2, `Session: ${session}`));
  // The reply comes first, and a sender report on channel 1.
  for (;;) {
    const count = await connection.read(buffer);
    if (count === null) throw new Error("The server hung up");
    for (let at = 0; at + 1 < count; at++) {
      if (buffer[at] === INTERLEAVED_MARK && buffer[at + 1] === 0) return performance.now() - start;
    }
  }
}

function row(name: string, times: number[]): string[] {
  const sorted = times.toSorted((a, b) => a - b);
  return [name, ...[sorted[sorted.length >> 1]!, sorted.at(-1)!].map((ms) => ms.toFixed(1))];
}

async function rounds<T>(measure: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let i = 0; i < ROUNDS; i++) results.push(await measure());
  return results;
}

benchOnce("the compiled program begins", async () => {
  try {
    await Deno.stat(PROGRAM);
  } catch {
    return printTable("The compiled program: left out, it has not been compiled", []);
  }
  const served = await rounds(() => serve(1));
  const { firstPackets } = await serve(ROUNDS + WARMING);
  printTable(`From the start of the compiled program, ms, ${ROUNDS} rounds`, [
    ["", "median", "most"],
    row("--version", await rounds(() => run("--version"))),
    row("--help", await rounds(() => run("--help"))),
    row("serve: ready line", served.map(({ ready }) => ready)),
    row("SETUP to the first packet, ever", served.map(({ firstPackets: [first] }) => first!)),
    row("SETUP to the first packet, idle server", firstPackets.slice(WARMING)),
  ]);
});
