import { type Clock, sleep } from "../../net/clock.ts";
import {
  END_UPDATE,
  ENTER_SCREEN,
  HIDE_CURSOR,
  LEAVE_SCREEN,
  NO_WRAP,
  PLAIN,
  SHOW_CURSOR,
  ST,
  WRAP,
} from "./control_codes.ts";
import { InputParser, type TerminalInput } from "./input_parser.ts";
import type { ScreenSize } from "./layout.ts";
import { TerminalInputs } from "./terminal_inputs.ts";
import type { TerminalPort } from "./terminal_port.ts";

/** How long the rest of a key's sequence may take, in ms, before a lone ESC is the key. */
const ESCAPE_MS = 100;
/** How long a write under way may take when all is to end, in ms. */
const LAST_WRITE_MS = 1000;
const INPUT_BYTES = 4096;
const USUAL_SIZE: ScreenSize = { columns: 80, rows: 24 };

const TAKE = ENTER_SCREEN + HIDE_CURSOR + NO_WRAP;
/** Ends what may be under way, and takes back what {@linkcode TAKE} did. */
const GIVE_BACK = ST + END_UPDATE + PLAIN + WRAP + SHOW_CURSOR + LEAVE_SCREEN;

/**
 * The process's own terminal: taken with its screen to itself and without echo, and given back as
 * it was by {@linkcode Tty.close}, and also when the program falls.
 */
export class Tty implements TerminalPort {
  readonly #gone = Promise.withResolvers<void>();
  readonly #inputs = new TerminalInputs();
  readonly #parser = new InputParser();
  readonly #encoder = new TextEncoder();
  /** Settled when the write under way is done; never rejects. */
  #writing: Promise<void> = Promise.resolve();
  #isTaken = false;
  /** Whether keys and answers come in; not when stdin is a file. */
  readonly hasKeys: boolean = Deno.stdin.isTerminal();

  constructor(readonly clock: Clock) {}

  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Takes the terminal. */
  open(): void {
    this.#isTaken = true;
    globalThis.addEventListener("error", this.#giveBack);
    globalThis.addEventListener("unhandledrejection", this.#giveBack);
    if (this.hasKeys) Deno.stdin.setRaw(true);
    this.#writeSync(TAKE);
    if (this.hasKeys) this.#read();
  }

  /**
   * Gives the terminal back.
   * @returns whether it could be: one that takes nothing any more is left alone, as writing to it
   * would never end
   */
  async close(): Promise<boolean> {
    const written = this.#writing.then(() => true);
    const isTaking = await Promise.race([
      written,
      sleep(this.clock, LAST_WRITE_MS).then(() => false),
    ]);
    globalThis.removeEventListener("error", this.#giveBack);
    globalThis.removeEventListener("unhandledrejection", this.#giveBack);
    if (isTaking) this.#giveBack();
    return isTaking;
  }

  /** Writes all of it; where nobody takes it any more, nothing. */
  write(bytes: Uint8Array): Promise<void> {
    return this.#writing = this.#write(bytes).catch(() => this.#gone.resolve());
  }

  listen(take: (input: TerminalInput) => void): () => void {
    return this.#inputs.listen(take);
  }

  listenToKeys(take: (key: string) => void): () => void {
    return this.#inputs.listenToKeys(take);
  }

  size(): ScreenSize {
    try {
      const { columns, rows } = Deno.consoleSize();
      if (columns > 0 && rows > 0) return { columns, rows };
    } catch {
      // It was closed, or cannot tell.
    }
    return USUAL_SIZE;
  }

  onResize(take: () => void): () => void {
    try {
      Deno.addSignalListener("SIGWINCH", take);
    } catch {
      return () => {}; // Windows: the size is looked at now and then anyway
    }
    return () => Deno.removeSignalListener("SIGWINCH", take);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(INPUT_BYTES);
    let wait: { cancel(): void } | undefined;
    try {
      for (;;) {
        const count = await Deno.stdin.read(buffer);
        wait?.cancel();
        if (count === null) break;
        this.#inputs.tell(this.#parser.feed(buffer.subarray(0, count)));
        if (!this.#parser.waits) continue;
        wait = this.clock.setTimer(ESCAPE_MS, () => this.#inputs.tell(this.#parser.flush()));
      }
    } catch {
      // As when it ends.
    }
    this.#gone.resolve();
  }

  readonly #giveBack = (): void => {
    if (!this.#isTaken) return;
    this.#isTaken = false;
    this.#writeSync(GIVE_BACK);
    try {
      if (this.hasKeys) Deno.stdin.setRaw(false);
    } catch {
      // It was closed.
    }
  };

  #writeSync(text: string): void {
    const bytes = this.#encoder.encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
    } catch {
      this.#gone.resolve();
    }
  }
}
