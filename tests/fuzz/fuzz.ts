import { cpuUsage } from "node:process";
import { toHex } from "../../lib/bytes/hex.ts";
import { Seeded } from "../support/seeded.ts";
import { mutated } from "./mutate.ts";
import type { Target } from "./target.ts";

/** Where inputs are kept that once broke a property. */
export const CRASHERS = new URL("crashers/", import.meta.url);

/** An input that broke a property, and how. */
export interface Crash {
  target: Target;
  bytes: Uint8Array;
  error: unknown;
}

/** Longer than any input may take, in ms: a parser whose time grows faster than its input. */
const SLOW_MS = 1000;

/** Inputs between two turns of the event loop. */
const TURN_EVERY = 200;

/** Checks one input; what else is random, as how it is cut into pieces, follows from its bytes. */
export async function check(target: Target, bytes: Uint8Array): Promise<Crash | undefined> {
  const outcome = await tryOnce(target, bytes);
  if (outcome !== "slow") return outcome;
  // On a busy machine other work may have come in between: slow is what takes the processor long.
  const before = cpuUsage();
  const again = await tryOnce(target, bytes);
  const { user, system } = cpuUsage(before);
  if (again !== "slow") return again;
  if ((user + system) / 1000 < SLOW_MS) return undefined;
  return { target, bytes: bytes.slice(), error: new Error(`It takes more than ${SLOW_MS} ms`) };
}

async function tryOnce(target: Target, bytes: Uint8Array): Promise<Crash | "slow" | undefined> {
  const untouched = bytes.slice();
  const started = performance.now();
  try {
    await target.check(bytes, new Seeded(hash(bytes)));
    if (!isSame(bytes, untouched)) throw new Error("The input was written to");
    return performance.now() - started > SLOW_MS ? "slow" : undefined;
  } catch (error) {
    return { target, bytes: untouched, error };
  }
}

/** FNV-1a. */
function hash(bytes: Uint8Array): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) value = Math.imul(value ^ bytes[i]!, 0x01000193);
  return value >>> 0;
}

/** Much faster than a comparison that can say what differs: this is done for every input. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}

/** Throws mutated golden inputs at one target until `enough` says so, or one breaks a property. */
export async function fuzz(
  target: Target,
  random: Seeded,
  enough: (tried: number) => boolean,
): Promise<{ tried: number; crash: Crash | undefined }> {
  for (let tried = 0;; tried++) {
    if (enough(tried)) return { tried, crash: undefined };
    // What weak references led to, as those of signals, is kept until the event loop turns.
    if (tried % TURN_EVERY === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    const crash = await check(target, mutated(target.seeds, random));
    if (crash !== undefined) return { tried, crash };
  }
}

/** Keeps a crasher as a file that the tests replay from now on. */
export async function keep({ target, bytes }: Crash): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  const name = `${target.name}.${toHex(new Uint8Array(digest)).slice(0, 12)}`;
  await Deno.mkdir(CRASHERS, { recursive: true });
  await Deno.writeFile(new URL(name, CRASHERS), bytes);
  return name;
}
