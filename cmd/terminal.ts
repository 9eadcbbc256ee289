import { type Clock, systemClock } from "../lib/net/clock.ts";
import type { CommandContext } from "./command.ts";
import { printable } from "./printable.ts";
import { type OutputStream, UnreadOutput } from "./unread_output.ts";

/** Characters of data that wait for the turn's end at most. */
const MOST_WAITING = 64 * 1024;
/** Characters that wait for a reader at most where nothing waits for readers. */
const MOST_UNREAD = 1024 * 1024;
/** How long the end waits for such a reader, in milliseconds. */
const LAST_WAIT_MS = 1000;

type Stream = typeof Deno.stdout | typeof Deno.stderr;

/** The process's own stdout, stderr and signals as a command's context. */
export class Terminal implements CommandContext {
  readonly clock: Clock = systemClock;
  readonly colour: boolean;
  readonly #abort = new AbortController();
  readonly #encoder = new TextEncoder();
  readonly #quiet: boolean;
  readonly #isTerminal = Deno.stderr.isTerminal();
  readonly #signals: Deno.Signal[];
  #progressShown = false;
  /** Data of this turn: one write for all of it, as one for each line costs more than the rest. */
  #waiting = "";
  /** Why data could not be written. */
  #failure: unknown;
  /** How streams are written to when nothing waits for their readers. */
  readonly #unread = new Map<Stream, UnreadOutput>();

  /** @param args the whole command line, for the flags that decide about talk */
  constructor(args: string[]) {
    const end = args.indexOf("--");
    const flags = end < 0 ? args : args.slice(0, end);
    // To a server with a certificate, SIGHUP says that there is a new one.
    const renews = flags.some((flag) => /^--tls-cert(=|$)/.test(flag));
    this.#signals = Deno.build.os === "windows"
      ? ["SIGINT", "SIGBREAK"]
      : ["SIGINT", "SIGTERM", ...(renews ? [] : ["SIGHUP" as const])];
    this.#quiet = flags.includes("--quiet") || flags.includes("-q");
    this.colour = this.#isTerminal && (Deno.env.get("NO_COLOR") ?? "") === "";
    for (const signal of this.#signals) Deno.addSignalListener(signal, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  out(line: string): void {
    if (this.#waiting === "") queueMicrotask(this.#writeWaiting);
    this.#waiting += printable(line, this.colour) + "\n";
    if (this.#waiting.length >= MOST_WAITING) this.#writeWaiting();
  }

  neverWait(): void {
    this.#unread.set(
      Deno.stdout,
      this.#unreadOutput(
        Deno.stdout,
        (lines) => `${JSON.stringify({ event: "output-dropped", lines })}\n`,
      ),
    );
    this.#unread.set(
      Deno.stderr,
      this.#unreadOutput(
        Deno.stderr,
        (lines) => `rtspkit: ${lines} lines are left out here: they were not read in time\n`,
      ),
    );
  }

  /**
   * Writes the data that waits.
   * @throws what writing it, or data before it, threw: a full disk
   */
  async flush(): Promise<void> {
    this.#writeWaiting();
    await this.#lastWait();
    if (this.#failure !== undefined) throw this.#failure;
  }

  talk(line: string): void {
    if (!this.#quiet) this.#talk(line);
  }

  progress(line: string): void {
    if (this.#quiet || !this.#isTerminal) return;
    this.#write(Deno.stderr, `\r\x1b[K${printable(line, this.colour)}`);
    this.#progressShown = true;
  }

  /** The one line about what went wrong; said also when quiet. */
  fail(line: string): void {
    this.#talk(`rtspkit: ${line}`);
  }

  /** Leaves the terminal as it was found. */
  async close(): Promise<void> {
    this.#writeWaiting();
    this.#endProgress();
    await this.#lastWait();
    for (const signal of this.#signals) Deno.removeSignalListener(signal, this.#onSignal);
  }

  readonly #onSignal = (): void => {
    this.#abort.abort(new DOMException("Ended by a signal", "AbortError"));
  };

  readonly #writeWaiting = (): void => {
    if (this.#waiting === "") return;
    const text = this.#waiting;
    this.#waiting = "";
    try {
      this.#write(Deno.stdout, text);
    } catch (error) {
      this.#fail(error);
    }
  };

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#abort.abort(new DOMException("The output cannot be written", "AbortError"));
  }

  #unreadOutput(stream: OutputStream, missed: (lines: number) => string): UnreadOutput {
    return new UnreadOutput(stream, {
      mostWaiting: MOST_UNREAD,
      missed,
      failed: (error) => {
        // Scripts read which port it is, and close the pipe: who serves outlives that.
        if (error instanceof Deno.errors.BrokenPipe) return;
        if (!this.#gone(error)) this.#fail(error);
      },
    });
  }

  /** Gives readers that nothing waits for a moment for the last lines. */
  async #lastWait(): Promise<void> {
    if (this.#unread.size === 0) return;
    const all = Promise.all([...this.#unread.values()].map((output) => output.written()));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => timer = setTimeout(resolve, LAST_WAIT_MS));
    await Promise.race([all, late]);
    clearTimeout(timer);
  }

  #talk(line: string): void {
    this.#writeWaiting();
    this.#endProgress();
    this.#write(Deno.stderr, printable(line, this.colour) + "\n");
  }

  #endProgress(): void {
    if (this.#progressShown) this.#write(Deno.stderr, "\r\x1b[K");
    this.#progressShown = false;
  }

  #write(stream: Stream, text: string): void {
    const unread = this.#unread.get(stream);
    if (unread !== undefined) return unread.write(text);
    const bytes = this.#encoder.encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
    } catch (error) {
      if (!this.#gone(error)) throw error;
    }
  }

  /** Whoever read our output has gone, as `head` does, or a closed terminal: end, without a word. */
  #gone(error: unknown): boolean {
    const gone = error instanceof Deno.errors.BrokenPipe || codeOf(error) === "EIO";
    if (gone) this.#abort.abort(error);
    return gone;
  }
}

/** The system's name for what went wrong, where it is known. */
function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | undefined)?.code;
}
