/** Bytes that several writers may have waiting together. */
export class ByteBudget {
  #used = 0;

  /** @param most bytes */
  constructor(readonly most: number) {}

  get used(): number {
    return this.#used;
  }

  /** Whether nothing is left. */
  get spent(): boolean {
    return this.#used >= this.most;
  }

  /** Counts bytes that wait, whether anything is left or not. */
  add(bytes: number): void {
    this.#used += bytes;
  }

  /** Counts bytes that wait no longer. */
  remove(bytes: number): void {
    this.#used -= bytes;
  }
}
