import { say, write } from "./say.ts";

const ENCLOSE = { strong: "1", dim: "2", bad: "31", good: "32", command: "36" } as const;
const INDENT = "     ";
/** Columns of text; a terminal has 80 at least. */
const WIDTH = 79 - INDENT.length;
const BAR_WIDTH = 40;
/** Share of the clip after which progress is told again where lines cannot be rewritten. */
const PROGRESS_STEP = 0.25;

/** How many colours the terminal shows. */
export type ColourDepth = "none" | "256" | "true";

/** What the demo prints, laid out for people. */
export class Screen {
  readonly #isTerminal = Deno.stdout.isTerminal();
  readonly colours: ColourDepth = this.#isTerminal ? colourDepth() : "none";
  #steps = 0;
  #rewriting = false;
  #progressTold = 0;

  title(name: string, what: string): void {
    say();
    say(`  ${this.#paint("strong", name)}  ${what}`);
  }

  /** @param command what a person would type for it */
  step(what: string, command?: string): void {
    this.#endProgress();
    say();
    say(`  ${this.#paint("strong", `${++this.#steps}  ${what}`)}`);
    if (command !== undefined) say(`${INDENT}${this.#paint("command", `$ ${command}`)}`);
  }

  text(text: string): void {
    this.#lines(text, (line) => line);
  }

  /** What came of something. */
  verdict(good: boolean, text: string): void {
    const mark = good ? "✓" : "✗";
    this.#lines(`${mark} ${text}`, (line) => this.#paint(good ? "good" : "bad", line));
  }

  /** A line that has its own colours. */
  raw(line: string): void {
    this.#endProgress();
    say(`${INDENT}${line}`);
  }

  note(line: string): void {
    say();
    say(`  ${this.#paint("dim", line)}`);
  }

  /** One RTSP message. */
  message(sent: boolean, text: string, remark: string): void {
    this.#endProgress();
    const arrow = sent ? "player →" : "server ←";
    say(
      `${INDENT}  ${this.#paint("dim", arrow)} ${text.padEnd(30)} ${this.#paint("dim", remark)}`,
    );
  }

  /** @param command something to type */
  command(what: string, command: string): void {
    say(`${INDENT}${this.#paint("dim", what)}`);
    say(`${INDENT}${this.#paint("command", `$ ${command}`)}`);
  }

  /** @param line how far `play` says it is: `FRAMES 12 / 500   0.6 s   0 lost` */
  progress(line: string): void {
    const [, done = "", total = ""] = line.match(/^FRAMES (\d+) \/ (\d+)/) ?? [];
    const share = total === "" ? 0 : Number(done) / Number(total);
    if (!this.#isTerminal) {
      if (share < this.#progressTold + PROGRESS_STEP) return;
      this.#progressTold = Math.floor(share / PROGRESS_STEP) * PROGRESS_STEP;
      return this.text(line);
    }
    const full = Math.floor(share * BAR_WIDTH);
    const bar = this.#paint("good", "━".repeat(full)) +
      this.#paint("dim", "─".repeat(BAR_WIDTH - full));
    write(`\r\x1b[K${INDENT}${bar} ${line.replace(/^FRAMES /, "").replaceAll("   ", "  ")}`);
    this.#rewriting = true;
  }

  close(): void {
    this.#endProgress();
    say();
  }

  /** A finished bar stays where it is. */
  #endProgress(): void {
    if (this.#rewriting) say();
    this.#rewriting = false;
  }

  #lines(text: string, paint: (line: string) => string): void {
    this.#endProgress();
    for (const line of wrap(text)) say(INDENT + paint(line));
  }

  #paint(how: keyof typeof ENCLOSE, text: string): string {
    return this.colours === "none" ? text : `\x1b[${ENCLOSE[how]}m${text}\x1b[0m`;
  }
}

function colourDepth(): ColourDepth {
  if ((Deno.env.get("NO_COLOR") ?? "") !== "" || Deno.env.get("TERM") === "dumb") return "none";
  const direct = /truecolor|24bit/.test(Deno.env.get("COLORTERM") ?? "");
  return direct || Deno.build.os === "windows" ? "true" : "256";
}

/** Lines of at most {@linkcode WIDTH} characters. */
function wrap(text: string): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
