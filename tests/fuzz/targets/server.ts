import { MemoryBytes } from "../../../lib/media/byte_source.ts";
import { openConcatenatedFile } from "../../../lib/media/concatenated_file.ts";
import { MessageParser } from "../../../lib/rtsp/parser.ts";
import type { ServerEvent } from "../../../lib/server/events.ts";
import { DEFAULT_SERVER_LIMITS, DEFAULT_SERVER_OPTIONS } from "../../../lib/server/options.ts";
import { RtspServer } from "../../../lib/server/server.ts";
import { MediaNotFoundError, type MediaProvider } from "../../../lib/stream/media_provider.ts";
import { clipFrames } from "../../support/clips.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { join } from "../../support/file_bytes.ts";
import { hex } from "../../support/golden.ts";
import { Seeded } from "../../support/seeded.ts";
import { ascii } from "../../support/split.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { FakeConnection, FakeListener } from "../fake_connections.ts";
import { split, type Target } from "../target.ts";

/** Between what is said at once, and between connections; no byte of RTSP. */
const PAUSE = 0x1e;
const NEXT_CONNECTION = 0x1d;
/** Stands for the session of the one who says it, and for that of the good client beside it. */
const OWN = "OWNSESSION";
const OTHERS = "HERSESSION";

const BASE = "rtsp://127.0.0.1:554/movie";
const MOVIE = join(...clipFrames({ frames: 30 }));
const FPS = 5;
const LIMITS = {
  ...DEFAULT_SERVER_LIMITS,
  maxConnections: 6,
  maxSessions: 8,
  firstRequestMs: 2000,
  requestMs: 2000,
  idleMs: 3000,
  writeMs: 1000,
};
/** Longer than she watches at most: she gives no other sign of life. */
const SESSION_SECONDS = 8;
/** Long enough for every wait there is to run out. */
const AFTERWARDS_MS = 20_000;
/** Bytes that may come back for what strangers say in a case. */
const MOST_ANSWERED = 4_000_000;
/** Where strangers are: media over UDP goes there and nowhere else, and nobody listens. */
const STRANGER = "127.9.9.9";
/** Turns in which everything that is not waited for comes to rest. */
const SETTLING = 4;

const MEDIA: MediaProvider = {
  open: (name) => {
    if (name !== "movie") return Promise.reject(new MediaNotFoundError(name));
    const source = openConcatenatedFile(new MemoryBytes(MOVIE));
    return Promise.resolve({ source, release: () => source.close() });
  },
  list: () => Promise.resolve(["movie"]),
};

function request(method: string, headers: string[], uri = BASE): string {
  return [`${method} ${uri} RTSP/1.0`, ...headers, "", ""].join("\r\n");
}

/** One who behaves, and must be served as if she were alone. */
class GoodClient {
  readonly connection = new FakeConnection({ hostname: "127.0.0.1", port: 40_000 });
  session = "";
  /** Packets with a marker: the last of each picture. */
  pictures = 0;
  /** Replies to her requests. */
  statuses: number[] = [];
  readonly #parser = new MessageParser();

  constructor() {
    this.connection.onWrite = (bytes) => this.#take(bytes.slice());
  }

  ask(method: string, cseq: number, ...headers: string[]): void {
    const lines = [`CSeq: ${cseq}`, ...headers];
    if (this.session !== "") lines.push(`Session: ${this.session}`);
    this.connection.say(ascii(request(method, lines)));
  }

  #take(bytes: Uint8Array): void {
    this.#parser.push(bytes);
    for (let next = this.#parser.next(); next.kind === "value"; next = this.#parser.next()) {
      const { value } = next;
      if (value.kind === "interleaved" && value.channel === 0 && value.payload[1]! >= 0x80) {
        this.pictures++;
      }
      if (value.kind !== "response") continue;
      this.statuses.push(value.status);
      this.session = value.headers.get("Session")?.split(";")[0] ?? this.session;
    }
  }
}

/** One of whom nothing good is to be expected. */
class Stranger {
  readonly connection: FakeConnection;
  answered = 0;
  session = "0";

  constructor(port: number) {
    this.connection = new FakeConnection({ hostname: STRANGER, port });
    this.connection.onWrite = (bytes) => {
      this.answered += bytes.length;
      const said = new TextDecoder("latin1").decode(bytes.subarray(0, 1000));
      this.session = /^Session: ([0-9A-Za-z]+)/m.exec(said)?.[1] ?? this.session;
    };
  }
}

/** A server, the good client and time. */
class Scene {
  readonly clock = new FakeClock();
  readonly listener = new FakeListener();
  readonly good = new GoodClient();
  readonly strangers: Stranger[] = [];
  readonly defects: string[] = [];
  readonly server: RtspServer;
  readonly #serving: Promise<void>;
  /** The same in every run. */
  readonly #drawn = new Seeded(1);

  constructor() {
    this.server = new RtspServer(this.listener as unknown as Deno.TcpListener, {
      ...DEFAULT_SERVER_OPTIONS,
      media: MEDIA,
      clock: this.clock,
      randomBytes: (length) => new Uint8Array(length).map(() => this.#drawn.whole(0, 255)),
      fps: FPS,
      sessionTimeout: SESSION_SECONDS,
      limits: LIMITS,
      segmentation: "never",
      onEvent: (event) => this.#hear(event),
    });
    this.#serving = this.server.serve();
  }

  async pass(milliseconds: number): Promise<void> {
    await this.clock.advance(milliseconds);
    for (let i = 0; i < SETTLING; i++) await this.clock.settle();
  }

  /** She sets up and plays. */
  async begin(): Promise<void> {
    this.listener.connect(this.good.connection);
    this.good.ask("SETUP", 1, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1");
    await this.pass(1);
    this.good.ask("PLAY", 2);
    await this.pass(1);
  }

  /** Her last wish; then everybody goes, and all that waits has its time. */
  async end(hangUp: boolean): Promise<void> {
    this.good.ask("TEARDOWN", 3);
    await this.pass(1);
    this.good.connection.end();
    if (hangUp) { for (const { connection } of this.strangers) connection.end(); }
    await this.pass(AFTERWARDS_MS);
    for (const { connection } of this.strangers) connection.end();
    await this.pass(AFTERWARDS_MS);
  }

  async close(): Promise<void> {
    this.server.close();
    await this.pass(AFTERWARDS_MS);
    await this.#serving;
    // Sockets are let go of when the event loop turns.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  #hear(event: ServerEvent): void {
    // The server's own defects come with their place, which takes several lines.
    if (event.event === "error" && event.message.includes("\n")) this.defects.push(event.message);
  }
}

/** Says what is in the bytes, with pauses, while the good client watches. */
async function talk(scene: Scene, bytes: Uint8Array, random: Seeded): Promise<void> {
  let port = 50_000;
  for (const connection of split(bytes, NEXT_CONNECTION).slice(0, LIMITS.maxConnections)) {
    const stranger = new Stranger(port++);
    scene.strangers.push(stranger);
    scene.listener.connect(stranger.connection);
    for (const piece of split(connection, PAUSE).slice(0, MOST_PIECES)) {
      stranger.connection.say(withSessions(piece, stranger.session, scene.good.session));
      await scene.pass(random.one([0, 0, 1, 25]));
      if (random.next() < 0.02) stranger.connection.deaf = true;
    }
    if (random.next() < 0.3) stranger.connection.end();
  }
}

/** Pieces of one connection that are said; each takes its time. */
const MOST_PIECES = 24;
/** How long she watches, in all; the strangers take no more than a part of it. */
const WATCHED_MS = 2000;

async function play(bytes: Uint8Array, random: Seeded): Promise<Scene> {
  const scene = new Scene();
  try {
    await scene.begin();
    const start = scene.clock.now();
    await talk(scene, bytes, random);
    const late = scene.clock.now() - start;
    if (late < WATCHED_MS) await scene.pass(WATCHED_MS - late);
    const watched = scene.clock.now() - start;
    const due = Math.floor(watched * FPS / 1000);
    const { pictures, statuses } = scene.good;
    assert(Math.abs(pictures - due) <= 1, `${pictures} pictures in ${watched} ms`);
    await scene.end(random.next() < 0.5);
    assertEquals(statuses.slice(0, 2), [200, 200], "she is served");
    assertEquals(scene.good.statuses, [200, 200, 200], "she is served until the end");
  } finally {
    await scene.close();
  }
  return scene;
}

async function checkServer(bytes: Uint8Array, random: Seeded): Promise<void> {
  const { server, clock, defects, strangers } = await play(bytes, random);
  assertEquals(defects, [], "defects");
  const { connectionCount, sessionCount, scheduledCount } = server;
  assertEquals([connectionCount, sessionCount, scheduledCount], [0, 0, 0], "what is left");
  assertEquals(clock.pending, 0, "timers left");
  const answered = strangers.reduce((sum, stranger) => sum + stranger.answered, 0);
  assert(answered < MOST_ANSWERED, `${answered} bytes were answered`);
}

function withSessions(bytes: Uint8Array, own: string, others: string): Uint8Array {
  const said = new TextDecoder("latin1").decode(bytes);
  if (!said.includes("SESSION")) return bytes.slice();
  const named = said.replaceAll(OWN, own).replaceAll(OTHERS, others);
  return Uint8Array.from(named, (character) => character.charCodeAt(0));
}

/** What a connection says, piece by piece. */
function connection(...pieces: (string | Uint8Array)[]): Uint8Array {
  const all = pieces.map((piece) => typeof piece === "string" ? ascii(piece) : piece);
  return join(...all.flatMap((piece, i) => i === 0 ? [piece] : [Uint8Array.of(PAUSE), piece]));
}

function connections(...all: Uint8Array[]): Uint8Array {
  return join(...all.flatMap((one, i) => i === 0 ? [one] : [Uint8Array.of(NEXT_CONNECTION), one]));
}

const TCP = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1";
const UDP = "Transport: RTP/AVP;unicast;client_port=5000-5001";
const MINE = `Session: ${OWN}`;
const HERS = `Session: ${OTHERS}`;
const REPORT = hex`
  24 01 0020 81 c9 00 07 11 22 33 44 55 66 77 88 10 00 00 01 00 00 00 01 00 00 00 02 00 00 00 03
  00 00 00 04`;
const GOODBYE = hex`24 01 0010 80 c9 00 01 11 22 33 44 81 cb 00 01 11 22 33 44`;

const VISITS: readonly Uint8Array[] = [
  connection(
    request("OPTIONS", ["CSeq: 1"]),
    request("DESCRIBE", ["CSeq: 2", "Accept: application/sdp"]),
    request("SETUP", ["CSeq: 3", TCP], `${BASE}/track1`),
    request("PLAY", ["CSeq: 4", MINE, "Range: npt=0.5-"]),
    REPORT,
    request("PAUSE", ["CSeq: 5", MINE]),
    request("PLAY", ["CSeq: 6", MINE, "Scale: 2.0", "Speed: 1.0"]),
    GOODBYE,
    request("TEARDOWN", ["CSeq: 7", MINE]),
  ),
  connection(
    request("SETUP", ["CSeq: 1", UDP], `${BASE}/track1`),
    request("PLAY", ["CSeq: 2", MINE]),
    request("GET_PARAMETER", ["CSeq: 3", MINE, "Content-Length: 0"]),
    request("SET_PARAMETER", ["CSeq: 4", MINE, "Content-Length: 4"]) + "a: b",
    request("PLAY", ["CSeq: 5", MINE, "Range: npt=now-"]) +
      request("PLAY", ["CSeq: 6", MINE, "Range: npt=1-2"]) +
      request("TEARDOWN", ["CSeq: 7", MINE]),
  ),
  connection(
    request("SETUP", ["CSeq: 1", TCP], `${BASE}/track1`),
    request("SETUP", ["CSeq: 2", UDP, MINE], `${BASE}/track1`),
    request("PLAY", ["CSeq: 3", MINE, "Range: clock=20260101T000000Z-"]),
    request("ANNOUNCE", ["CSeq: 4"]) + request("RECORD", ["CSeq: 5", MINE]),
    request("PLAY", ["CSeq: 6", "Require: x", MINE]),
  ),
  // Somebody else's session.
  connection(
    request("TEARDOWN", ["CSeq: 1", HERS]),
    request("PAUSE", ["CSeq: 2", HERS]),
    request("PLAY", ["CSeq: 3", HERS, "Range: npt=0-"]),
    request("SETUP", ["CSeq: 4", TCP, HERS], `${BASE}/track1`),
    request("SETUP", ["CSeq: 5", `${UDP};destination=127.0.0.1`, HERS], `${BASE}/track1`),
    GOODBYE,
  ),
  connection(
    "SETUP movie RTSP/1.0\nCSeq: 1\nTransport: RTP/UDP; client_port= 25000",
    `PLAY movie RTSP/1.0\nCSeq: 2\nSession: ${OWN}`,
    `FORWARD movie RTSP/1.4\nCSeq: 3\nSession: ${OWN}`,
    `PAUSE movie RTSP/1.0\nCSeq: 4\nSession: ${OWN}`,
    `TEARDOWN movie RTSP/1.0\nCSeq: 5\nSession: ${OWN}`,
  ),
  connection("\x16\x03\x01\x02\0\x01", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\r\n\r\n\r\n"),
];

export const SERVER_SEEDS: readonly Uint8Array[] = [
  ...VISITS,
  connections(VISITS[0]!, VISITS[3]!),
  connections(VISITS[1]!, VISITS[2]!, VISITS[4]!),
  connections(VISITS[0]!, VISITS[0]!, VISITS[0]!, VISITS[0]!, VISITS[0]!, VISITS[0]!, VISITS[0]!),
];

export const SERVER_TARGETS: readonly Target[] = [
  { name: "server", seeds: SERVER_SEEDS, check: checkServer },
];
