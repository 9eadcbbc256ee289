/** How long a test waits for what must come, in ms; only a test that fails ever takes so long. */
const PATIENCE_MS = 20_000;

/**
 * Resolves once `check` holds, looked at after every change that {@linkcode Waiters.notify} tells.
 */
export class Waiters {
  #waiting = new Set<() => void>();

  /** Something may have changed. */
  notify(): void {
    for (const look of [...this.#waiting]) look();
  }

  /**
   * @param what for the error: `"a response"`
   * @param check what is waited for; undefined while it is not there
   */
  until<T>(what: string, check: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`Waited in vain for ${what}`));
      }, PATIENCE_MS);
      const look = (): void => {
        const found = check();
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** Resolves once `check` holds, looked at between turns of the event loop. */
export async function eventually(what: string, check: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  while (!check()) {
    if (Date.now() > giveUpAt) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
