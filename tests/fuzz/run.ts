/**
 * Throws mutated golden inputs at every parser and asserts properties. Prints its seed, with which
 * the same inputs come again; keeps what breaks a property in tests/fuzz/crashers/.
 *
 *     deno run -A tests/fuzz/run.ts --seconds 20 --seed 7 --target rtsp-messages
 */
import { parseArgs } from "@std/cli/parse-args";
import { hexView } from "../../lib/bytes/hex.ts";
import { Seeded } from "../support/seeded.ts";
import { fuzz, keep } from "./fuzz.ts";
import { TARGETS } from "./targets.ts";

const DEFAULT_SECONDS = 20;
/** Crashers of one target that are kept in one run. */
const MOST_CRASHERS = 3;

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}

async function main(args: string[]): Promise<number> {
  const flags = parseArgs(args, { string: ["seconds", "seed", "target"] });
  const seconds = Number(flags.seconds ?? DEFAULT_SECONDS);
  const seed = Number(flags.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  const targets = TARGETS.filter(({ name }) => (flags.target ?? name) === name);
  if (targets.length === 0) {
    say(`No target ${flags.target}; there are ${TARGETS.map(({ name }) => name).join(", ")}`);
    return 2;
  }
  say(`seed ${seed}, ${seconds} s over ${targets.length} targets`);
  let crashes = 0;
  for (const target of targets) crashes += await run(target, seed, seconds / targets.length);
  return crashes === 0 ? 0 : 1;
}

/** One target for its share of the time; the number of its crashers. */
async function run(
  target: (typeof TARGETS)[number],
  seed: number,
  seconds: number,
): Promise<number> {
  const random = new Seeded(seed);
  const end = performance.now() + 1000 * seconds;
  let inputs = 0;
  for (let crashes = 0;; crashes++) {
    const { tried, crash } = await fuzz(target, random, () => performance.now() > end);
    inputs += tried;
    if (crash === undefined || crashes === MOST_CRASHERS) {
      say(`${target.name.padEnd(20)} ${String(inputs).padStart(9)} inputs, ${crashes} crashers`);
      return crashes;
    }
    const name = await keep(crash);
    say(`${target.name}: ${(crash.error as Error)?.stack ?? crash.error}`);
    say(`kept as tests/fuzz/crashers/${name}:\n${hexView(crash.bytes.subarray(0, 512))}`);
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
