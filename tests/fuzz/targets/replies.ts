import { MalformedError } from "../../../lib/bytes/malformed.ts";
import { ProtocolError } from "../../../lib/client/errors.ts";
import { baseUrl } from "../../../lib/client/rtsp/base_url.ts";
import { redirection } from "../../../lib/client/rtsp/redirect.ts";
import { answerChallenge } from "../../../lib/auth/answer.ts";
import { parseChallenges } from "../../../lib/auth/challenge.ts";
import { describeSession } from "../../../lib/inspect/description.ts";
import type { RtspResponse } from "../../../lib/rtsp/message.ts";
import { parsePublic } from "../../../lib/rtsp/headers/public.ts";
import { parseRange } from "../../../lib/rtsp/headers/range.ts";
import { parseRtpInfo } from "../../../lib/rtsp/headers/rtp_info.ts";
import { parseScale } from "../../../lib/rtsp/headers/scale.ts";
import { parseSession } from "../../../lib/rtsp/headers/session.ts";
import { parseTransport } from "../../../lib/rtsp/headers/transport.ts";
import { MessageParser } from "../../../lib/rtsp/parser.ts";
import { parseUrl } from "../../../lib/rtsp/url.ts";
import { STRICT } from "../../lib/sdp/goldens.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { join } from "../../support/file_bytes.ts";
import { interleave } from "../../../lib/rtsp/format.ts";
import type { Seeded } from "../../support/seeded.ts";
import { ascii } from "../../support/split.ts";
import { inPieces } from "../mutate.ts";
import type { Target } from "../target.ts";
import { PACKETS } from "./sessions.ts";

const URL = parseUrl("rtsp://bob:secret@192.0.2.1/movie");
/** What a reader of a header may say. */
const REFUSALS = [MalformedError, ProtocolError];
/** Characters of a tolerance's or an error's words beside what they quote. */
const MOST_WORDS = 2000;

function tried(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!REFUSALS.some((kind) => error instanceof kind)) throw error;
  }
}

/** Whatever a client reads in a reply, by header. */
const READERS: Readonly<Record<string, (value: string, reply: RtspResponse) => unknown>> = {
  "Public": (value) => parsePublic(value),
  "Session": (value) => parseSession(value, () => {}),
  "Transport": (value) => parseTransport(value),
  "RTP-Info": (value) => parseRtpInfo(value),
  "Range": (value) => parseRange(value),
  "Scale": (value) => parseScale(value),
  "Content-Base": (value) => {
    const base = baseUrl(value, URL);
    assert(!/[\r\n]/.test(base), "no line ends go into a request");
  },
  "Location": (_, reply) => redirection(reply, URL),
};

const CREDENTIALS = { username: "bob", password: "secret" };

function readChallenges(reply: RtspResponse): void {
  const challenges = parseChallenges(reply.headers.getAll("WWW-Authenticate"));
  const asked = { method: "DESCRIBE", uri: "rtsp://192.0.2.1/movie", cnonce: "00", nonceCount: 1 };
  const answer = answerChallenge(challenges, { ...CREDENTIALS, ...asked });
  assert(!/[\r\n]/.test(answer?.authorization ?? ""), "no line ends go into a request");
}

/** What the client's connection makes of bytes: replies read header by header, and the rest. */
function readAll(pieces: readonly Uint8Array[]): { told: string[]; replies: number } {
  const told: string[] = [];
  const parser = new MessageParser({}, {
    onTolerance: (code, detail) => {
      assert(detail.length < MOST_WORDS, `${detail.length} characters`);
      told.push(code);
    },
  });
  let replies = 0;
  for (const piece of pieces) {
    parser.push(piece);
    for (let next = parser.next(); next.kind !== "more"; next = parser.next()) {
      if (next.kind === "malformed") {
        told.push("malformed");
        continue;
      }
      const { value } = next;
      told.push(value.kind);
      if (value.kind !== "response") continue;
      replies++;
      readReply(value);
    }
  }
  return { told, replies };
}

function readReply(reply: RtspResponse): void {
  for (const [name, read] of Object.entries(READERS)) {
    const value = reply.headers.get(name);
    if (value !== undefined) tried(() => read(value, reply));
  }
  tried(() => readChallenges(reply));
  const text = new TextDecoder().decode(reply.body);
  const observed = {
    ...{ time: 0, direction: "in" as const, version: "RTSP/1.0", headers: [...reply.headers] },
    ...{ method: "DESCRIBE", status: reply.status, reason: reply.reason, body: text, wire: text },
  };
  for (const line of describeSession([observed])) assert(!line.includes("\n"), "one line each");
}

function checkReplies(bytes: Uint8Array, random: Seeded): void {
  const whole = readAll([bytes.slice()]);
  assert(whole.told.length <= bytes.length + 1, `${whole.told.length} things of ${bytes.length}`);
  if (random.next() < 0.25) assertEquals(readAll(inPieces(bytes, random)), whole);
}

function reply(headers: readonly string[], body = "", status = "200 OK"): Uint8Array {
  const length = body === "" ? [] : [`Content-Length: ${ascii(body).length}`];
  return ascii([`RTSP/1.0 ${status}`, "CSeq: 7", ...headers, ...length, "", body].join("\r\n"));
}

const UNICAST = "Transport: RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001";
const OTHERS: readonly Uint8Array[] = [
  reply(["Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN", "Server: x"]),
  reply([`${UNICAST};ssrc=DECADE01;mode="PLAY"`, "Session: 12345678;timeout=60"]),
  reply(["Transport: RTP/AVP/TCP;unicast;interleaved=0-1", "Session: a-b.c+d$"]),
  reply(["Transport: RTP/AVP;multicast;destination=239.1.1.1;port=5000-5001;ttl=16"]),
  reply([
    ...["Session: 12345678", "Range: npt=0.000-25.000", "Scale: 1.0"],
    "RTP-Info: url=rtsp://192.0.2.1/movie/track1;seq=1000;rtptime=50000,url=x;seq=1",
  ]),
  reply(
    [
      'WWW-Authenticate: Digest realm="x", nonce="abc", qop="auth", algorithm=SHA-256, stale=true',
      "WWW-Authenticate: Basic realm=x",
    ],
    "",
    "401 Unauthorized",
  ),
  reply(["Location: rtsp://192.0.2.2:8554/other"], "", "302 Moved"),
  reply(["Content-Base: /movie", "Connection: close"], "no such thing", "454 Session Not Found"),
  reply(["Session: 1", "Range: clock=19961108T142300Z-;time=19970123T143720Z", "Scale: -2"]),
  ascii("RTSP/1.0 200\nCSeq:7\nsession:1\n\nRTSP/1.0 200 OK\r\nCSeq: 8\r\n folded\r\n\r\n"),
  ascii("ANNOUNCE rtsp://h/x RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 3\r\n\r\nabc"),
];

const SEEDS: readonly Uint8Array[] = [
  ...OTHERS,
  ...STRICT.map(({ bytes }) => {
    const headers = ["Content-Type: application/sdp", "Content-Base: rtsp://192.0.2.1/movie/"];
    return reply(headers, new TextDecoder().decode(bytes));
  }),
  join(...OTHERS.slice(0, 5)),
  join(OTHERS[4]!, ...PACKETS.slice(0, 3).map((packet) => interleave(0, packet)), OTHERS[0]!),
];

export const REPLY_TARGETS: readonly Target[] = [
  { name: "rtsp-replies", seeds: SEEDS, check: checkReplies },
];
