import { fail } from "../../support/assert.ts";

/** How long a peer may take when a test does not say. */
export const PEER_MS = 40_000;
/** How long a process may take to go after it was asked to. */
const GRACE_MS = 5000;

/** How to run a program of others. */
export interface RunOptions {
  /** Killed, and the test failed, after this long. */
  timeoutMs?: number;
  cwd?: string | URL;
  env?: Record<string, string>;
  /** Whom to run it as, for programs that refuse the superuser; needs to be that. */
  uid?: number;
}

/** What a program left behind. */
export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

/** A process whose output is read as it comes; always ended by {@linkcode Child.stop}. */
export class Child {
  /** What it wrote so far. */
  stdout = "";
  stderr = "";
  /** Its exit status, once it is gone and all its output is read. */
  readonly finished: Promise<Finished>;
  readonly #process: Deno.ChildProcess;
  readonly #commandLine: string;
  #exited = false;
  #wake = Promise.withResolvers<void>();

  constructor(command: string, args: string[], options: RunOptions = {}) {
    this.#commandLine = [command, ...args].join(" ");
    const { cwd, env, uid } = options;
    this.#process = new Deno.Command(command, {
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
      ...(uid === undefined ? {} : { uid, gid: uid }),
    }).spawn();
    this.finished = this.#run();
  }

  /** Whether it is gone. */
  get exited(): boolean {
    return this.#exited;
  }

  /** Resolves once `find` finds something in what was written. */
  async until<T>(what: string, find: (child: Child) => T | undefined, ms = PEER_MS): Promise<T> {
    const deadline = Date.now() + ms;
    for (;;) {
      const found = find(this);
      if (found !== undefined) return found;
      if (this.#exited) this.#complain(`ended before ${what}`);
      if (!await within(this.#wake.promise, deadline - Date.now())) {
        await this.stop();
        this.#complain(`showed nothing of ${what} within ${ms} ms`);
      }
    }
  }

  /** Waits for it to end by itself. */
  async ended(ms = PEER_MS): Promise<Finished> {
    if (await within(this.finished, ms)) return await this.finished;
    await this.stop("SIGKILL");
    this.#complain(`had not ended after ${ms} ms`);
  }

  /** Asks it to end, with force when it does not listen. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<Finished> {
    this.#kill(signal);
    if (!await within(this.finished, GRACE_MS)) this.#kill("SIGKILL");
    return await this.finished;
  }

  #kill(signal: Deno.Signal): void {
    if (this.#exited) return;
    try {
      this.#process.kill(signal);
    } catch (error) {
      // It went at this very moment.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async #run(): Promise<Finished> {
    const [{ code }] = await Promise.all([
      this.#process.status.finally(() => this.#exited = true),
      this.#read(this.#process.stdout, (text) => this.stdout += text),
      this.#read(this.#process.stderr, (text) => this.stderr += text),
    ]);
    this.#rouse();
    return { code, stdout: this.stdout, stderr: this.stderr };
  }

  async #read(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of stream) {
      take(decoder.decode(bytes, { stream: true }));
      this.#rouse();
    }
  }

  #rouse(): void {
    const { resolve } = this.#wake;
    this.#wake = Promise.withResolvers();
    resolve();
  }

  #complain(problem: string): never {
    const said = `${this.stdout.slice(-2000)}\n${this.stderr.slice(-4000)}`.trim();
    fail(`${this.#commandLine}\n${problem}. It said:\n${said}`);
  }
}

/** Runs a program to its end; whatever happens, it is gone afterwards. */
export async function run(
  command: string,
  args: string[],
  options: RunOptions = {},
): Promise<Finished> {
  const child = new Child(command, args, options);
  return await child.ended(options.timeoutMs);
}

/** Waits for all of them, also when one fails: nothing may go on behind a test's back. */
export async function allOf(doing: Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(doing)) {
    if (result.status === "rejected") throw result.reason;
  }
}

/** Whether `promise` settles within `ms`. */
async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, ms));
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
