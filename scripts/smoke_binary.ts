/** ms after which a run counts as hung; the clip takes 25 s. */
const LIMIT_MS = 90_000;

/** How one run ended. */
export interface Run {
  status: number;
  stdout: string;
  stderr: string;
}

/** A command that goes on. */
export interface Started {
  /** The first event it told. */
  told: Record<string, unknown>;
  /** Ends it. @returns its status */
  stop(): Promise<number>;
}

/** The compiled binary, run in a folder of its own with nothing of this process's environment. */
export class BinaryUnderTest {
  constructor(readonly file: string, readonly folder: string) {}

  /** Runs it to its end. */
  async run(args: string[]): Promise<Run> {
    const signal = AbortSignal.timeout(LIMIT_MS);
    const output = await this.#command(args, { signal, stderr: "piped" }).output();
    const decoder = new TextDecoder();
    return {
      status: output.code,
      stdout: decoder.decode(output.stdout),
      stderr: decoder.decode(output.stderr),
    };
  }

  /** Starts a command that goes on, and waits for the first thing it tells as JSON. */
  async start(args: string[]): Promise<Started> {
    const child = this.#command([...args, "--json", "--quiet"], { stderr: "inherit" }).spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
    let text = "";
    while (!text.includes("\n")) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${args.join(" ")} ended early: ${text}`);
      text += value;
    }
    // What follows is let go by, so that the program never waits for a reader.
    const rest = (async (): Promise<void> => {
      while (!(await lines.next()).done);
    })();
    const told = JSON.parse(text.slice(0, text.indexOf("\n"))) as Record<string, unknown>;
    const stop = async (): Promise<number> => {
      child.kill("SIGTERM");
      const { code } = await child.status;
      await rest;
      return code;
    };
    return { told, stop };
  }

  /** A file in its folder; empty when there is none. */
  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    return await Deno.readFile(`${this.folder}/${name}`).catch(() => new Uint8Array());
  }

  /** Names in a folder of its folder, sorted. */
  async list(name: string): Promise<string[]> {
    const names: string[] = [];
    try {
      for await (const entry of Deno.readDir(`${this.folder}/${name}`)) names.push(entry.name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return names.sort();
  }

  #command(args: string[], options: Deno.CommandOptions): Deno.Command {
    // Windows opens no sockets without it.
    const systemRoot = Deno.env.get("SystemRoot");
    return new Deno.Command(this.file, {
      args,
      cwd: this.folder,
      clearEnv: true,
      // Deno's runtime 2.6 does not start without a path, be there nothing on it.
      env: { PATH: "", ...(systemRoot === undefined ? {} : { SystemRoot: systemRoot }) },
      stdin: "null",
      stdout: "piped",
      ...options,
    });
  }
}
