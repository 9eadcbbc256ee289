/** Keys that were read and cannot be used: another suite, a key that needs another to be opened. */
export class KeyingError extends Error {
  /** @param problem what is in the way, without the key, in words for people */
  constructor(readonly problem: string) {
    super(problem);
    this.name = "KeyingError";
  }
}
