// rtspkit as people run it: a process of its own, spoken to over its sockets, its JSON and its
// signals, with the permissions the tasks of deno.json give it.
import { assertEquals } from "../../support/assert.ts";
import { SENDER_FLAGS, WORKER_FLAGS } from "../../support/serve_flags.ts";
import { Child, type Finished, PEER_MS, run, type RunOptions } from "./child.ts";
import type { ServerEvent } from "../../../lib/server/events.ts";
import { PERMISSION_FLAGS } from "../../../scripts/permissions.ts";

const ROOT = new URL("../../../", import.meta.url);
/** Events of the server shown with an error. */
const SHOWN_EVENTS = 60;

/** One line of `--json`. */
export type JsonEvent = { event: string } & Record<string, unknown>;

/** Runs a command of rtspkit to its end. */
export function rtspkit(args: string[], options: RunOptions = {}): Promise<Finished> {
  return run(Deno.execPath(), ["run", ...PERMISSION_FLAGS, "main.ts", ...args], {
    cwd: ROOT,
    ...options,
  });
}

/** The lines of `--json` output. */
export function jsonLines(text: string): JsonEvent[] {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return whole.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** A running `rtspkit serve`. */
export class Server {
  readonly #child: Child;
  #port = 0;
  #events: JsonEvent[] = [];
  #readTo = 0;

  constructor(child: Child) {
    this.#child = child;
  }

  get port(): number {
    return this.#port;
  }

  /** Everything it told so far. */
  get events(): JsonEvent[] {
    const { stdout } = this.#child;
    const end = stdout.lastIndexOf("\n") + 1;
    this.#events.push(...jsonLines(stdout.slice(this.#readTo, end)));
    this.#readTo = end;
    return this.#events;
  }

  url(file: string): string {
    return `rtsp://127.0.0.1:${this.#port}/${file}`;
  }

  async ready(): Promise<void> {
    const { port } = await this.event("ready");
    this.#port = port as number;
  }

  /** The `count`-th event of a name, waited for. */
  event(name: string, count = 1, ms = PEER_MS): Promise<JsonEvent> {
    const find = (): JsonEvent | undefined =>
      this.events.filter(({ event }) => event === name)[count - 1];
    return this.#child.until(`the event ${name}`, find, ms);
  }

  /** The sessions' ends, once there are `count` of them and their clients are gone. */
  async sessionEnds(count = 1): Promise<SessionEnd[]> {
    await this.event("session-ended", count);
    const connected = this.events.filter(({ event }) => event === "connected").length;
    await this.event("disconnected", connected);
    return this.events.filter(({ event }) => event === "session-ended") as SessionEnd[];
  }

  /** The requests it answered, as `METHOD status`. */
  get requests(): string[] {
    return this.events.filter(({ event }) => event === "request")
      .map(({ method, status }) => `${method} ${status}`);
  }

  /** Ends it, and fails when it complained about anything or did not end well. */
  async stop(): Promise<void> {
    const { code, stderr } = await this.#child.stop();
    assertEquals(code, 0, stderr);
  }
}

/** How a session ended. */
export type SessionEnd = JsonEvent & Extract<ServerEvent, { event: "session-ended" }>;

/** What to serve and how. */
export interface ServeOptions {
  /** The folder of clips. */
  root: string;
  /** Frames a second; fast, so that tests are. */
  fps?: number;
  flags?: string[];
  /** Flags of Deno's that take a permission away again. */
  deny?: string[];
}

/** Runs `use` with a server that is gone afterwards. */
export async function withServer(
  { root, fps = 100, flags = [], deny = [] }: ServeOptions,
  use: (server: Server) => Promise<void>,
): Promise<void> {
  const usual = ["--json", "--root", root, "--fps", String(fps), ...WORKER_FLAGS];
  const args = ["serve", "0", ...usual, ...flags];
  const command = ["run", ...PERMISSION_FLAGS, ...SENDER_FLAGS, ...deny, "main.ts", ...args];
  const child = new Child(Deno.execPath(), command, { cwd: ROOT });
  const server = new Server(child);
  try {
    await server.ready();
    await use(server);
  } catch (error) {
    await child.stop();
    const seen = server.events.map((event) => JSON.stringify(event)).slice(-SHOWN_EVENTS);
    const story = `The server saw:\n${seen.join("\n")}\n${child.stderr}`;
    if (error instanceof Error) error.message += `\n\n${story}`;
    throw error;
  }
  await server.stop();
}

/** Checks that one session played `frames` to its end and was torn down by its client. */
export async function assertPlayedToTheEnd(server: Server, frames: number): Promise<void> {
  const [end] = await server.sessionEnds();
  const { reason, dropped } = end!;
  assertEquals({ reason, dropped, frames: end!.frames }, {
    reason: "teardown",
    dropped: 0,
    frames,
  });
  assertQuiet(server);
}

/**
 * The same of rtspsrc over TLS: on its way out it cancels its own PAUSE to send TEARDOWN, and where
 * that cuts a record of TLS it leaves without a word.
 */
export async function assertPlayedOverTls(server: Server, frames: number): Promise<void> {
  await server.event("disconnected");
  if (server.requests.includes("TEARDOWN 200")) return assertPlayedToTheEnd(server, frames);
  await server.event("session-end-of-media");
  assertQuiet(server);
}

/** Checks that the server refused nothing and warned of nothing. */
export function assertQuiet(server: Server): void {
  const trouble = server.events.filter(({ event, status }) =>
    event === "session-warning" || event === "error" ||
    (event === "request" && status !== 200)
  );
  assertEquals(trouble, []);
}
