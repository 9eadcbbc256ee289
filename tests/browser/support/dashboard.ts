import { Program } from "../../support/program.ts";
import { RtspPeer } from "../../support/rtsp_peer.ts";
import { writeFiles } from "../../support/server.ts";
import { Waiters } from "../../support/wait.ts";
import { WORKER_FLAGS } from "../../support/serve_flags.ts";

/** `serve --ui` as a program of its own. */
export interface ServedUi {
  /** Where it serves at first. */
  port: number;
  /** The dashboard's page. */
  ui: string;
  program: Program;
  /** The next event of a kind. */
  event(kind: string): Promise<Record<string, unknown>>;
}

/** Runs `use` while the program serves `files` behind a dashboard. */
export async function withServeUi(
  files: Record<string, Uint8Array>,
  flags: string[],
  use: (served: ServedUi) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "rtspkit-dashboard-" });
  await writeFiles(root, files);
  const program = new Program(
    ["serve", "0", "--json", "--ui", "0", "--root", root, ...WORKER_FLAGS, ...flags],
  );
  const events = new Events(program);
  const event = (kind: string): Promise<Record<string, unknown>> => events.next(kind);
  try {
    const { port, ui } = await event("ready");
    await use({ port: Number(port), ui: String(ui), program, event });
  } finally {
    program.kill("SIGTERM");
    await events.over;
    await program.finish();
    await Deno.remove(root, { recursive: true });
  }
}

/** What a program tells, read at once: one that nobody listens to would wait. */
class Events {
  readonly over: Promise<void>;
  readonly #told: Record<string, unknown>[] = [];
  readonly #waiters = new Waiters();

  constructor(readonly program: Program) {
    this.over = this.#read();
  }

  /** The next of a kind, as they came; what comes before it is passed over. */
  next(kind: string): Promise<Record<string, unknown>> {
    return this.#waiters.until(`the event ${kind}`, () => {
      const at = this.#told.findIndex(({ event }) => event === kind);
      return at < 0 ? undefined : this.#told.splice(0, at + 1).at(-1);
    });
  }

  async #read(): Promise<void> {
    for (let line = await this.program.line(); line !== undefined;) {
      this.#told.push(JSON.parse(line));
      this.#waiters.notify();
      line = await this.program.line();
    }
  }
}

/** A viewer over TCP that has set a session up, and plays where that is asked for. */
export async function viewer(port: number, file: string, plays: boolean): Promise<RtspPeer> {
  const peer = await RtspPeer.connect(port);
  const url = `rtsp://127.0.0.1:${port}/${file}`;
  const headers = ["Transport: RTP/AVP/TCP;unicast;interleaved=0-1"];
  const { status, headers: given } = await peer.request("SETUP", `${url}/track1`, { headers });
  if (status !== 200) throw new Error(`SETUP was answered ${status}`);
  if (plays) await peer.request("PLAY", url, { headers: [`Session: ${given.get("Session")}`] });
  return peer;
}
