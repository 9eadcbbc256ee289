/** How a {@linkcode ReorderBuffer} waits. */
export interface ReorderOptions {
  /** How long a gap may hold back what came after it, in ms. */
  holdMs: number;
  /** Packets held at most; past that the oldest gap is given up. */
  capacity: number;
}

export const DEFAULT_REORDER: Readonly<ReorderOptions> = Object.freeze({
  holdMs: 100,
  capacity: 512,
});

interface Held<T> {
  sequence: number;
  item: T;
  since: number;
}

/**
 * Puts packets back in sequence. In order they pass straight through; behind a gap they wait until
 * it is filled, the wait is over, or the buffer is full. Duplicates and packets whose place has
 * passed are dropped: the statistics have counted them before.
 */
export class ReorderBuffer<T> {
  #next: number | undefined;
  #held: Held<T>[] = [];

  constructor(
    readonly emit: (item: T) => void,
    readonly options: ReorderOptions = DEFAULT_REORDER,
  ) {}

  /** Packets waiting behind a gap. */
  get size(): number {
    return this.#held.length;
  }

  /** When {@linkcode expire} should be called, in the time given to `push`; Infinity for never. */
  get deadline(): number {
    let earliest = Infinity;
    for (const held of this.#held) earliest = Math.min(earliest, held.since);
    return earliest + this.options.holdMs;
  }

  /**
   * @param sequence extended sequence number, so that it does not wrap
   * @param now the time in ms
   */
  push(sequence: number, item: T, now: number): void {
    this.#next ??= sequence;
    if (sequence < this.#next) return;
    if (sequence === this.#next) {
      this.#next++;
      this.emit(item);
      this.#drain();
      return;
    }
    this.#insert({ sequence, item, since: now });
    while (this.#held.length > this.options.capacity) this.#giveUpGap();
  }

  /** Gives up gaps whose wait is over. */
  expire(now: number): void {
    while (this.#held.length > 0 && this.deadline <= now) this.#giveUpGap();
  }

  /** Emits all that waits, gaps or not, as at the end of a stream. */
  flush(): void {
    while (this.#held.length > 0) this.#giveUpGap();
  }

  /** Forgets position and packets: a new stretch begins, as after a jump. */
  reset(): void {
    this.#held = [];
    this.#next = undefined;
  }

  #insert(held: Held<T>): void {
    let at = this.#held.length;
    while (at > 0 && this.#held[at - 1]!.sequence > held.sequence) at--;
    if (at > 0 && this.#held[at - 1]!.sequence === held.sequence) return;
    this.#held.splice(at, 0, held);
  }

  #giveUpGap(): void {
    this.#next = this.#held[0]!.sequence;
    this.#drain();
  }

  #drain(): void {
    let count = 0;
    while (this.#held[count]?.sequence === this.#next) {
      this.#next!++;
      count++;
    }
    for (const held of this.#held.splice(0, count)) this.emit(held.item);
  }
}
