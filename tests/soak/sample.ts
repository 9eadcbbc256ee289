import type { ProcessFacts } from "./process_facts.ts";
import type { Pacing } from "./steady_client.ts";

/** What was seen at one time of a soak. */
export interface Sample extends ProcessFacts {
  /** Since the crowd came. */
  minute: number;
  /** Visitors of the crowd that were there. */
  present: number;
  /** Of one processor. */
  cpuPercent: number;
  wakeUpsPerSecond: number;
  /** How the steady client's frames kept their time since the sample before. */
  pacing: Pacing;
}

const COLUMNS: readonly [name: string, width: number, cell: (sample: Sample) => string][] = [
  ["min", 6, ({ minute }) => minute.toFixed(1)],
  ["clients", 8, ({ present }) => String(present)],
  ["RSS MB", 8, ({ residentMb }) => residentMb.toFixed(1)],
  ["anon MB", 9, ({ anonymousMb }) => anonymousMb.toFixed(1)],
  ["fds", 6, ({ descriptors }) => String(descriptors)],
  ["sockets", 8, ({ sockets }) => String(sockets)],
  ["threads", 8, ({ threads }) => String(threads)],
  ["CPU %", 7, ({ cpuPercent }) => cpuPercent.toFixed(1)],
  ["wakes/s", 8, ({ wakeUpsPerSecond }) => wakeUpsPerSecond.toFixed(0)],
  ["frames", 7, ({ pacing }) => String(pacing.frames)],
  ["lost", 5, ({ pacing }) => String(pacing.lost)],
  ["p50 ms", 7, ({ pacing }) => pacing.p50.toFixed(2)],
  ["p95 ms", 7, ({ pacing }) => pacing.p95.toFixed(2)],
  ["worst ms", 9, ({ pacing }) => pacing.worst.toFixed(1)],
];

export const SAMPLE_HEAD: string = COLUMNS.map(([name, width]) => name.padStart(width)).join("");

export function sampleRow(sample: Sample): string {
  return COLUMNS.map(([, width, cell]) => cell(sample).padStart(width)).join("");
}
