import { MemoryBytes } from "../../../lib/media/byte_source.ts";
import { openConcatenatedFile } from "../../../lib/media/concatenated_file.ts";
import { systemClock } from "../../../lib/net/clock.ts";
import { listenTcp } from "../../../lib/net/tcp.ts";
import { DEFAULT_SERVER_LIMITS, DEFAULT_SERVER_OPTIONS } from "../../../lib/server/options.ts";
import { RtspServer } from "../../../lib/server/server.ts";
import { MediaNotFoundError } from "../../../lib/stream/media_provider.ts";
import { clipFrames } from "../../support/clips.ts";
import { join } from "../../support/file_bytes.ts";
import type { Seeded } from "../../support/seeded.ts";
import { ascii } from "../../support/split.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { split, type Target } from "../target.ts";
import { SERVER_SEEDS } from "./server.ts";

const HOST = "127.0.0.1";
const NAME = "movie";
/** Between what is said at once, and between connections; as the seeds have it. */
const PAUSE = 0x1e;
const NEXT_CONNECTION = 0x1d;
/** What a session is called in the seeds. */
const SESSIONS = /OWNSESSION|HERSESSION/g;
const MOST_PIECES = 24;
const MOST_CONNECTIONS = 6;
/** Longer than a good client waits for its reply, in ms, were the server not stuck. */
const PATIENCE_MS = 5000;
/** Bytes that may come back, of which the clip's pictures are the most. */
const MOST_ANSWERED = 8_000_000;

/** A server on a real port, for all cases of a run. */
interface Served {
  server: RtspServer;
  port: number;
  defects: string[];
}

let served: Served | undefined;

function serve(): Served {
  if (served !== undefined) return served;
  const movie = join(...clipFrames({ frames: 10 }));
  const defects: string[] = [];
  const server = new RtspServer(listenTcp(HOST, 0), {
    ...DEFAULT_SERVER_OPTIONS,
    media: {
      open: (name) => {
        if (name !== NAME) return Promise.reject(new MediaNotFoundError(name));
        const source = openConcatenatedFile(new MemoryBytes(movie));
        return Promise.resolve({ source, release: () => source.close() });
      },
      list: () => Promise.resolve([NAME]),
    },
    clock: systemClock,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    limits: { ...DEFAULT_SERVER_LIMITS, firstRequestMs: 500, requestMs: 500, idleMs: 500 },
    onEvent: (event) => {
      // The server's own defects come with their place, which takes several lines.
      if (event.event === "error" && event.message.includes("\n")) defects.push(event.message);
    },
  });
  server.serve();
  const { port } = server.listener.addr;
  return served = { server, port, defects };
}

/** Takes what comes until the other end hangs up. @returns how much that was */
async function takeAll(connection: Deno.TcpConn, heard: (text: string) => void): Promise<number> {
  const buffer = new Uint8Array(65_536);
  let taken = 0;
  try {
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) return taken;
      taken += count;
      heard(new TextDecoder("latin1").decode(buffer.subarray(0, Math.min(count, 1000))));
    }
  } catch {
    return taken;
  }
}

/** Says the pieces, as fast as they are taken, and goes, one way or another. */
async function say(port: number, bytes: Uint8Array, random: Seeded): Promise<number> {
  const connection = await Deno.connect({ hostname: HOST, port });
  let session = "0";
  const taking = takeAll(connection, (text) => {
    session = /^Session: ([0-9A-Za-z]+)/m.exec(text)?.[1] ?? session;
  });
  try {
    for (const piece of split(bytes, PAUSE).slice(0, MOST_PIECES)) {
      const text = new TextDecoder("latin1").decode(piece).replace(SESSIONS, session);
      const said = Uint8Array.from(text, (character) => character.charCodeAt(0));
      for (let at = 0; at < said.length;) at += await connection.write(said.subarray(at));
      // A turn of the event loop, in which replies come.
      if (random.next() < 0.5) await new Promise((resolve) => setTimeout(resolve, 0));
    }
  } catch (error) {
    const gone = [Deno.errors.BrokenPipe, Deno.errors.ConnectionReset];
    if (!gone.some((kind) => error instanceof kind)) throw error;
  }
  connection.close();
  return await taking;
}

/** One who asks what the server can do, while the others talk, and is answered at once. */
async function ask(port: number): Promise<void> {
  const connection = await Deno.connect({ hostname: HOST, port });
  const timer = setTimeout(() => connection.close(), PATIENCE_MS);
  try {
    await connection.write(ascii(`OPTIONS rtsp://${HOST}/${NAME} RTSP/1.0\r\nCSeq: 7\r\n\r\n`));
    const reply = new Uint8Array(2000);
    const count = await connection.read(reply);
    const text = new TextDecoder().decode(reply.subarray(0, count ?? 0));
    assert(/^RTSP\/1\.0 200 OK\r\n[^]*CSeq: 7\r\n/.test(text), `she is answered ${text}`);
  } finally {
    clearTimeout(timer);
    try {
      connection.close();
    } catch {
      // The timer was first.
    }
  }
}

async function checkSockets(bytes: Uint8Array, random: Seeded): Promise<void> {
  const { server, port, defects } = serve();
  const connections = split(bytes, NEXT_CONNECTION).slice(0, MOST_CONNECTIONS);
  const visits = connections.map((connection) => say(port, connection, random));
  const [answered] = await Promise.all([Promise.all(visits), ask(port)]);
  for (const count of answered) assert(count < MOST_ANSWERED, `${count} bytes were answered`);
  const end = performance.now() + PATIENCE_MS;
  while (server.connectionCount > 0) {
    assert(performance.now() < end, `${server.connectionCount} connections do not end`);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals(defects.splice(0), [], "defects");
}

/** Ends the server, so that nothing is left behind. */
async function end(): Promise<void> {
  served?.server.close();
  served = undefined;
  await new Promise((resolve) => setTimeout(resolve, 0));
}

export const SOCKET_TARGETS: readonly Target[] = [
  { name: "server-sockets", seeds: SERVER_SEEDS, check: checkSockets, testInputs: 60, end },
];
