/** How far behind the newest a packet may come; 64 is the least allowed (RFC 3711, section 3.3.2). */
export const REPLAY_WINDOW = 1024;

/** What packets have come, as far back as {@linkcode REPLAY_WINDOW} (RFC 3711, section 3.3.2). */
export class ReplayWindow {
  readonly #seen = new Uint8Array(REPLAY_WINDOW);
  #highest = -1;

  /** The greatest index that has come; -1 before the first. */
  get highest(): number {
    return this.#highest;
  }

  /** Whether a packet has not come before, as far as that is known. */
  isNew(index: number): boolean {
    if (index > this.#highest) return true;
    if (this.#highest - index >= REPLAY_WINDOW) return false;
    return this.#seen[index % REPLAY_WINDOW] === 0;
  }

  /** Notes a packet that is new, and authentic. */
  note(index: number): void {
    if (index > this.#highest) {
      const skipped = index - this.#highest;
      if (skipped >= REPLAY_WINDOW) this.#seen.fill(0);
      else for (let i = 1; i < skipped; i++) this.#seen[(this.#highest + i) % REPLAY_WINDOW] = 0;
      this.#highest = index;
    }
    this.#seen[index % REPLAY_WINDOW] = 1;
  }
}
