import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What a process holds. */
export interface Held {
  /** Open descriptors; 0 where the system does not tell. */
  descriptors: number;
  /** MB that are used once what is not was freed. */
  usedMb: number;
}

const MB = 1024 * 1024;

/** What may be there afterwards and was not before: modules loaded late, and what they keep. */
const SPARE: Held = { descriptors: 8, usedMb: 32 };

/** Frees what is not used any more, where V8 can be made to. */
const collect = ((): () => void => {
  try {
    setFlagsFromString("--expose-gc");
    return runInNewContext("gc") as () => void;
  } catch {
    return () => {};
  }
})();

export async function held(): Promise<Held> {
  // What weak references led to is kept until the event loop turns.
  await new Promise((resolve) => setTimeout(resolve, 0));
  collect();
  const { heapUsed, external } = Deno.memoryUsage();
  return { descriptors: openDescriptors(), usedMb: (heapUsed + external) / MB };
}

/** What is held and was not before, in words; undefined when that is nothing. */
export async function leftOver(before: Held): Promise<string | undefined> {
  const now = await held();
  const descriptors = now.descriptors - before.descriptors;
  if (descriptors > SPARE.descriptors) return `${descriptors} descriptors were left open`;
  const usedMb = now.usedMb - before.usedMb;
  if (usedMb > SPARE.usedMb) return `${usedMb.toFixed(1)} MB more are used than before`;
  return undefined;
}

function openDescriptors(): number {
  try {
    return [...Deno.readDirSync("/proc/self/fd")].length;
  } catch {
    return 0;
  }
}

/** The most MB that were ever resident; undefined where the system does not tell. */
export function peakMb(): number | undefined {
  try {
    const found = /^VmHWM:\s*(\d+) kB/m.exec(Deno.readTextFileSync("/proc/self/status"));
    return found === null ? undefined : Number(found[1]) / 1024;
  } catch {
    return undefined;
  }
}
