import { say } from "./say.ts";

/** Counts what holds and what does not, a line each. */
export class Checks {
  #passed = 0;
  #failed = 0;

  /** @param details shown when it does not hold */
  that(what: string, holds: boolean, details = ""): void {
    if (holds) this.#passed++;
    else this.#failed++;
    say(`${what} ... ${holds ? "ok" : "FAILED"}`);
    if (!holds && details !== "") say(details.replace(/^/gm, "    "));
  }

  equal<T extends string | number>(what: string, actual: T, expected: T, details = ""): void {
    const difference = `got ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`;
    this.that(what, actual === expected, `${difference}\n${details}`.trim());
  }

  /** Sums up as `deno test` does. @returns whether everything held */
  close(): boolean {
    const verdict = this.#failed === 0 ? "ok" : "FAILED";
    say(`\n${verdict} | ${this.#passed} passed | ${this.#failed} failed`);
    return this.#failed === 0;
  }
}
