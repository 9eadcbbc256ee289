import type { TerminalInput } from "./input_parser.ts";

/** Keys that are kept until somebody takes them; of more, the newest. */
export const MOST_KEPT_KEYS = 64;

/**
 * Hands what comes from a terminal to who listens. Keys that come while nobody takes keys are kept
 * for who takes them next: the terminal echoes nothing and sends no signal any more while it is
 * asked what it can do, and a Ctrl-C pressed then is meant all the same.
 */
export class TerminalInputs {
  readonly #listeners = new Set<(input: TerminalInput) => void>();
  readonly #keyListeners = new Set<(key: string) => void>();
  #kept: string[] = [];

  /** How many listen, of either kind. */
  get listeners(): number {
    return this.#listeners.size + this.#keyListeners.size;
  }

  /** @param take is given everything that comes, keys too, which are kept all the same */
  listen(take: (input: TerminalInput) => void): () => void {
    this.#listeners.add(take);
    return () => this.#listeners.delete(take);
  }

  /** @param take is given the keys, those kept first and before this returns */
  listenToKeys(take: (key: string) => void): () => void {
    this.#keyListeners.add(take);
    for (const key of this.#kept.splice(0)) take(key);
    return () => this.#keyListeners.delete(take);
  }

  tell(inputs: readonly TerminalInput[]): void {
    for (const input of inputs) {
      for (const take of [...this.#listeners]) take(input);
      if (input.kind === "key") this.#tellKey(input.key);
    }
  }

  #tellKey(key: string): void {
    for (const take of [...this.#keyListeners]) take(key);
    if (this.#keyListeners.size > 0) return;
    this.#kept.push(key);
    if (this.#kept.length > MOST_KEPT_KEYS) this.#kept.shift();
  }
}
