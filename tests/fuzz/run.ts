/**
 * Throws mutated golden inputs at every parser and asserts properties. Prints its seed, with which
 * the same inputs come again; keeps what breaks a property in tests/fuzz/crashers/.
 *
 *     deno run -A tests/fuzz/run.ts --seconds 20 --seed 7 --target rtsp-messages
 *
 * `--target` may be a list, parted by commas; the time is parted between the targets, and of each at
 * most `--cases` inputs are tried. `--long` tries as many of each as `long_run.ts` says, however long
 * it takes.
 */
import { parseArgs } from "@std/cli/parse-args";
import { hexView } from "../../lib/bytes/hex.ts";
import { Seeded } from "../support/seeded.ts";
import { fuzz, keep } from "./fuzz.ts";
import { held, leftOver, peakMb } from "./left_over.ts";
import { LONG_RUN, longRunCases } from "./long_run.ts";
import type { Target } from "./target.ts";
import { TARGETS } from "./targets.ts";

const DEFAULT_SECONDS = 20;
/** Crashers of one target that are kept in one run. */
const MOST_CRASHERS = 3;
/** Characters of an error that are shown; it may quote the input. */
const MOST_TOLD = 3000;

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}

async function main(args: string[]): Promise<number> {
  const flags = parseArgs(args, {
    string: ["seconds", "seed", "target", "cases"],
    boolean: ["long"],
  });
  const seed = Number(flags.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  const wanted = (flags.target as string | undefined)?.split(",");
  const targets = inOrder(flags.long).filter(({ name }) => wanted?.includes(name) ?? true);
  if (targets.length === 0) {
    say(`No target ${flags.target}; there are ${TARGETS.map(({ name }) => name).join(", ")}`);
    return 2;
  }
  const seconds = flags.long ? Infinity : Number(flags.seconds ?? DEFAULT_SECONDS);
  say(`seed ${seed}, ${seconds} s over ${targets.length} targets`);
  const start = performance.now();
  let crashes = 0;
  let inputs = 0;
  for (const [i, target] of targets.entries()) {
    // What one target leaves of its share goes to those behind it.
    const share = (start + 1000 * seconds - performance.now()) / (targets.length - i);
    const cases = Number(flags.cases ?? (flags.long ? longRunCases(target.name) : Infinity));
    const result = await run(target, seed, share, cases);
    crashes += result.crashes;
    inputs += result.inputs;
  }
  const took = Math.round((performance.now() - start) / 1000);
  const peak = peakMb();
  const memory = peak === undefined ? "" : `, at most ${Math.round(peak)} MB resident`;
  say(`${inputs} inputs in all in ${took} s, ${crashes} crashers${memory}`);
  return crashes === 0 ? 0 : 1;
}

/** The targets; in a long run those first of which there are most. */
function inOrder(long: boolean): readonly Target[] {
  if (!long) return TARGETS;
  const names = Object.keys(LONG_RUN);
  const at = ({ name }: Target): number =>
    names.includes(name) ? names.indexOf(name) : names.length;
  return TARGETS.toSorted((a, b) => at(a) - at(b));
}

/** One target for its share of the time, in ms. */
async function run(
  target: Target,
  seed: number,
  share: number,
  cases: number,
): Promise<{ inputs: number; crashes: number }> {
  const random = new Seeded(seed);
  const started = performance.now();
  const before = await held();
  let inputs = 0;
  for (let crashes = 0;; crashes++) {
    const enough = (tried: number): boolean =>
      inputs + tried >= cases || performance.now() - started > share;
    const { tried, crash } = await fuzz(target, random, enough);
    inputs += tried;
    if (crash === undefined || crashes === MOST_CRASHERS) {
      const rate = Math.round(inputs / (performance.now() - started) * 1000);
      const columns = [String(inputs).padStart(9), String(rate).padStart(7)];
      say(`${target.name.padEnd(30)} ${columns[0]} inputs ${columns[1]}/s, ${crashes} crashers`);
      await target.end?.();
      const left = await leftOver(before);
      if (left === undefined) return { inputs, crashes };
      say(`${target.name}: ${left}`);
      return { inputs, crashes: crashes + 1 };
    }
    const name = await keep(crash);
    const told = String((crash.error as Error)?.stack ?? crash.error);
    say(`${target.name}: ${told.slice(0, MOST_TOLD)}`);
    say(`kept as tests/fuzz/crashers/${name}:\n${hexView(crash.bytes.subarray(0, 512))}`);
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
