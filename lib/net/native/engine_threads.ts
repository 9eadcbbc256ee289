import { libc } from "./libc.ts";
import { linesOf, namesIn } from "./proc.ts";

/** `PRIO_PROCESS` (setpriority(2)), which on Linux takes a thread. */
const THREAD = 0;
/** A tenth of the processor's time beside those who send (sched(7)). */
const NICER = 10;

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
    if (name.startsWith("V8 ")) library.setpriority(THREAD, Number(thread), nice);
  }
}
