import { MediaLibrary } from "../../lib/media/library.ts";
import { type Clock, systemClock } from "../../lib/net/clock.ts";
import { listenTcp } from "../../lib/net/tcp.ts";
import type { RtspResponse } from "../../lib/rtsp/message.ts";
import type { ServerEvent } from "../../lib/server/events.ts";
import {
  DEFAULT_SERVER_LIMITS,
  DEFAULT_SERVER_OPTIONS,
  type ServerLimits,
  type ServerOptions,
} from "../../lib/server/options.ts";
import { RtspServer } from "../../lib/server/server.ts";
import { labFile } from "../lib/media/frames.ts";
import { assertEquals } from "./assert.ts";
import { clip, clipFrames, progressiveFrame } from "./clips.ts";
import { FakeClock } from "./fake_clock.ts";
import { type RequestParts, RtpReceiver, RtspPeer } from "./rtsp_peer.ts";
import { eventually } from "./wait.ts";

/** Frames of `movie.Mjpeg` as the test server has it: three seconds of 20 a second. */
export const MOVIE_FRAMES = 60;
/** ms from frame to frame of it. */
export const FRAME_MS = 50;
/** RTP ticks from frame to frame of it. */
export const FRAME_TICKS = 4500;

/** The pictures of `movie.Mjpeg`, each of several packets. */
export const MOVIE: readonly Uint8Array[] = clipFrames({
  frames: MOVIE_FRAMES,
  width: 128,
  height: 96,
  quality: 90,
});

const MEDIA: ReadonlyMap<string, Uint8Array> = new Map([
  ["movie.Mjpeg", labFile(MOVIE)],
  ["other.Mjpeg", clip({ frames: 4 })],
  ["folder/my movie.mjpeg", clip({ frames: 4 })],
  ["progressive.mjpeg", labFile([progressiveFrame()])],
  ["broken.mjpeg", new TextEncoder().encode("no frames here")],
]);

/** What a test wants otherwise than usual. */
export interface TestServerOptions extends Partial<Omit<ServerOptions, "limits" | "clock">> {
  limits?: Partial<ServerLimits>;
  /** The address to listen on, 127.0.0.1 when left out. */
  host?: string;
  /** Files beside the usual ones. */
  files?: Record<string, Uint8Array>;
}

/** A session and the reply that made it. */
export interface SetUp {
  response: RtspResponse;
  /** The session's identifier. */
  id: string;
  /** The header line that names it. */
  header: string;
}

/** A server in this process with everything a test asks of it. */
export class TestServer<C extends Clock = FakeClock> {
  readonly #peers: RtspPeer[] = [];
  readonly #receivers: RtpReceiver[] = [];

  constructor(
    readonly server: RtspServer,
    readonly clock: C,
    readonly events: ServerEvent[],
  ) {}

  get port(): number {
    return this.server.listener.addr.port;
  }

  /** The URL of media by name. */
  url(name = "movie.Mjpeg"): string {
    return `rtsp://127.0.0.1:${this.port}/${name}`;
  }

  async connect(): Promise<RtspPeer> {
    const peer = await RtspPeer.connect(this.port);
    this.#peers.push(peer);
    return peer;
  }

  receiver(): RtpReceiver {
    const receiver = new RtpReceiver();
    this.#receivers.push(receiver);
    return receiver;
  }

  /** Events of a kind, in order. */
  told<K extends ServerEvent["event"]>(kind: K): Extract<ServerEvent, { event: K }>[] {
    return this.events.filter((event) => event.event === kind) as Extract<
      ServerEvent,
      { event: K }
    >[];
  }

  /** Waits until `count` events of a kind were told. */
  async until(kind: ServerEvent["event"], count = 1): Promise<void> {
    await eventually(`${count} events ${kind}`, () => this.told(kind).length >= count);
  }

  /** SETUP that succeeds: over UDP to a receiver, over TCP without one. */
  async setUp(
    peer: RtspPeer,
    receiver?: RtpReceiver,
    { url = `${this.url()}/track1`, headers = [] }: { url?: string; headers?: string[] } = {},
  ): Promise<SetUp> {
    const transport = receiver?.transport ?? "RTP/AVP/TCP;unicast;interleaved=0-1";
    const parts = { headers: [`Transport: ${transport}`, ...headers] };
    const response = await peer.request("SETUP", url, parts);
    assertEquals(response.status, 200, "status of SETUP");
    const id = response.headers.get("Session")!.split(";")[0]!;
    return { response, id, header: `Session: ${id}` };
  }

  /** PLAY that succeeds and has begun, no frame sent yet. */
  async play(peer: RtspPeer, session: SetUp, ...headers: string[]): Promise<RtspResponse> {
    const before = this.told("session-playing").length;
    const response = await this.ask(peer, "PLAY", session, { headers });
    assertEquals(response.status, 200, "status of PLAY");
    await this.until("session-playing", before + 1);
    return response;
  }

  /** A request about the movie in a session. */
  ask(
    peer: RtspPeer,
    method: string,
    { header }: SetUp,
    parts: RequestParts = {},
  ): Promise<RtspResponse> {
    const headers = [header, ...parts.headers ?? []];
    return peer.request(method, this.url(), { ...parts, headers });
  }

  async closeReceivers(): Promise<void> {
    for (const receiver of this.#receivers.splice(0)) await receiver.close();
  }

  /** Everybody hangs up and the server stops. */
  async shutDown(): Promise<void> {
    for (const peer of this.#peers) await peer.close();
    await this.closeReceivers();
    await eventually("all connections to end", () => this.server.connectionCount === 0);
    this.server.close();
  }
}

/** Runs `body` with a server whose time stands still until the test moves it. */
export async function withServer(
  options: TestServerOptions,
  body: (test: TestServer) => Promise<void>,
): Promise<void> {
  const clock = new FakeClock();
  await run(options, clock, body);
  assertEquals(clock.pending, 0, "timers left");
}

/** Runs `body` with a server in real time. */
export async function withRealTimeServer(
  options: TestServerOptions,
  body: (test: TestServer<Clock>) => Promise<void>,
): Promise<void> {
  await run(options, systemClock, body);
}

/** Moves time on frame by frame, and lets sockets keep up. */
export async function pass(clock: FakeClock, milliseconds: number): Promise<void> {
  await clock.advance(0);
  for (let left = milliseconds; left > 0; left -= FRAME_MS) {
    await clock.advance(Math.min(left, FRAME_MS));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

async function run<C extends Clock>(
  { limits, host = "127.0.0.1", files = {}, ...options }: TestServerOptions,
  clock: C,
  body: (test: TestServer<C>) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "rtspkit-server-" });
  const media = new MediaLibrary({ root, builtIn: new Map([...MEDIA, ...Object.entries(files)]) });
  const events: ServerEvent[] = [];
  const server = new RtspServer(listenTcp(host, 0), {
    ...DEFAULT_SERVER_OPTIONS,
    // Viewers begin at once, so that tests can say when each frame leaves.
    gridMs: 1,
    media,
    clock,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    onEvent: (event) => events.push(event),
    ...options,
    limits: { ...DEFAULT_SERVER_LIMITS, ...limits },
  });
  const serving = server.serve();
  const test = new TestServer(server, clock, events);
  try {
    await body(test);
  } finally {
    await test.shutDown();
    await serving;
    await media.close();
    await Deno.remove(root, { recursive: true });
  }
  const left = {
    connections: server.connectionCount,
    sessions: server.sessionCount,
    scheduled: server.scheduledCount,
  };
  assertEquals(left, { connections: 0, sessions: 0, scheduled: 0 }, "what the server left behind");
  const defects = test.told("error").filter(({ message }) => message.includes("\n"));
  assertEquals(defects, [], "errors of the server's own");
}
