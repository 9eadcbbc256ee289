import { LabMediaSession } from "../../../lib/client/lab/session.ts";
import { SharedNumberJoiner } from "../../../lib/stream/shared_numbers.ts";
import { NoMediaError, ProtocolError, StatusError } from "../../../lib/client/errors.ts";
import type { EndReason } from "../../../lib/client/media_session.ts";
import type { Observer } from "../../../lib/client/observer.ts";
import { RtpReceiver } from "../../../lib/client/receiver.ts";
import { TimeoutError } from "../../../lib/net/clock.ts";
import { UnreachableError } from "../../../lib/net/errors.ts";
import { endsJpeg, startsJpeg } from "../../../lib/stream/lab_depacketizer.ts";
import { PictureDepacketizer } from "../../../lib/stream/picture_depacketizer.ts";
import { tinyJpegs } from "../../lib/media/frames.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { join } from "../../support/file_bytes.ts";
import { rtpPacket } from "../../support/scripted_media.ts";
import type { Seeded } from "../../support/seeded.ts";
import { ascii } from "../../support/split.ts";
import { FakeConnection } from "../fake_connections.ts";
import { packed, split, type Target, unpacked } from "../target.ts";
import { PACKETS } from "./sessions.ts";

/** Between replies; no byte of the dialect. */
const NEXT = 0x1e;
const CSEQ = "CSEQ";
const TIMEOUT_MS = 2000;
const STEP_MS = 100;
const LONGEST_MS = 30_000;
const REFUSALS = [UnreachableError, StatusError, NoMediaError, ProtocolError, TimeoutError];

/** A lab server of which nothing good is to be expected. */
class Parrot {
  readonly connection = new FakeConnection({ hostname: "127.0.0.1", port: 554 });
  requests = 0;
  readonly #parts: Uint8Array[];

  constructor(bytes: Uint8Array, random: Seeded) {
    this.#parts = split(bytes, NEXT).slice(0, 20);
    this.connection.onWrite = (said) => {
      this.requests++;
      const cseq = /CSeq: (\d+)/.exec(new TextDecoder().decode(said))?.[1] ?? "1";
      const part = this.#parts.shift();
      if (part === undefined) return random.next() < 0.5 ? this.connection.end() : undefined;
      const words = new TextDecoder("latin1").decode(part).replace(CSEQ, cseq);
      this.connection.say(Uint8Array.from(words, (character) => character.charCodeAt(0)));
    };
  }
}

async function settled<T>(
  clock: FakeClock,
  promise: Promise<T>,
): Promise<{ value?: T; error?: unknown }> {
  let outcome: { value?: T; error?: unknown } | undefined;
  promise.then((value) => outcome = { value }, (error) => outcome = { error });
  for (const end = clock.now() + LONGEST_MS; outcome === undefined;) {
    assert(clock.now() < end, "it comes to an end");
    await clock.advance(STEP_MS);
  }
  if (outcome.error !== undefined && !REFUSALS.some((kind) => outcome!.error instanceof kind)) {
    throw outcome.error;
  }
  return outcome;
}

/** Opens, plays, pauses, goes back, and closes. */
async function visit(clock: FakeClock, random: Seeded): Promise<void> {
  const target = { hostname: "127.0.0.1", port: 554, rtpPort: 0, file: "movie.Mjpeg" };
  const observer: Observer = { note: ({ message }) => assert(message.length < 50_000) };
  const open = LabMediaSession.open(target, { clock, timeout: TIMEOUT_MS, observer });
  const { value: session } = await settled(clock, open);
  if (session === undefined) return;
  let { error } = await settled(clock, session.play());
  if (error === undefined && random.next() < 0.5) {
    await settled(clock, session.pause());
    ({ error } = await settled(clock, session.play()));
  }
  const back = session.jumps?.backward();
  if (back !== undefined) await settled(clock, back);
  // What does not play has no end.
  const waits = error === undefined && random.next() < 0.5;
  if (waits) await settled<EndReason>(clock, session.ended);
  const closed = await settled(clock, session.close());
  assertEquals("error" in closed, false, "close never fails");
}

async function checkLabClient(bytes: Uint8Array, random: Seeded): Promise<void> {
  const server = new Parrot(bytes, random);
  const clock = new FakeClock();
  const { connect } = Deno;
  Deno.connect = (() => Promise.resolve(server.connection)) as unknown as typeof Deno.connect;
  try {
    await visit(clock, random);
  } finally {
    Deno.connect = connect;
    server.connection.end();
  }
  await clock.advance(LONGEST_MS);
  assertEquals(clock.pending, 0, "timers left");
  // Sockets are let go of when the event loop turns.
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert(server.connection.closed, "the connection is closed");
  assert(server.requests < 20, `${server.requests} requests`);
}

/** What comes by UDP from a lab server: pictures whole, in pieces, and under shared numbers. */
function checkLabMedia(bytes: Uint8Array): void {
  const clock = new FakeClock();
  const held: number[] = [];
  const depacketizer = new PictureDepacketizer(({ jpeg, damage }) => {
    assert((jpeg === undefined) === (damage !== undefined), "a picture, or why there is none");
    if (jpeg === undefined) return;
    assert(startsJpeg(jpeg) && endsJpeg(jpeg), "a JPEG from beginning to end");
    held.push(jpeg.length);
  });
  const receiver = new RtpReceiver({
    clock,
    observer: {},
    clockRate: 90_000,
    anyVersion: true,
    emit: ({ packet, arrivedAt }) => depacketizer.push(packet, arrivedAt),
  });
  const joiner = new SharedNumberJoiner();
  let came = 0;
  const receive = (joined: { bytes: Uint8Array }): void => void receiver.receive(joined.bytes);
  for (const datagram of unpacked(bytes)) {
    came += datagram.length;
    joiner.push(datagram.slice()).forEach(receive);
    clock.advanceAtOnce(20);
    receiver.expire();
  }
  joiner.flush().forEach(receive);
  receiver.flush();
  depacketizer.flush(clock.wallTime());
  const most = came + HEADER_BYTES * (held.length + 1);
  assert(held.reduce((sum, length) => sum + length, 0) <= most, "no more than came");
}

/** Of a JPEG that is rebuilt from RFC 2435. */
const HEADER_BYTES = 1024;

function replies(...parts: (string | Uint8Array)[]): Uint8Array {
  const all = parts.map((part) => typeof part === "string" ? ascii(part) : part);
  return join(...all.flatMap((part, i) => i === 0 ? [part] : [Uint8Array.of(NEXT), part]));
}

const OK = `RTSP/1.0 200 OK\nCSeq: ${CSEQ}\nSession: 123456`;
const FRAMES = tinyJpegs(4);

/** A JPEG cut in pieces, each under the number given. */
function inPackets(jpeg: Uint8Array, number: (piece: number) => number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < jpeg.length; at += 300) {
    const sequence = number(pieces.length);
    const marker = at + 300 >= jpeg.length;
    pieces.push(rtpPacket(jpeg.subarray(at, at + 300), { sequence, marker }));
  }
  return pieces;
}

export const LAB_CLIENT_TARGETS: readonly Target[] = [
  {
    name: "lab-client",
    seeds: [
      replies(OK, OK, OK, OK, OK),
      replies(`${OK}\nFrames: 240`, OK, OK, OK, OK, OK),
      replies(OK, "RTSP/1.0 404 NOT FOUND\r\nCSeq: 2\r\n\r\n"),
      replies(OK, `RTSP/1.0 200 OK\r\nCSeq: ${CSEQ}\r\nSession: 1\r\n{"session": 1}\r\n`, OK),
    ],
    check: checkLabClient,
  },
  {
    name: "lab-media",
    seeds: [
      packed(FRAMES.map((jpeg, i) => rtpPacket(jpeg, { sequence: i + 1, marker: true }))),
      packed(FRAMES.flatMap((jpeg, i) => inPackets(jpeg, () => i + 1))),
      packed(FRAMES.flatMap((jpeg, i) => inPackets(jpeg, (piece) => 20 * i + piece))),
      packed(PACKETS),
    ],
    check: checkLabMedia,
  },
];
