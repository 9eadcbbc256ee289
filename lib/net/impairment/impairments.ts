import {
  addCounts,
  type ImpairmentCounts,
  type ImpairmentSettings,
  noCounts,
} from "../../stream/impairment.ts";
import type { Clock } from "../clock.ts";
import { ImpairedLine, type ImpairedLineOptions } from "./impaired_line.ts";

/** All the lines of bad network that one program makes. */
export class Impairments {
  readonly #lines = new Set<ImpairedLine>();
  readonly #closed = noCounts();
  #made = 0;

  constructor(readonly settings: ImpairmentSettings, readonly clock: Clock) {}

  /** What was done to all packets so far. */
  get counts(): ImpairmentCounts {
    const sum = { ...this.#closed };
    for (const { counts } of this.#lines) addCounts(sum, counts);
    return sum;
  }

  /**
   * Lays a line.
   * @param stream which of the streams it is for; counted up where it is left out
   */
  line(
    { deliver, onClosed, stream = this.#made }:
      & Pick<ImpairedLineOptions, "deliver" | "onClosed">
      & { stream?: number },
  ): ImpairedLine {
    this.#made++;
    const { settings, clock } = this;
    const line = new ImpairedLine({
      settings,
      stream,
      clock,
      deliver,
      onClosed: () => {
        this.#lines.delete(line);
        addCounts(this.#closed, line.counts);
        onClosed?.();
      },
    });
    this.#lines.add(line);
    return line;
  }

  /** On all lines, what is under way and what comes from now on arrives at once. */
  hurry(): void {
    for (const line of [...this.#lines]) line.hurry();
  }

  /** Ends all lines; what is under way arrives at once. */
  flush(): void {
    for (const line of [...this.#lines]) line.flush();
  }

  /** Ends all lines; what is under way is gone. */
  close(): void {
    for (const line of [...this.#lines]) line.close();
  }
}
