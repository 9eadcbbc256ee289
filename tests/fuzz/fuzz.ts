import { toHex } from "../../lib/bytes/hex.ts";
import { assertEquals } from "../support/assert.ts";
import { Seeded } from "../support/seeded.ts";
import { mutated } from "./mutate.ts";
import type { Target } from "./targets.ts";

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

/** Checks one input; how it is cut into pieces follows from its bytes. */
export async function check(target: Target, bytes: Uint8Array): Promise<Crash | undefined> {
  const untouched = bytes.slice();
  const started = performance.now();
  try {
    await target.check(bytes, new Seeded(bytes.length));
    assertEquals(bytes, untouched, "the input is untouched");
    const took = performance.now() - started;
    if (took > SLOW_MS) throw new Error(`It took ${Math.round(took)} ms`);
    return undefined;
  } catch (error) {
    return { target, bytes: untouched, error };
  }
}

/** Throws mutated golden inputs at one target until `enough` says so, or one breaks a property. */
export async function fuzz(
  target: Target,
  random: Seeded,
  enough: (tried: number) => boolean,
): Promise<{ tried: number; crash: Crash | undefined }> {
  for (let tried = 0;; tried++) {
    if (enough(tried)) return { tried, crash: undefined };
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
