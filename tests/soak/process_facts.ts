/** What the system says of a process, on Linux. */
export interface ProcessFacts {
  residentMb: number;
  /** Of these, what is no part of a file: heaps and stacks, but not the program's own code. */
  anonymousMb: number;
  descriptors: number;
  /** Descriptors that are sockets. */
  sockets: number;
  threads: number;
  /** Processor time used so far, in ms. */
  cpuMs: number;
  /** How often its threads went to sleep so far: a timer that still runs shows here. */
  wakeUps: number;
}

/** The kernel's clock ticks in /proc, the same on every Linux that Deno runs on. */
const TICK_MS = 10;
/** Fields of /proc/PID/stat behind the name: utime and stime. */
const UTIME = 11;
const STIME = 12;

export async function processFacts(pid: number): Promise<ProcessFacts> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const stat = (await Deno.readTextFile(`/proc/${pid}/stat`)).split(") ").at(-1)!.split(" ");
  let descriptors = 0;
  let sockets = 0;
  for await (const { name } of Deno.readDir(`/proc/${pid}/fd`)) {
    descriptors++;
    const target = await Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => "");
    if (target.startsWith("socket:")) sockets++;
  }
  let wakeUps = 0;
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    const task = await Deno.readTextFile(`/proc/${pid}/task/${name}/status`).catch(() => "");
    wakeUps += number(/^voluntary_ctxt_switches:\s*(\d+)/m, task);
  }
  return {
    residentMb: number(/VmRSS:\s*(\d+) kB/, status) / 1024,
    anonymousMb: number(/RssAnon:\s*(\d+) kB/, status) / 1024,
    descriptors,
    sockets,
    threads: number(/Threads:\s*(\d+)/, status),
    cpuMs: (Number(stat[UTIME]) + Number(stat[STIME])) * TICK_MS,
    wakeUps,
  };
}

function number(pattern: RegExp, text: string): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}
