import type { Screen } from "./demo_screen.ts";

/** `    0.051 s <- RTSP/1.0 200 OK`, as `--verbose` prints the first line of a message. */
const FIRST_LINE = /^\s*[\d.]+ s (->|<-) (.*)$/;

/** What a request means, in a person's words. */
const MEANINGS: Readonly<Record<string, string>> = {
  OPTIONS: "what can you do?",
  DESCRIBE: "what is in this file?",
  SETUP: "this file, please",
  PLAY: "go!",
  TEARDOWN: "thank you, that is all",
};

/** Header fields worth a newcomer's attention. */
const TELLING = /^\s*(Transport|Session|Frames): /i;

/** Shows an RTSP exchange abridged: a line a message, from what `--verbose` prints. */
export class Exchange {
  readonly #messages: string[][] = [];
  #holding = false;

  constructor(readonly screen: Screen) {}

  /**
   * Takes one printed line.
   * @returns false when it belongs to no message
   */
  take(line: string): boolean {
    if (FIRST_LINE.test(line)) {
      if (!this.#holding) this.#show();
      this.#messages.push([line]);
      return true;
    }
    this.#messages.at(-1)?.push(line);
    return line.startsWith(" ");
  }

  /**
   * Shows what has been said so far, and keeps what follows back until {@linkcode release}.
   * @returns false when that is so already
   */
  hold(): boolean {
    if (this.#holding) return false;
    this.#show();
    this.#holding = true;
    return true;
  }

  /** Shows what was kept back. */
  release(): void {
    this.#holding = false;
    this.#show();
  }

  #show(): void {
    for (const [first = "", ...headers] of this.#messages.splice(0)) {
      const [, arrow, text = ""] = first.match(FIRST_LINE) ?? [];
      const details = headers.filter((line) => TELLING.test(line)).map((line) => line.trim());
      const sent = arrow === "->";
      const meaning = sent ? MEANINGS[text.split(" ")[0] ?? ""] : undefined;
      this.screen.message(sent, text, meaning === undefined ? details.join(", ") : `“${meaning}”`);
    }
  }
}
