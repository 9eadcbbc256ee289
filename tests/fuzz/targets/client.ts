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
import { ParrotServer, reply, script } from "../parrot_server.ts";
import type { Target } from "../target.ts";
import { PACKETS } from "./sessions.ts";

const URL = parseUrl("rtsp://bob:secret@192.0.2.1/movie");
const TIMEOUT_MS = 4000;
/** ms that pass until a session must have come to an end. */
const LONGEST_MS = 60_000;
const STEP_MS = 250;
/** Requests of a session that lasts so long, signs of life included. */
const MOST_REQUESTS = 60;

/** What a session may end with beside its end. */
const REFUSALS = [
  UnreachableError,
  StatusError,
  AuthenticationError,
  NoMediaError,
  ProtocolError,
  TimeoutError,
];

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
  await server.inPlace(() => visit(server, clock, observer, transport));
  await clock.advance(LONGEST_MS);
  assertEquals(clock.pending, 0, "timers left");
  assert(server.requests <= MOST_REQUESTS, `${server.requests} requests`);
  server.checkClosed();
  for (const jpeg of frames) {
    assertEquals([jpeg[0], jpeg[1]], [0xff, 0xd8]);
    assert(jpeg.length <= bytes.length + 1024, `${jpeg.length} bytes of ${bytes.length}`);
  }
}

export const OPTIONS = reply(["Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"]);
export const DESCRIBE = reply(
  ["Content-Type: application/sdp", "Content-Base: rtsp://192.0.2.1/movie/"],
  SDP,
);
export const SETUP = reply([
  "Transport: RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=DECADE01",
  "Session: 12345678;timeout=5",
]);
export const PLAY = reply([
  "Session: 12345678",
  "Range: npt=0-0.3",
  "RTP-Info: url=rtsp://192.0.2.1/movie/track1;seq=1000;rtptime=50000",
]);
export const MEDIA = PACKETS.map((packet) => interleave(0, packet));
export const REPORT = interleave(1, senderReport({ seconds: 1, fraction: 0 }));
export const BYE = interleave(1, goodbye());
export const DONE = reply(["Session: 12345678"]);
const DIGEST = reply(
  [
    'WWW-Authenticate: Digest realm="x", nonce="abc", qop="auth"',
    "WWW-Authenticate: Basic realm=x",
  ],
  "",
  "401 Unauthorized",
);
const MOVED = reply(["Location: rtsp://192.0.2.2:8554/other"], "", "302 Found");

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

export const UNICAST = reply([
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
