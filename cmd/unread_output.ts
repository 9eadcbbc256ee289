/** A stream to write to: `Deno.stdout` is one. */
export interface OutputStream {
  write(bytes: Uint8Array): Promise<number>;
}

/** What is to be done with an output. */
export interface UnreadOutputOptions {
  /** Characters that wait for the reader at most; what comes beyond is left out. */
  readonly mostWaiting: number;
  /** What takes the place of lines that were left out, once there is room again; whole lines. */
  missed(lines: number): string;
  /** It cannot be written to any more. Called once. */
  failed(error: unknown): void;
}

/**
 * Writes text to a stream whose reader may be slow or absent, and never waits for it: a server whose
 * log nobody reads goes on serving. What the reader does not take in time is left out, whole lines
 * of it, and counted in a line that takes its place.
 */
export class UnreadOutput {
  readonly #encoder = new TextEncoder();
  #waiting = "";
  #missed = 0;
  #writing: Promise<void> | undefined;
  #failed = false;

  constructor(
    private readonly stream: OutputStream,
    private readonly options: UnreadOutputOptions,
  ) {}

  /** @param text whole lines */
  write(text: string): void {
    if (this.#failed) return;
    if (this.#waiting.length + text.length > this.options.mostWaiting) {
      this.#missed += text.split("\n").length - 1;
      return;
    }
    if (this.#missed > 0) this.#waiting += this.#takeMissed();
    this.#waiting += text;
    this.#writing ??= this.#drain();
  }

  /** Settled when all has been written, or failed; never rejected. */
  async written(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    try {
      while (this.#waiting !== "") {
        const bytes = this.#encoder.encode(this.#waiting);
        this.#waiting = "";
        for (let at = 0; at < bytes.length;) at += await this.stream.write(bytes.subarray(at));
        if (this.#waiting === "" && this.#missed > 0) this.#waiting = this.#takeMissed();
      }
    } catch (error) {
      this.#failed = true;
      this.#waiting = "";
      this.options.failed(error);
    } finally {
      this.#writing = undefined;
    }
  }

  #takeMissed(): string {
    const text = this.options.missed(this.#missed);
    this.#missed = 0;
    return text;
  }
}
