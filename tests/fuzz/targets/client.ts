import type { Observer } from "../../../lib/client/observer.ts";
import {
  AuthenticationError,
  NoMediaError,
  ProtocolError,
  StatusError,
} from "../../../lib/client/errors.ts";
import type { EndReason } from "../../../lib/client/media_session.ts";
import { RtspMediaSession } from "../../../lib/client/rtsp/session.ts";
import type { TransportChoice } from "../../../lib/client/rtsp/transport_choice.ts";
import { TimeoutError } from "../../../lib/net/clock.ts";
import { UnreachableError } from "../../../lib/net/errors.ts";
import { interleave } from "../../../lib/rtsp/format.ts";
import { parseUrl } from "../../../lib/rtsp/url.ts";
import { STRICT } from "../../lib/sdp/goldens.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { SDP } from "../../support/capture_sessions.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { join } from "../../support/file_bytes.ts";
import { goodbye, senderReport } from "../../support/scripted_media.ts";
import type { Seeded } from "../../support/seeded.ts";
import { ascii } from "../../support/split.ts";
import { FakeConnection, FakeDatagrams } from "../fake_connections.ts";
import { split, type Target } from "../target.ts";
import { PACKETS } from "./sessions.ts";

/** Between replies; no byte of RTSP. */
const NEXT = 0x1e;
/** Stands for the CSeq of the request that is answered. */
const CSEQ = "CSEQ";

const URL = parseUrl("rtsp://bob:secret@192.0.2.1/movie");
const TIMEOUT_MS = 4000;
/** ms that pass until a session must have come to an end. */
const LONGEST_MS = 60_000;
const STEP_MS = 250;
/** Requests of a session that lasts so long, signs of life included. */
const MOST_REQUESTS = 60;
const MOST_PARTS = 200;

/** What a session may end with beside its end. */
const REFUSALS = [
  UnreachableError,
  StatusError,
  AuthenticationError,
  NoMediaError,
  ProtocolError,
  TimeoutError,
];

const DOLLAR = 0x24;
const SERVER = "192.0.2.1";
const FIRST_PORT = 20_000;

/** Nothing is sent to anybody but the server, or a group of those that routers keep. */
function checkDestination({ hostname, port }: { hostname: string; port: number }): void {
  const isGroup = /^(?:22[4-9]|23\d)\./.test(hostname);
  assert(hostname === SERVER || isGroup, `a datagram goes to ${hostname}`);
  assert(port > 0 && port <= 0xffff, `port ${port}`);
}

/** A server that answers request after request with what it was given, whatever they ask. */
class ParrotServer {
  requests = 0;
  readonly connections: FakeConnection[] = [];
  readonly #parts: Uint8Array[];
  readonly #random: Seeded;

  constructor(bytes: Uint8Array, random: Seeded) {
    this.#parts = split(bytes, NEXT).slice(0, MOST_PARTS);
    this.#random = random;
  }

  readonly sockets: FakeDatagrams[] = [];

  /** In the place of `Deno.listenDatagram`. */
  readonly listen = (
    { hostname, port = 0 }: { hostname: string; port?: number },
  ): FakeDatagrams => {
    const bound = port === 0 ? FIRST_PORT + 2 * this.sockets.length : port;
    const socket = new FakeDatagrams({ hostname, port: bound }, checkDestination);
    this.sockets.push(socket);
    return socket;
  };

  /** In the place of `Deno.connect`. */
  readonly connect = (): Promise<Deno.TcpConn> => {
    const connection = new FakeConnection({ hostname: SERVER, port: 554 });
    this.connections.push(connection);
    connection.onWrite = (bytes) => this.#answer(connection, bytes);
    return Promise.resolve(connection as unknown as Deno.TcpConn);
  };

  /** Says what is left, a part after the other. */
  more(): void {
    const connection = this.connections.at(-1);
    if (connection === undefined || connection.closed) return;
    const part = this.#parts.shift();
    const sockets = this.sockets.filter(({ closed }) => !closed);
    if (part?.[0] === DOLLAR && sockets.length > 0) {
      // What would be a block in the connection comes by itself.
      const socket = sockets[(part[1] ?? 0) % sockets.length]!;
      const hostname = this.#random.next() < 0.1 ? "192.0.2.99" : SERVER;
      socket.arrive(part.slice(4), { hostname, port: 6000 });
    } else if (part !== undefined) connection.say(part.slice());
    else if (this.#random.next() < 0.5) connection.end();
  }

  #answer(connection: FakeConnection, bytes: Uint8Array): void {
    const said = new TextDecoder("latin1").decode(bytes);
    for (const [, cseq] of said.matchAll(/^CSeq: (\d+)\r$/gm)) {
      this.requests++;
      const part = this.#parts.shift();
      if (part === undefined) continue;
      connection.say(withCSeq(part, cseq!));
    }
  }
}

function withCSeq(bytes: Uint8Array, cseq: string): Uint8Array {
  const said = new TextDecoder("latin1").decode(bytes);
  if (!said.includes(CSEQ)) return bytes.slice();
  return Uint8Array.from(said.replace(CSEQ, cseq), (character) => character.charCodeAt(0));
}

/** Lets time pass until the promise is settled. */
async function settled<T>(
  clock: FakeClock,
  server: ParrotServer,
  promise: Promise<T>,
): Promise<{ value?: T; error?: unknown }> {
  let outcome: { value?: T; error?: unknown } | undefined;
  promise.then((value) => outcome = { value }, (error) => outcome = { error });
  const end = clock.now() + LONGEST_MS;
  await clock.settle();
  while (outcome === undefined) {
    assert(clock.now() < end, "it comes to an end");
    server.more();
    await clock.advance(STEP_MS);
  }
  return outcome;
}

function checkError(error: unknown): void {
  if (!REFUSALS.some((kind) => error instanceof kind)) throw error;
}

/** Opens, plays and closes; whatever is answered, it ends with a reason. */
async function visit(
  server: ParrotServer,
  clock: FakeClock,
  observer: Observer,
  transport: TransportChoice,
): Promise<void> {
  const open = RtspMediaSession.open(URL, {
    clock,
    timeout: TIMEOUT_MS,
    observer,
    transport,
    rtpPort: 0,
    credentials: { username: "bob", password: "secret" },
    randomBytes: (length) => new Uint8Array(length).fill(0x5a),
    allTracks: true,
  });
  const opened = await settled(clock, server, open);
  const session = opened.value;
  if (session === undefined) return checkError(opened.error);
  const playing = await settled(clock, server, session.play());
  if ("error" in playing) checkError(playing.error);
  else {
    const ended = await settled<EndReason>(clock, server, session.ended);
    if ("error" in ended) checkError(ended.error);
  }
  assertEquals(
    "error" in await settled(clock, server, session.close()),
    false,
    "close never fails",
  );
}

async function checkClient(
  bytes: Uint8Array,
  random: Seeded,
  transport: TransportChoice = "tcp",
): Promise<void> {
  const server = new ParrotServer(bytes, random);
  const clock = new FakeClock();
  const frames: Uint8Array[] = [];
  const observer: Observer = {
    message: () => {},
    frame: ({ jpeg }) => jpeg !== undefined && frames.push(jpeg),
    note: ({ message }) => assert(message.length < 50_000),
    unit: ({ bytes }) => assert(bytes >= 0),
    rtcp: () => {},
    packet: () => {},
    stray: () => {},
    chunk: () => {},
  };
  const { connect, listenDatagram } = Deno;
  Deno.connect = server.connect as unknown as typeof Deno.connect;
  Deno.listenDatagram = server.listen as unknown as typeof Deno.listenDatagram;
  try {
    await visit(server, clock, observer, transport);
  } finally {
    Deno.connect = connect;
    Deno.listenDatagram = listenDatagram;
    for (const connection of server.connections) connection.end();
  }
  await clock.advance(LONGEST_MS);
  assertEquals(clock.pending, 0, "timers left");
  assert(server.requests <= MOST_REQUESTS, `${server.requests} requests`);
  for (const { closed } of server.connections) assert(closed, "connections are closed");
  for (const { closed } of server.sockets) assert(closed, "sockets are closed");
  for (const jpeg of frames) {
    assertEquals([jpeg[0], jpeg[1]], [0xff, 0xd8]);
    assert(jpeg.length <= bytes.length + 1024, `${jpeg.length} bytes of ${bytes.length}`);
  }
}

function reply(headers: readonly string[], body = "", status = "200 OK"): Uint8Array {
  const length = body === "" ? [] : [`Content-Length: ${ascii(body).length}`];
  const lines = [`RTSP/1.0 ${status}`, `CSeq: ${CSEQ}`, ...headers, ...length, "", body];
  return ascii(lines.join("\r\n"));
}

const OPTIONS = reply(["Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"]);
const DESCRIBE = reply(
  ["Content-Type: application/sdp", "Content-Base: rtsp://192.0.2.1/movie/"],
  SDP,
);
const SETUP = reply([
  "Transport: RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=DECADE01",
  "Session: 12345678;timeout=5",
]);
const PLAY = reply([
  "Session: 12345678",
  "Range: npt=0-0.3",
  "RTP-Info: url=rtsp://192.0.2.1/movie/track1;seq=1000;rtptime=50000",
]);
const MEDIA = PACKETS.map((packet) => interleave(0, packet));
const REPORT = interleave(1, senderReport({ seconds: 1, fraction: 0 }));
const BYE = interleave(1, goodbye());
const DONE = reply(["Session: 12345678"]);
const DIGEST = reply(
  [
    'WWW-Authenticate: Digest realm="x", nonce="abc", qop="auth"',
    "WWW-Authenticate: Basic realm=x",
  ],
  "",
  "401 Unauthorized",
);
const MOVED = reply(["Location: rtsp://192.0.2.2:8554/other"], "", "302 Found");

function script(...parts: Uint8Array[]): Uint8Array {
  return join(...parts.flatMap((part, i) => i === 0 ? [part] : [Uint8Array.of(NEXT), part]));
}

const SCRIPTS: readonly Uint8Array[] = [
  script(OPTIONS, DESCRIBE, SETUP, PLAY, ...MEDIA, REPORT, BYE, DONE),
  script(OPTIONS, DIGEST, DESCRIBE, SETUP, PLAY, ...MEDIA, DONE, DONE),
  script(OPTIONS, MOVED, OPTIONS, DESCRIBE, SETUP, PLAY, join(...MEDIA), BYE),
  script(OPTIONS, reply([], "", "404 Not Found")),
  ...STRICT.map(({ bytes }) => {
    const described = reply(["Content-Type: application/sdp"], new TextDecoder().decode(bytes));
    return script(OPTIONS, described, SETUP, SETUP, PLAY, ...MEDIA, BYE);
  }),
];

const UNICAST = reply([
  "Transport: RTP/AVP;unicast;client_port=20000-20001;server_port=6000-6001;ssrc=DECADE01",
  "Session: 12345678;timeout=5",
]);
const MULTICAST = reply([
  "Transport: RTP/AVP;multicast;destination=239.1.1.1;port=5000-5001;ttl=16",
  "Session: 12345678",
]);
const GROUP_SDP = SDP.replace("a=control", "c=IN IP4 239.1.1.1/16\r\na=control");
const DESCRIBE_GROUP = reply(["Content-Type: application/sdp"], GROUP_SDP);
const REFUSED = reply([], "", "461 Unsupported Transport");

/** The same by UDP, by multicast, and by what is left when both are refused. */
const DATAGRAM_SCRIPTS: readonly Uint8Array[] = [
  script(OPTIONS, DESCRIBE, UNICAST, PLAY, ...MEDIA, REPORT, BYE, DONE),
  script(OPTIONS, DESCRIBE_GROUP, MULTICAST, PLAY, ...MEDIA, REPORT, BYE, DONE),
  script(OPTIONS, DESCRIBE_GROUP, REFUSED, REFUSED, SETUP, PLAY, ...MEDIA, DONE),
  // Nothing comes over UDP: TCP is tried.
  script(OPTIONS, DESCRIBE, UNICAST, PLAY, DONE, OPTIONS, DESCRIBE, SETUP, PLAY, ...MEDIA),
];

export const CLIENT_TARGETS: readonly Target[] = [
  { name: "client", seeds: SCRIPTS, check: (bytes, random) => checkClient(bytes, random) },
  {
    name: "client-datagrams",
    seeds: [...SCRIPTS, ...DATAGRAM_SCRIPTS],
    check: (bytes, random) => checkClient(bytes, random, "auto"),
  },
];
