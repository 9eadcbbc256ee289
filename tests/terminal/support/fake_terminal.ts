import { findProgram, type Peer } from "../../support/peers.ts";
import { programWords } from "./tmux.ts";

const SCRIPT = new URL("fake_terminal.py", import.meta.url).pathname;
const PATIENCE_S = 30;

/** What is done to the program: keys, or something else. */
export type Deed =
  | string
  | { resize: [columns: number, rows: number] }
  /** The terminal is closed. */
  | { hangup: true }
  /** It takes nothing any more, and so many seconds later the program is told to end. */
  | { freeze: number };

/** A terminal that tests play. */
export interface FakeTerminal {
  columns?: number;
  rows?: number;
  env?: Record<string, string>;
  /** What it answers to control sequences. */
  answers: Record<string, string>;
  /** Seconds it takes to draw what it was sent. */
  statusDelay?: number;
  /** What is done once it has drawn so many times. */
  script: [after: number, what: Deed][];
}

/** What came of it. */
export interface TerminalRun {
  /** Of the program; null when it had to be killed. */
  status: number | null;
  /** Whether the terminal's settings are those of before; null when it was closed. */
  restored: boolean | null;
  /** How often it said that it had drawn. */
  answered: number;
  /** Everything the program wrote. */
  text: string;
}

/** Python with what it takes to play a terminal. */
export const PYTHON: Peer = {
  name: "python3",
  missing: findProgram("python3") === undefined ? "no python3 on PATH" : undefined,
};

/** Runs the program on a terminal that answers as told. */
export function runOnTerminal(
  args: readonly string[],
  terminal: FakeTerminal,
): Promise<TerminalRun> {
  return runWordsOnTerminal(programWords(args), terminal);
}

/** Runs any program there. */
export async function runWordsOnTerminal(
  words: readonly string[],
  terminal: FakeTerminal,
): Promise<TerminalRun> {
  const folder = await Deno.makeTempDir({ prefix: "rtspkit-pty-" });
  try {
    const output = `${folder}/output`;
    const options = { columns: 80, rows: 24, env: {}, ...terminal, output, patience: PATIENCE_S };
    await Deno.writeTextFile(`${folder}/options.json`, JSON.stringify(options));
    const { stdout, stderr, success } = await new Deno.Command("python3", {
      args: [SCRIPT, `${folder}/options.json`, "--", ...words],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const text = await Deno.readTextFile(output);
    return { ...JSON.parse(new TextDecoder().decode(stdout)), text };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
