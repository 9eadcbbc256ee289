import { detectDialect } from "../../../lib/rtsp/dialect.ts";
import { formatCSeq, parseCSeq } from "../../../lib/rtsp/headers/cseq.ts";
import { formatPublic, parsePublic } from "../../../lib/rtsp/headers/public.ts";
import { formatRange, parseRange } from "../../../lib/rtsp/headers/range.ts";
import { parseRtpInfo } from "../../../lib/rtsp/headers/rtp_info.ts";
import { formatScale, parseScale } from "../../../lib/rtsp/headers/scale.ts";
import { formatSession, parseSession } from "../../../lib/rtsp/headers/session.ts";
import { formatSmpteTime, parseSmpteTime } from "../../../lib/rtsp/headers/smpte_time.ts";
import { formatSpeed, parseSpeed } from "../../../lib/rtsp/headers/speed.ts";
import { formatTransport, parseTransport } from "../../../lib/rtsp/headers/transport.ts";
import { formatUtcTime, parseUtcTime } from "../../../lib/rtsp/headers/utc_time.ts";
import { parseLabReply } from "../../../lib/rtsp/lab/reply.ts";
import { LabRequestReader } from "../../../lib/rtsp/lab/request_reader.ts";
import { MessageParser } from "../../../lib/rtsp/parser.ts";
import { formatUrl, parseRequestUri, parseUrl } from "../../../lib/rtsp/url.ts";
import { drain } from "../../lib/rtsp/drain.ts";
import { LAB_REQUESTS } from "../../lib/rtsp/lab/goldens.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import type { Seeded } from "../../support/seeded.ts";
import { ascii } from "../../support/split.ts";
import { inPieces } from "../mutate.ts";
import { header, printable, settlingHeader, type Target, text, whole } from "../target.ts";

const BASE = "rtsp://127.0.0.1:8554/movie.Mjpeg";

const RTSP_SEEDS = [
  `OPTIONS ${BASE} RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Lavf59.27.100\r\n\r\n`,
  `DESCRIBE ${BASE} RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\n\r\n`,
  `SETUP ${BASE}/track1 RTSP/1.0\r\nCSeq: 3\r\nTransport: RTP/AVP;unicast;client_port=5000-5001\r\n\r\n`,
  `PLAY ${BASE}/ RTSP/1.0\r\nCSeq: 4\r\nSession: 12345678\r\nRange: npt=0.000-\r\n\r\n`,
  "RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n",
  "RTSP/1.0 454 Session Not Found\r\nCSeq: 9\r\n\r\n$\0\0\x04abcd$\x01\0\0",
];

function checkLabRequests(bytes: Uint8Array, random: Seeded): void {
  const reader = new LabRequestReader();
  for (const piece of inPieces(bytes, random)) {
    reader.push(piece);
    while (reader.next().kind !== "more");
  }
  while (reader.finish().kind !== "more");
  assertEquals(reader.quietMs, undefined, "everything is taken");
}

function checkDialect(bytes: Uint8Array, random: Seeded): void {
  const all = detectDialect(bytes);
  assert(detectDialect(bytes, true) !== undefined);
  const early = detectDialect(bytes.subarray(0, random.whole(0, bytes.length)));
  if (early !== undefined) assertEquals(all, early, "a dialect once told stays");
}

function checkMessages(bytes: Uint8Array, random: Seeded): void {
  const expected = drain([bytes]);
  assertEquals(drain(inPieces(bytes, random)).said, expected.said);
  assert(new MessageParser().pending === 0 && expected.pending <= bytes.length);
}

/** A parser that answers undefined for what is none: what it reads is written and read the same. */
function optional<T>(
  name: string,
  parse: (text: string) => T | undefined,
  format: (value: T) => string,
  values: string[],
): Target {
  const check: Target["check"] = (bytes) => {
    const value = parse(printable(bytes));
    if (value !== undefined) assertEquals(parse(format(value)), value);
  };
  return { name, seeds: values.map(ascii), check };
}

export const RTSP_TARGETS: readonly Target[] = [
  { name: "lab-requests", seeds: LAB_REQUESTS.map(({ bytes }) => bytes), check: checkLabRequests },
  {
    name: "lab-reply",
    seeds: [
      ascii("RTSP/1.4 200 OK\nCSeq: 1\nSession: 236158\nFrames: 240"),
      ascii('RTSP/1.0 200 OK\r\nCSeq: 4\r\nSession: 968342\r\n{"session": 968342}\r\n'),
    ],
    check: whole(text, parseLabReply),
  },
  {
    name: "dialect",
    seeds: [...LAB_REQUESTS.map(({ bytes }) => bytes), ...RTSP_SEEDS.map(ascii)],
    check: checkDialect,
  },
  { name: "rtsp-messages", seeds: RTSP_SEEDS.map(ascii), check: checkMessages },
  settlingHeader(
    "transport",
    (value) => formatTransport(parseTransport(value)),
    [
      "RTP/AVP;unicast;client_port=5000-5001",
      'RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=1234ABCD;mode="PLAY"',
      "RTP/AVP;multicast;destination=239.1.1.1;port=5000-5001;ttl=16,RTP/AVP/UDP;unicast",
    ],
  ),
  header("session", (value) => parseSession(value), formatSession, [
    "12345678;timeout=60",
    "a-b.c",
  ]),
  settlingHeader("range", (value) => formatRange(parseRange(value)), [
    "npt=0.000-",
    "npt=now-",
    "npt=1:02:03.5-10;time=19970123T143720Z",
    "smpte=0:10:20-",
    "clock=19961108T142300Z-19961108T143520.25Z",
  ]),
  {
    name: "rtp-info",
    seeds: [ascii(`url=${BASE}/track1;seq=1;rtptime=90000,url=trackID=2;seq=65535`)],
    check: whole(printable, (value) => parseRtpInfo(value)),
  },
  header("cseq", parseCSeq, formatCSeq, ["1", "4294967295", " 12 "]),
  header("public", parsePublic, formatPublic, ["OPTIONS, DESCRIBE, SETUP, PLAY"]),
  header("scale", parseScale, formatScale, ["1.0", "-2.5"]),
  header("speed", parseSpeed, formatSpeed, ["1.0", "2.5"]),
  optional("smpte-time", parseSmpteTime, formatSmpteTime, ["0:10:20", "10:12:33:20.5"]),
  optional("utc-time", parseUtcTime, formatUtcTime, ["19961108T142300Z", "19970123T143720.25Z"]),
  settlingHeader("url", (value) => formatUrl(parseUrl(value)), [
    "rtsp://user:pa%20ss@host:554/path/movie?x=1",
    "rtsps://[::1]/",
    "rtsp://h",
  ]),
  {
    name: "request-uri",
    seeds: [BASE, "*", "/movie.Mjpeg/track1", "rtsp://[::1]:554/a%20b?x=1"].map(ascii),
    check: whole(printable, parseRequestUri),
  },
];
