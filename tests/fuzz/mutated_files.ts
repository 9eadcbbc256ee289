/**
 * Writes mutated JPEG and container files, has `rtspkit serve --check` look at all of them, and says
 * how much memory it took and what was told. Prints its seed. Linux only.
 *
 *     deno run -A tests/fuzz/mutated_files.ts --count 10000 --seed 5 --most-mb 512 CLIPS/*
 *
 * Files that are named are mutated beside those the tests have. Its exit status is 1 when a file
 * was not told of, an error lacks the frame or byte, it took more than `--most-mb`, or it did not
 * end by itself.
 */
import { parseArgs } from "@std/cli/parse-args";
import * as golden from "../golden/jpeg_files.ts";
import { labFile } from "../lib/media/frames.ts";
import { aviFile } from "../support/avi_bytes.ts";
import { pcapngOf } from "../support/capture_builder.ts";
import { isoFile } from "../support/iso_bytes.ts";
import { multipartFile } from "../support/multipart_bytes.ts";
import { Seeded } from "../support/seeded.ts";
import { mutated } from "./mutate.ts";
import { RTPDUMP, smallSession } from "./targets/sessions.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
/** Files of one run of the program. */
const BATCH = 500;
/** Longer than a run takes, in ms. */
const LONGEST_RUN_MS = 300_000;
const POLL_MS = 20;
/** Mutations may cut a file, but a large one stays large. */
const MOST_BYTES = 400_000;

interface Tally {
  told: Record<string, number>;
  problems: string[];
  peakMb: number;
  ms: number;
}

/** What the program says of a file. */
interface Told {
  file: string;
  ok: boolean;
  readable: boolean;
  verdict: string;
  frames?: number;
  faults?: { frame: number; position?: number; problem: string }[];
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}

async function seeds(names: readonly string[]): Promise<Uint8Array[]> {
  const files: readonly Uint8Array[] = Object.values(golden);
  const own = [
    ...files,
    aviFile(files.slice(0, 4)).bytes,
    aviFile(files.slice(0, 4), { index: "opendml", framesPerRiff: 3 }).bytes,
    isoFile(files.slice(0, 4)),
    isoFile(files.slice(0, 4), { movie: "fragments" }),
    multipartFile(files.slice(0, 4)),
    labFile([...files]),
    Uint8Array.from(files.slice(0, 4).flatMap((jpeg) => [...jpeg])),
    pcapngOf(smallSession()),
    RTPDUMP,
  ];
  const named = await Promise.all(names.map((name) => Deno.readFile(name)));
  return [...own, ...named.filter(({ length }) => length <= MOST_BYTES)];
}

/** Looks at files as a person would. */
async function look(folder: string, names: readonly string[], tally: Tally): Promise<void> {
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--quiet", "--config", `${ROOT}deno.json`, `${ROOT}main.ts`],
      ...["serve", "--check", "--json", ...names.map((name) => `${folder}/${name}`)],
    ],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const poll = setInterval(() => tally.peakMb = Math.max(tally.peakMb, peakOf(child.pid)), POLL_MS);
  const limit = setTimeout(() => child.kill("SIGKILL"), LONGEST_RUN_MS);
  const { code, stdout, stderr } = await child.output();
  clearInterval(poll);
  clearTimeout(limit);
  tally.ms += performance.now() - started;
  const words = new TextDecoder().decode(stderr);
  if (![0, 7, 8].includes(code)) tally.problems.push(`status ${code}: ${words.slice(0, 500)}`);
  const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
  if (lines.length !== names.length) {
    tally.problems.push(`${lines.length} of ${names.length} files are told of`);
  }
  for (const line of lines) judge(JSON.parse(line), tally);
}

function judge({ file, ok, readable, verdict, frames, faults = [] }: Told, tally: Tally): void {
  const kind = !readable
    ? "unreadable"
    : frames === undefined
    ? "refused"
    : ok
    ? faults.length === 0 ? "served" : "served, damage told"
    : "served without some frames";
  tally.told[kind] = (tally.told[kind] ?? 0) + 1;
  // What is no media file at all has no frame, nor has a recording without the stream.
  const whole = /Neither a media file|No frame of this|is empty/.test(verdict);
  if (kind === "refused" && !whole && !/frame \d+ at byte \d+/i.test(verdict)) {
    tally.problems.push(`${file}: ${verdict}`);
  }
  for (const { frame, position, problem } of faults) {
    if (frame >= 1 && (position === undefined || position >= 0) && problem !== "") continue;
    tally.problems.push(`${file}: frame ${frame} at ${position}: ${problem}`);
  }
}

function peakOf(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function main(args: string[]): Promise<number> {
  const flags = parseArgs(args, { string: ["count", "seed", "most-mb"] });
  const count = Number(flags.count ?? 1000);
  const seed = Number(flags.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  const mostMb = Number(flags["most-mb"] ?? Infinity);
  const random = new Seeded(seed);
  const originals = await seeds(flags._.map(String));
  say(`seed ${seed}, ${count} files made of ${originals.length}`);
  const tally: Tally = { told: {}, problems: [], peakMb: 0, ms: 0 };
  for (let made = 0; made < count; made += BATCH) {
    const folder = await Deno.makeTempDir({ prefix: "rtspkit-mutated-" });
    const names: string[] = [];
    for (let i = made; i < Math.min(count, made + BATCH); i++) {
      names.push(`clip-${i}.bin`);
      await Deno.writeFile(`${folder}/${names.at(-1)}`, mutated(originals, random, MOST_BYTES));
    }
    await look(folder, names, tally);
    await Deno.remove(folder, { recursive: true });
  }
  const { told, problems, peakMb, ms } = tally;
  if (peakMb > mostMb) problems.push(`${peakMb.toFixed(0)} MB were resident`);
  for (const problem of problems.slice(0, 20)) say(`BAD ${problem}`);
  say(
    `${JSON.stringify(told)}, ${(ms / count).toFixed(1)} ms a file, at most ${
      peakMb.toFixed(0)
    } MB resident, ${problems.length} problems`,
  );
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
