import { MediaLibrary } from "../../lib/media/library.ts";
import { systemClock } from "../../lib/net/clock.ts";
import { listenTcp } from "../../lib/net/tcp.ts";
import type { ServerEvent } from "../../lib/server/events.ts";
import {
  DEFAULT_SERVER_LIMITS,
  DEFAULT_SERVER_OPTIONS,
  type ServerLimits,
  type ServerOptions,
} from "../../lib/server/options.ts";
import { RtspServer } from "../../lib/server/server.ts";
import { assertEquals } from "./assert.ts";
import { LabClient } from "./lab_client.ts";
import { eventually } from "./wait.ts";

/** What a test wants of its server; the rest is usual. */
export interface ServerWishes extends Partial<Omit<ServerOptions, "media" | "limits">> {
  /** Content of the served folder by name, `/` between folders. */
  files: Record<string, Uint8Array>;
  limits?: Partial<ServerLimits>;
}

/** A server on a free port of this machine, in this process. */
export class TestServer {
  readonly events: ServerEvent[] = [];
  readonly #clients: LabClient[] = [];

  constructor(readonly server: RtspServer) {}

  get port(): number {
    return this.server.listener.addr.port;
  }

  /** A lab client, closed with the server at the latest. */
  async client(version?: string): Promise<LabClient> {
    const client = await LabClient.connect(this.port, version);
    this.#clients.push(client);
    return client;
  }

  /** The events of one kind. */
  all<E extends ServerEvent["event"]>(kind: E): Extract<ServerEvent, { event: E }>[] {
    return this.events.filter((event) => event.event === kind) as never;
  }

  closeClients(): void {
    for (const client of this.#clients) client.close();
  }

  /** Waits until every connection has ended, and checks that nothing of them is left. */
  async idle(): Promise<void> {
    await eventually("the last connection's end", () => this.server.connectionCount === 0);
    assertEquals(this.server.sessionCount, 0, "no session is left");
    assertEquals(this.server.scheduledCount, 0, "no frame waits");
  }
}

/** Runs `body` with a server; afterwards everything is closed and nothing may be left behind. */
export async function withServer(
  wishes: ServerWishes,
  body: (server: TestServer, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rtspkit-server-" });
  const { files, limits, ...others } = wishes;
  await writeFiles(folder, files);
  const media = new MediaLibrary({ root: folder });
  const server: RtspServer = new RtspServer(listenTcp("127.0.0.1", 0), {
    ...DEFAULT_SERVER_OPTIONS,
    media,
    clock: systemClock,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    ...others,
    limits: { ...DEFAULT_SERVER_LIMITS, ...limits },
    onEvent: (event) => test.events.push(event),
  });
  const test = new TestServer(server);
  const serving = server.serve();
  try {
    await body(test, folder);
    test.closeClients();
    await test.idle();
    assertEquals(test.all("error"), [], "the server met no trouble");
  } finally {
    test.closeClients();
    server.close();
    await serving;
    await media.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes files below a folder, making folders as their names have them. */
export async function writeFiles(folder: string, files: Record<string, Uint8Array>): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    const at = name.lastIndexOf("/");
    if (at > 0) await Deno.mkdir(`${folder}/${name.slice(0, at)}`, { recursive: true });
    await Deno.writeFile(`${folder}/${name}`, bytes);
  }
}
