import { closestString } from "@std/text/closest-string";
import { leastBurst } from "../lib/stream/burst_loss.ts";
import {
  type ImpairmentCounts,
  type ImpairmentSettings,
  NO_IMPAIRMENT,
  type Stall,
} from "../lib/stream/impairment.ts";
import { UsageError } from "./exit_status.ts";
import { type Flag, parseDuration } from "./flags.ts";

/** What `--impair` is on every command that has it, but for what is impaired. */
export const IMPAIR_FLAG = {
  kind: "text",
  placeholder: "HOW",
  help: "a bad network on purpose: loss=2%,burst=3,delay=20ms,jitter=5ms,reorder=1%," +
    "duplicate=1%,corrupt=0.1%,rate=5M,stall=2s/30s,seed=7 (over TCP, packets are left out whole)",
} as const satisfies Flag;

/** Longest delay, jitter and stall, in ms. */
const LONGEST_MS = 60_000;
const LONGEST_PERIOD_MS = 3_600_000;
const MOST_BURST = 10_000;
/** Bits a second: a packet takes seconds below, and no limit is felt above. */
const LEAST_RATE = 1000;
const MOST_RATE = 100e9;
const MOST_SEED = 2 ** 32 - 1;

type Part = Partial<ImpairmentSettings>;

/** By name, what reads a part's value; undefined when it cannot be read, with what would do. */
const PARTS: Readonly<Record<string, { expected: string; read(text: string): Part | undefined }>> =
  {
    loss: shareOf((loss) => ({ loss })),
    burst: {
      expected: `a number of packets in a row (1 to ${MOST_BURST})`,
      read: (text) => wrap(numberIn(text, 1, MOST_BURST), (burst) => ({ burst })),
    },
    delay: timeOf((delayMs) => ({ delayMs })),
    jitter: timeOf((jitterMs) => ({ jitterMs })),
    reorder: shareOf((reorder) => ({ reorder })),
    duplicate: shareOf((duplicate) => ({ duplicate })),
    corrupt: shareOf((corrupt) => ({ corrupt })),
    rate: {
      expected: "bits a second (like 500k, 5M; at least 1k)",
      read: (text) => wrap(parseRate(text), (rate) => ({ rate })),
    },
    stall: {
      expected: "LENGTH/EVERY, the first shorter than the second (like 2s/30s; at most 60s/1h)",
      read: (text) => wrap(parseStall(text), (stall) => ({ stall })),
    },
    seed: {
      expected: `a whole number (0 to ${MOST_SEED})`,
      read: (text) =>
        /^\d{1,10}$/.test(text) && Number(text) <= MOST_SEED ? { seed: Number(text) } : undefined,
    },
  };

/**
 * `loss=2%,burst=3,delay=20ms,…`, in any order.
 * @returns undefined when the flag was not given
 * @throws {UsageError} naming the part that cannot be read, and what would do
 */
export function parseImpairment(text: string | undefined): ImpairmentSettings | undefined {
  if (text === undefined) return undefined;
  let settings: ImpairmentSettings = NO_IMPAIRMENT;
  const seen = new Set<string>();
  for (const part of text.split(",")) {
    const { name, value } = splitPart(part);
    if (seen.has(name)) throw new UsageError(`--impair: ${name} is there twice`);
    seen.add(name);
    const { read, expected } = PARTS[name]!;
    const setting = read(value);
    if (setting === undefined) {
      throw new UsageError(`--impair ${part}: ${JSON.stringify(value)} is not ${expected}`);
    }
    settings = { ...settings, ...setting };
  }
  checkBurst(settings);
  return settings;
}

function splitPart(part: string): { name: string; value: string } {
  const [name = "", value, ...rest] = part.split("=");
  if (name === "") {
    throw new UsageError(`--impair: a part is empty (write it like loss=2%,delay=20ms)`);
  }
  if (!Object.hasOwn(PARTS, name)) {
    const nearest = closestString(name, Object.keys(PARTS)) as string;
    throw new UsageError(
      `--impair: unknown part ${JSON.stringify(name)} (did you mean ${nearest}?)`,
    );
  }
  if (value === undefined || value === "" || rest.length > 0) {
    const { expected } = PARTS[name]!;
    throw new UsageError(`--impair ${JSON.stringify(part)}: ${name}= needs ${expected}`);
  }
  return { name, value };
}

/** Rows of losses cannot be short where nearly everything is lost. */
function checkBurst({ loss, burst }: ImpairmentSettings): void {
  if (burst === undefined) return;
  if (loss === 0) throw new UsageError("--impair: burst= says how losses come, and loss= how many");
  const least = leastBurst(loss);
  if (burst >= least || loss === 1) return;
  throw new UsageError(
    `--impair burst=${burst}: with loss=${percent(loss)} rows are ${
      least.toFixed(1)
    } long at least`,
  );
}

function shareOf(
  set: (share: number) => Part,
): { expected: string; read(text: string): Part | undefined } {
  return {
    expected: "a share in per cent (like 2%, 0.1%)",
    read: (text) => {
      const share = text.endsWith("%") ? numberIn(text.slice(0, -1), 0, 100) : undefined;
      return wrap(share, (percent) => set(percent / 100));
    },
  };
}

function timeOf(
  set: (ms: number) => Part,
): { expected: string; read(text: string): Part | undefined } {
  return {
    expected: "a duration of at most 60s (like 20ms, 1.5s; a bare number is seconds)",
    read: (text) => wrap(durationUpTo(text, LONGEST_MS), set),
  };
}

function wrap<T>(value: T | undefined, set: (value: T) => Part): Part | undefined {
  return value === undefined ? undefined : set(value);
}

function numberIn(text: string, least: number, most: number): number | undefined {
  const value = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}

function durationUpTo(text: string, most: number): number | undefined {
  const ms = parseDuration(text);
  return ms !== undefined && ms <= most ? ms : undefined;
}

function parseRate(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,9})?)([kMG])?$/.exec(text);
  if (match === null) return undefined;
  const rate = Number(match[1]) * { "": 1, k: 1e3, M: 1e6, G: 1e9 }[match[2] ?? ""]!;
  return rate >= LEAST_RATE && rate <= MOST_RATE ? rate : undefined;
}

function parseStall(text: string): Stall | undefined {
  const [length = "", every = "", ...rest] = text.split("/");
  const lengthMs = durationUpTo(length, LONGEST_MS);
  const everyMs = durationUpTo(every, LONGEST_PERIOD_MS);
  if (lengthMs === undefined || everyMs === undefined || rest.length > 0) return undefined;
  return lengthMs > 0 && lengthMs < everyMs ? { lengthMs, everyMs } : undefined;
}

/** What was done on purpose, for people. */
export function impairedLine(counts: Readonly<ImpairmentCounts>): string {
  const { packets, lost, overflowed, duplicated, reordered, corrupted } = counts;
  const done = [
    `${lost} lost`,
    ...(overflowed === 0 ? [] : [`${overflowed} lost in the queue`]),
    ...(duplicated === 0 ? [] : [`${duplicated} duplicated`]),
    ...(reordered === 0 ? [] : [`${reordered} reordered`]),
    ...(corrupted === 0 ? [] : [`${corrupted} corrupted`]),
  ];
  return `impaired on purpose: of ${packets} packets ${done.join(", ")}`;
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(6))}%`;
}
