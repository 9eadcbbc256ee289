import type { Clock, Timer } from "../net/clock.ts";
import { Lateness } from "./metrics_histogram.ts";
import { Moments, type ScheduledTask } from "./moments.ts";
import { type PhasePlace, Phases } from "./phases.ts";

/** Where a scheduler and those it serves count how late they are. */
export interface SchedulerMetrics {
  /** How late the timer fired. */
  readonly wakeLateness: Lateness;
  /** How late frames left. */
  readonly frameLateness: Lateness;
}

/** How much later than asked for what has time may be done, in ms. */
export const ROUGHLY_MS = 100;

/**
 * How long tasks may run one after the other, in ms, while more and more come due: with more viewers
 * than the processor can serve there would be no end to it, and nobody's request would be answered.
 * Behind them the runtime has its turn, in which it reads and writes 128 times at most.
 */
const LONGEST_RUN_MS = 5;
/** How many tasks may leave something to the runtime before its turn: half of what it does in one. */
const MOST_UNDONE = 64;

/** Timers of more than 31 bits fire at once; one that fires early is set again. */
const LONGEST_SLEEP_MS = 0x7fff_ffff;

/**
 * Runs tasks when they are due with one timer for all of them: it sleeps until the earliest, then
 * runs everything due.
 */
export class Scheduler {
  readonly #moments = new Moments();
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
    return this.#moments.size;
  }

  /** Sets the task's time, whether it was scheduled before or not. */
  schedule(task: ScheduledTask, dueAt: number): void {
    this.#moments.remove(task);
    this.#moments.add(task, dueAt);
    // While tasks run, those still due stand before this one: the timer is set once, after them all.
    if (!this.#firing) this.#arm();
  }

  /**
   * The same for what has time: up to {@linkcode ROUGHLY_MS} later, so that many share a moment, which
   * is an object to be kept and a time to wake at.
   */
  scheduleRoughly(task: ScheduledTask, dueAt: number): void {
    this.schedule(task, Math.ceil(dueAt / ROUGHLY_MS) * ROUGHLY_MS);
  }

  /** Forgets the task; nothing happens when it is not scheduled. */
  cancel(task: ScheduledTask): void {
    this.#moments.remove(task);
    if (this.#moments.size === 0) this.#disarm();
  }

  /** @returns whether nothing waits for the runtime */
  #fire(): boolean {
    const now = this.clock.now();
    this.metrics.wakeLateness.add(Math.max(0, now - this.#timerAt), now);
    this.#timer = undefined;
    this.#timerAt = Infinity;
    this.#firing = true;
    try {
      return this.#runDue();
    } finally {
      this.#firing = false;
      this.#arm();
    }
  }

  /**
   * Runs what is due, and what comes due meanwhile, before the next sleep or the runtime's turn.
   * @returns whether all that was done is done
   */
  #runDue(): boolean {
    const end = this.clock.now() + LONGEST_RUN_MS;
    for (let undone = 0; undone < MOST_UNDONE;) {
      const now = this.clock.now();
      if (now > end) return false;
      const task = this.#moments.take(now);
      if (task === undefined) return undone === 0;
      if (!this.#run(task, now)) undone++;
    }
    return false;
  }

  /** @returns whether all that it did is done */
  #run(task: ScheduledTask, now: number): boolean {
    try {
      return task.run(now) === true;
    } catch (error) {
      // One task's fault is not the others': they are due too.
      this.onFault(error);
      return false;
    }
  }

  #arm(): void {
    const earliest = this.#moments.first?.at ?? Infinity;
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
}
