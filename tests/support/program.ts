import { ENGINE_FLAG } from "../../scripts/engine.ts";
import { PERMISSION_FLAGS } from "../../scripts/permissions.ts";

const ROOT = new URL("../../", import.meta.url);
const CONFIG = new URL("deno.json", ROOT).pathname;
const MAIN = new URL("main.ts", ROOT).pathname;

/** How long the program may run before it is killed, in ms: a test fails then, and does not hang. */
const LONGEST_RUN_MS = 60_000;

/** What a run of the program came to. */
export interface ProgramResult {
  stdout: string;
  stderr: string;
  status: number;
}

/** The program as a child process, with exactly the permissions it ships with. */
export class Program {
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #stderr: Promise<string>;
  #stdout = "";

  /** @param args what a person types behind `rtspkit` */
  constructor(args: readonly string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--config", CONFIG, ENGINE_FLAG, ...PERMISSION_FLAGS, MAIN, ...args],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#lines = lines(this.#child.stdout)[Symbol.asyncIterator]();
    this.#stderr = new Response(this.#child.stderr).text();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** The next line of stdout; undefined at its end. */
  async line(): Promise<string | undefined> {
    const { value, done } = await this.#lines.next();
    if (done) return undefined;
    this.#stdout += value + "\n";
    return value;
  }

  /** Sends a signal, as Ctrl-C does. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. */
  async finish(): Promise<ProgramResult> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), LONGEST_RUN_MS);
    try {
      while (await this.line() !== undefined);
      const { code } = await this.#child.status;
      return { stdout: this.#stdout, stderr: await this.#stderr, status: code };
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Runs the program to its end. */
export function runProgram(...args: string[]): Promise<ProgramResult> {
  return new Program(args).finish();
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream() as TextTransform)) {
    const found = (rest + text).split("\n");
    rest = found.pop()!;
    yield* found;
  }
  if (rest !== "") yield rest;
}

/** TextDecoderStream as `pipeThrough` wants it. */
type TextTransform = ReadableWritablePair<string, Uint8Array>;
