/** Something to be done at a time. Belongs to one scheduler; made once and used again and again. */
export class ScheduledTask {
  static #ranks = 0;
  /** Who is due at the same time as others keeps its place among them, so that all keep their pace. */
  readonly rank: number = ScheduledTask.#ranks++;
  /** When it is due; undefined while it is not scheduled. */
  moment: Moment | undefined;
  /** Its place among the tasks of that moment. */
  place = -1;

  /**
   * @param run called when due; may schedule the task again. Returns true when all it did is done, and
   * nothing waits for the runtime
   */
  constructor(readonly run: (now: number) => unknown) {}
}

/** A time at which tasks are due, and those tasks. */
export class Moment {
  /** Its place in the heap of moments. */
  heapIndex = -1;
  /** With gaps where tasks were taken away again. */
  readonly #tasks: (ScheduledTask | undefined)[] = [];
  #size = 0;
  /** Tasks before it have been taken. */
  #next = 0;
  #inOrder = true;

  /** @param at ms on the scheduler's clock */
  constructor(readonly at: number) {}

  /** Tasks that are still to be taken. */
  get size(): number {
    return this.#size;
  }

  add(task: ScheduledTask): void {
    const tasks = this.#tasks;
    const place = tasks.length;
    if (place > this.#next && !(tasks[place - 1]!.rank < task.rank)) this.#inOrder = false;
    task.moment = this;
    task.place = place;
    tasks.push(task);
    this.#size++;
  }

  remove(task: ScheduledTask): void {
    const tasks = this.#tasks;
    tasks[task.place] = undefined;
    task.moment = undefined;
    this.#size--;
    while (tasks.length > this.#next && tasks[tasks.length - 1] === undefined) tasks.pop();
  }

  /** Takes the next task, in the order of their ranks. */
  take(): ScheduledTask | undefined {
    if (!this.#inOrder) this.#sort();
    const tasks = this.#tasks;
    while (this.#next < tasks.length) {
      const task = tasks[this.#next++];
      if (task === undefined) continue;
      task.moment = undefined;
      this.#size--;
      return task;
    }
    return undefined;
  }

  #sort(): void {
    const left = this.#tasks.splice(this.#next).filter((task) => task !== undefined);
    left.sort((a, b) => a.rank - b.rank);
    for (const task of left) task.place = this.#tasks.push(task) - 1;
    this.#inOrder = true;
  }
}

/**
 * Moments, the earliest first: a binary heap. Viewers share the moments of their frames, so one that
 * plays on is an entry at the end of a list and moves nothing about in the heap.
 */
export class Moments {
  readonly #heap: Moment[] = [];
  readonly #byTime = new Map<number, Moment>();
  /** Where a task was added last: those that run together are due together again. */
  #latest: Moment | undefined;
  #size = 0;

  /** Tasks of all moments. */
  get size(): number {
    return this.#size;
  }

  /** The earliest; undefined when nothing is to be done. */
  get first(): Moment | undefined {
    return this.#heap[0];
  }

  /** Adds a task that is in none of them. @param at ms on the scheduler's clock */
  add(task: ScheduledTask, at: number): void {
    if (this.#latest?.at !== at) this.#latest = this.#byTime.get(at) ?? this.#begin(at);
    this.#latest.add(task);
    this.#size++;
  }

  /** Takes a task away; nothing happens when it is in none of them. */
  remove(task: ScheduledTask): void {
    const { moment } = task;
    if (moment === undefined) return;
    moment.remove(task);
    this.#size--;
    if (moment.size === 0) this.#end(moment);
  }

  /** Takes the next task that is due. */
  take(now: number): ScheduledTask | undefined {
    const moment = this.#heap[0];
    if (moment === undefined || moment.at > now) return undefined;
    const task = moment.take();
    this.#size--;
    if (moment.size === 0) this.#end(moment);
    return task;
  }

  #begin(at: number): Moment {
    const moment = new Moment(at);
    this.#byTime.set(at, moment);
    moment.heapIndex = this.#heap.length;
    this.#heap.push(moment);
    this.#siftUp(moment.heapIndex);
    return moment;
  }

  #end(moment: Moment): void {
    this.#byTime.delete(moment.at);
    if (this.#latest === moment) this.#latest = undefined;
    const last = this.#heap.pop()!;
    if (last === moment) return;
    this.#heap[moment.heapIndex] = last;
    last.heapIndex = moment.heapIndex;
    this.#siftUp(last.heapIndex);
    this.#siftDown(last.heapIndex);
  }

  #siftUp(from: number): void {
    const heap = this.#heap;
    const moment = heap[from]!;
    let at = from;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt]!;
      if (parent.at <= moment.at) break;
      heap[at] = parent;
      parent.heapIndex = at;
      at = parentAt;
    }
    heap[at] = moment;
    moment.heapIndex = at;
  }

  #siftDown(from: number): void {
    const heap = this.#heap;
    const moment = heap[from]!;
    let at = from;
    for (;;) {
      let childAt = 2 * at + 1;
      if (childAt >= heap.length) break;
      const right = heap[childAt + 1];
      if (right !== undefined && right.at < heap[childAt]!.at) childAt++;
      const child = heap[childAt]!;
      if (moment.at <= child.at) break;
      heap[at] = child;
      child.heapIndex = at;
      at = childAt;
    }
    heap[at] = moment;
    moment.heapIndex = at;
  }
}
