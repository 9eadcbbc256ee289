import { type Clock, systemClock } from "../lib/net/clock.ts";
import type { CommandContext } from "./command.ts";

/** The process's own stdout, stderr and signals as a command's context. */
export class Terminal implements CommandContext {
  readonly clock: Clock = systemClock;
  readonly colour: boolean;
  readonly #abort = new AbortController();
  readonly #encoder = new TextEncoder();
  readonly #quiet: boolean;
  readonly #isTerminal = Deno.stderr.isTerminal();
  readonly #signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  #progressShown = false;

  /** @param args the whole command line, for the flags that decide about talk */
  constructor(args: string[]) {
    const end = args.indexOf("--");
    const flags = end < 0 ? args : args.slice(0, end);
    this.#quiet = flags.includes("--quiet") || flags.includes("-q");
    this.colour = this.#isTerminal && (Deno.env.get("NO_COLOR") ?? "") === "";
    for (const signal of this.#signals) Deno.addSignalListener(signal, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  out(line: string): void {
    this.#write(Deno.stdout, line + "\n");
  }

  talk(line: string): void {
    if (!this.#quiet) this.#talk(line);
  }

  progress(line: string): void {
    if (this.#quiet || !this.#isTerminal) return;
    this.#write(Deno.stderr, `\r\x1b[K${line}`);
    this.#progressShown = true;
  }

  /** The one line about what went wrong; said also when quiet. */
  fail(line: string): void {
    this.#talk(`rtspkit: ${line}`);
  }

  /** Leaves the terminal as it was found. */
  close(): void {
    this.#endProgress();
    for (const signal of this.#signals) Deno.removeSignalListener(signal, this.#onSignal);
  }

  readonly #onSignal = (): void => {
    this.#abort.abort(new DOMException("Ended by a signal", "AbortError"));
  };

  #talk(line: string): void {
    this.#endProgress();
    this.#write(Deno.stderr, line + "\n");
  }

  #endProgress(): void {
    if (this.#progressShown) this.#write(Deno.stderr, "\r\x1b[K");
    this.#progressShown = false;
  }

  #write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
    const bytes = this.#encoder.encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
    } catch (error) {
      // Whoever read our output has gone, as `head` does: end, without a word.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      this.#abort.abort(error);
    }
  }
}
