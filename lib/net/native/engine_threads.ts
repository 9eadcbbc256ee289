import { type Libc, libc } from "./libc.ts";
import { linesOf, namesIn } from "./proc.ts";

/** `PRIO_PROCESS` (setpriority(2)), which on Linux takes a thread. */
const THREAD = 0;
/** A tenth of the processor's time beside those who send (sched(7)). */
const NICER = 10;
const SCHED_BATCH = 3;
/** What they would have the processor for in one go, in ns: who wakes and needs less goes first. */
const LONG_SLICE_NS = 100_000_000n;
/** The number of `sched_setattr` (syscalls(2)), of which the C library of Debian 12 has no name. */
const SCHED_SETATTR: bigint = { x86_64: 314n, aarch64: 274n }[Deno.build.arch];

/**
 * Has the threads on which V8 compiles and collects garbage give way to those that send: on one
 * processor, a frame that is due while they work would wait for its turn, and share the time it needs.
 * For the whole process, and for good; where it cannot be done, nothing happens.
 */
export function letEngineGiveWay(): void {
  const library = libc();
  if (library === undefined) return;
  const nice = library.getpriority(THREAD, 0) + NICER;
  for (const thread of namesIn("/proc/self/task") ?? []) {
    const [name = ""] = linesOf(`/proc/self/task/${thread}/comm`);
    if (name.startsWith("V8 ")) giveWay(library, Number(thread), nice);
  }
}

function giveWay(library: Libc, thread: number, nice: number): void {
  if (library.syscall(SCHED_SETATTR, thread, batchAttributes(nice), 0) === 0) return;
  library.setpriority(THREAD, thread, nice);
}

/** `struct sched_attr`: size, policy, flags, nice, priority, runtime, deadline, period. */
function batchAttributes(nice: number): Uint8Array<ArrayBuffer> {
  const attributes = new DataView(new ArrayBuffer(48));
  attributes.setUint32(0, attributes.byteLength, true);
  attributes.setUint32(4, SCHED_BATCH, true);
  attributes.setInt32(16, Math.min(nice, 19), true);
  attributes.setBigUint64(24, LONG_SLICE_NS, true);
  return new Uint8Array(attributes.buffer);
}
