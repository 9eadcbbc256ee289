// A terminal for tests: tmux, with a screen that can be read.
import { PERMISSION_FLAGS } from "../../../scripts/permissions.ts";
import { ScreenReader } from "./screen_reader.ts";

const ROOT = new URL("../../../", import.meta.url);
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 50;

/** The program with the permissions it ships with, as words of a command line. */
export function programWords(args: readonly string[]): string[] {
  const config = new URL("deno.json", ROOT).pathname, main = new URL("main.ts", ROOT).pathname;
  return [
    Deno.execPath(),
    "run",
    "--quiet",
    "--config",
    config,
    ...PERMISSION_FLAGS,
    main,
    ...args,
  ];
}

/** One tmux server with one window, in which a shell waits for commands. */
export class Tmux {
  #socket = "";
  #folder = "";
  #columns = 0;
  #rows = 0;

  static async open(columns: number, rows: number): Promise<Tmux> {
    const tmux = new Tmux();
    tmux.#folder = await Deno.makeTempDir({ prefix: "rtspkit-tmux-" });
    tmux.#socket = `${tmux.#folder}/socket`;
    tmux.#columns = columns;
    tmux.#rows = rows;
    const size = ["-x", String(columns), "-y", String(rows)];
    await tmux.#run("new-session", "-d", ...size, "env", "PS1=shell> ", "NO_COLOR=", "sh");
    await tmux.until("the shell", (screen) => screen.line(0).startsWith("shell>"));
    return tmux;
  }

  /** Types a command line. */
  async type(words: readonly string[]): Promise<void> {
    const line = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    await this.#run("send-keys", "-l", `${line}; echo "status=$?"`);
    await this.#run("send-keys", "Enter");
  }

  /** Types a line of the shell as it is. */
  async shell(line: string): Promise<void> {
    await this.#run("send-keys", "-l", line);
    await this.#run("send-keys", "Enter");
  }

  /** Presses keys, by tmux's names. */
  async press(...keys: string[]): Promise<void> {
    await this.#run("send-keys", ...keys);
  }

  async resize(columns: number, rows: number): Promise<void> {
    this.#columns = columns;
    this.#rows = rows;
    await this.#run("resize-window", "-x", String(columns), "-y", String(rows));
  }

  async screen(): Promise<ScreenReader> {
    const text = await this.#run("capture-pane", "-e", "-p");
    return new ScreenReader(this.#columns, this.#rows).read(text);
  }

  /** A format of tmux's, such as `#{alternate_on}`. */
  async tell(format: string): Promise<string> {
    return (await this.#run("display-message", "-p", format)).trim();
  }

  /** The screen once it is as wanted. */
  async until(what: string, check: (screen: ScreenReader) => boolean): Promise<ScreenReader> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const screen = await this.screen();
      if (check(screen)) return screen;
      if (Date.now() > end) {
        const lines = screen.rows.map((_, row) => screen.line(row)).join("\n");
        throw new Error(`Waited in vain for ${what}. The screen:\n${lines}`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** The process that runs in the shell. */
  async child(): Promise<number> {
    const shell = await this.tell("#{pane_pid}");
    const children = await Deno.readTextFile(`/proc/${shell}/task/${shell}/children`);
    return Number(children.trim().split(" ")[0]);
  }

  async close(): Promise<void> {
    await this.#run("kill-server").catch(() => {});
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #run(...args: string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-S", this.#socket, "-f", "/dev/null", ...args],
    }).output();
    if (!success) throw new Error(`tmux ${args[0]}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  }
}

/** Runs `use` in a window of tmux's; afterwards it is gone. */
export async function withTmux(
  columns: number,
  rows: number,
  use: (tmux: Tmux) => Promise<void>,
): Promise<void> {
  const tmux = await Tmux.open(columns, rows);
  try {
    await use(tmux);
  } finally {
    await tmux.close();
  }
}
