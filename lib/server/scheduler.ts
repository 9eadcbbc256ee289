import type { Clock, Timer } from "../net/clock.ts";
import { Lateness } from "./metrics_histogram.ts";
import { type PhasePlace, Phases } from "./phases.ts";

/** Something to be done at a time. Belongs to one scheduler; made once and used again and again. */
export class ScheduledTask {
  static #ranks = 0;
  /** When it is due, on the scheduler's clock; meaningful while scheduled. */
  dueAt = 0;
  /** Who is due at the same time as others keeps its place among them, so that all keep their pace. */
  readonly rank: number = ScheduledTask.#ranks++;
  /** Its place in the scheduler's heap; -1 while it is not scheduled. */
  heapIndex = -1;

  /** @param run called when due; may schedule the task again */
  constructor(readonly run: (now: number) => void) {}
}

/** Where a scheduler and those it serves count how late they are. */
export interface SchedulerMetrics {
  /** How late the timer fired. */
  readonly wakeLateness: Lateness;
  /** How late frames left. */
  readonly frameLateness: Lateness;
}

/** Timers of more than 31 bits fire at once; one that fires early is set again. */
const LONGEST_SLEEP_MS = 0x7fff_ffff;

/**
 * Runs tasks when they are due with one timer for all of them: it sleeps until the earliest, then
 * runs everything due. A binary heap keeps the order, so a thousand viewers cost ten comparisons.
 */
export class Scheduler {
  #heap: ScheduledTask[] = [];
  /** By interval, those in use. */
  readonly #phases = new Map<number, Phases>();
  #timer: Timer | undefined;
  #timerAt = Infinity;
  #firing = false;

  /**
   * @param gridMs how far the moments at which viewers' frames leave are apart at least, in ms
   * @param onFault told what a task threw, which is then not scheduled any more; thrown when left out
   */
  constructor(
    readonly clock: Clock,
    readonly gridMs = 1,
    readonly metrics: SchedulerMetrics = {
      wakeLateness: new Lateness(),
      frameLateness: new Lateness(),
    },
    readonly onFault: (error: unknown) => void = (error) => {
      throw error;
    },
  ) {}

  /**
   * A place among those whose frames have the same interval, so that one wake and one system call
   * serve many of them.
   * @param interval ms from frame to frame
   */
  join(interval: number): PhasePlace {
    let phases = this.#phases.get(interval);
    if (phases === undefined) {
      phases = new Phases(interval, this.gridMs);
      this.#phases.set(interval, phases);
    }
    return phases.join(this.clock.now());
  }

  /** Gives the place back. */
  leave(interval: number, place: PhasePlace): void {
    const phases = this.#phases.get(interval)!;
    phases.leave(place);
    if (phases.size === 0) this.#phases.delete(interval);
  }

  /** Tasks waiting. */
  get size(): number {
    return this.#heap.length;
  }

  /** Sets the task's time, whether it was scheduled before or not. */
  schedule(task: ScheduledTask, dueAt: number): void {
    this.#remove(task);
    task.dueAt = dueAt;
    task.heapIndex = this.#heap.length;
    this.#heap.push(task);
    this.#siftUp(task.heapIndex);
    // While tasks run, those still due stand before this one: the timer is set once, after them all.
    if (!this.#firing) this.#arm();
  }

  /** Forgets the task; nothing happens when it is not scheduled. */
  cancel(task: ScheduledTask): void {
    this.#remove(task);
    if (this.#heap.length === 0) this.#disarm();
  }

  #fire(): void {
    const now = this.clock.now();
    this.metrics.wakeLateness.add(Math.max(0, now - this.#timerAt), now);
    this.#timer = undefined;
    this.#timerAt = Infinity;
    this.#firing = true;
    try {
      this.#runDue();
    } finally {
      this.#firing = false;
      this.#arm();
    }
  }

  /** Runs what is due, and what comes due meanwhile, before the next sleep. */
  #runDue(): void {
    for (;;) {
      const task = this.#heap[0];
      const now = this.clock.now();
      if (task === undefined || task.dueAt > now) return;
      this.#remove(task);
      try {
        task.run(now);
      } catch (error) {
        // One task's fault is not the others': they are due too.
        this.onFault(error);
      }
    }
  }

  #arm(): void {
    const earliest = this.#heap[0]?.dueAt ?? Infinity;
    if (earliest >= this.#timerAt || earliest === Infinity) return;
    this.#disarm();
    this.#timerAt = earliest;
    const delay = Math.min(earliest - this.clock.now(), LONGEST_SLEEP_MS);
    this.#timer = this.clock.setPunctualTimer(delay, () => this.#fire());
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  #remove(task: ScheduledTask): void {
    const at = task.heapIndex;
    if (at < 0) return;
    task.heapIndex = -1;
    const last = this.#heap.pop()!;
    if (last === task) return;
    this.#heap[at] = last;
    last.heapIndex = at;
    this.#siftUp(at);
    this.#siftDown(last.heapIndex);
  }

  #siftUp(from: number): void {
    const heap = this.#heap;
    const task = heap[from]!;
    let at = from;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt]!;
      if (!isBefore(task, parent)) break;
      heap[at] = parent;
      parent.heapIndex = at;
      at = parentAt;
    }
    heap[at] = task;
    task.heapIndex = at;
  }

  #siftDown(from: number): void {
    const heap = this.#heap;
    const task = heap[from]!;
    let at = from;
    for (;;) {
      let childAt = 2 * at + 1;
      if (childAt >= heap.length) break;
      const right = heap[childAt + 1];
      if (right !== undefined && isBefore(right, heap[childAt]!)) childAt++;
      const child = heap[childAt]!;
      if (!isBefore(child, task)) break;
      heap[at] = child;
      child.heapIndex = at;
      at = childAt;
    }
    heap[at] = task;
    task.heapIndex = at;
  }
}

function isBefore(a: ScheduledTask, b: ScheduledTask): boolean {
  return a.dueAt === b.dueAt ? a.rank < b.rank : a.dueAt < b.dueAt;
}
