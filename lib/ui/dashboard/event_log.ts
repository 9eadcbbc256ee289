/** How much a line of the log matters. */
export type LogLevel = "info" | "warning" | "error";

/** A line of the log. */
export interface LogLine {
  /** Counts up from 1 and never begins again. */
  number: number;
  /** ms of the Unix epoch */
  time: number;
  level: LogLevel;
  /** What kind of event it is, as in `--json`. */
  event: string;
  text: string;
}

/** Lines kept; older ones are forgotten. */
export const LOG_LINES = 500;
/** Characters of a line: a client chooses the names that stand in it. */
const MOST_TEXT = 500;

/** The last lines of a log. */
export class EventLog {
  readonly #lines: LogLine[] = [];
  #count = 0;

  /** The number of the newest line; 0 before the first. */
  get newest(): number {
    return this.#count;
  }

  add(time: number, event: string, text: string, level: LogLevel = "info"): void {
    const line = { number: ++this.#count, time, level, event, text: text.slice(0, MOST_TEXT) };
    this.#lines.push(line);
    if (this.#lines.length > LOG_LINES) this.#lines.shift();
  }

  /** The lines behind number `after` that are still there, oldest first. */
  after(after: number): readonly LogLine[] {
    const count = Math.min(this.#lines.length, Math.max(0, this.#count - after));
    return count === 0 ? [] : this.#lines.slice(-count);
  }
}

/** How much an event matters. */
export function levelOf(event: string): LogLevel {
  if (event === "error" || event === "failed") return "error";
  return event === "session-warning" || event === "limit-reached" ? "warning" : "info";
}
