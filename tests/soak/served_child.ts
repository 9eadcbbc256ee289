import { ENGINE_FLAG } from "../../scripts/engine.ts";
import { clip } from "../support/clips.ts";
import { BIG_CLIP, CLIP } from "./visits.ts";

/** How a server under test is started. */
export interface ServedOptions {
  /** The project's folder, or a compiled binary. */
  program: string;
  fps: number;
  /** Seconds. */
  sessionTimeout: number;
}

/** A line of the server's. */
interface Told extends Partial<Collected> {
  event?: string;
  port?: number;
  message?: string;
}

/** How often a number of lines of one kind were said; the kinds are few. */
type Counts = Record<string, number>;

/** Memory of the server's own thread once what is no longer used was freed, in bytes. */
export interface Collected {
  rss: number;
  heapTotal: number;
  heapUsed: number;
  external: number;
}

const PRELOADED = new URL("collect_garbage.ts", import.meta.url).pathname;

/** `rtspkit serve` as a child process. */
export class ServedChild {
  /** Events it told, by kind. */
  readonly events: Counts = {};
  /** Errors it told, by their first line. */
  readonly errors: Counts = {};
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;
  readonly #port = Promise.withResolvers<number>();
  readonly #said: Promise<void>;
  #collected: PromiseWithResolvers<Collected> | undefined;

  private constructor(
    child: Deno.ChildProcess,
    folder: string,
    /** Whether it can be asked to free what it no longer uses: a binary cannot. */
    readonly collects: boolean,
  ) {
    this.#child = child;
    this.#folder = folder;
    this.#said = this.#listen();
  }

  static async start({ program, fps, sessionTimeout }: ServedOptions): Promise<ServedChild> {
    const folder = await Deno.makeTempDir({ prefix: "rtspkit-soak-" });
    await Deno.writeFile(`${folder}/${CLIP}`, clip({ frames: 200, width: 96, height: 64 }));
    const big = clip({ frames: 40, width: 640, height: 480, quality: 95 });
    await Deno.writeFile(`${folder}/${BIG_CLIP}`, big);
    const isFolder = (await Deno.stat(program)).isDirectory;
    const command = isFolder
      ? [Deno.execPath(), "run", "-A", "--quiet", "--config", `${program}/deno.json`]
      : [program];
    if (isFolder) {
      // As it ships, and so that it can be made to collect.
      command.push(`${ENGINE_FLAG},--expose-gc`, `--preload=${PRELOADED}`, `${program}/main.ts`);
    }
    const [first, ...rest] = command;
    const child = new Deno.Command(first!, {
      args: [
        ...rest,
        ...["serve", "0", "--json", "--quiet", "--loop", "--host", "127.0.0.1", "--root", folder],
        ...["--fps", String(fps), "--session-timeout", `${sessionTimeout}s`],
        // In the thread that is made to collect, and says what is used.
        ...["--workers", "1"],
      ],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    return new ServedChild(child, folder, isFolder);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** The port it listens on, once it does. */
  get port(): Promise<number> {
    return this.#port.promise;
  }

  /** Has it free what it no longer uses. @returns what is left */
  collect(): Promise<Collected> {
    this.#collected = Promise.withResolvers();
    this.#child.kill("SIGUSR2");
    return this.#collected.promise;
  }

  /** Ends it as Ctrl-C does. @returns its exit status */
  async stop(): Promise<number> {
    try {
      this.#child.kill("SIGINT");
    } catch {
      // It ended by itself; its status tells.
    }
    const { code } = await this.#child.status;
    await this.#said;
    await Deno.remove(this.#folder, { recursive: true });
    return code;
  }

  async #listen(): Promise<void> {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const bytes of this.#child.stdout) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.#hear(JSON.parse(line));
    }
    this.#port.reject(new Error("The server ended before it listened"));
    this.#collected?.reject(new Error("The server ended"));
  }

  #hear(told: Told): void {
    if (told.event === "collected") return this.#collected?.resolve(told as Told & Collected);
    if (told.port !== undefined) this.#port.resolve(told.port);
    const kind = told.event ?? "other";
    this.events[kind] = (this.events[kind] ?? 0) + 1;
    if (kind !== "error") return;
    const first = (told.message ?? "").split("\n")[0]!;
    this.errors[first] = (this.errors[first] ?? 0) + 1;
  }
}
