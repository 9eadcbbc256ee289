import { formatChallenge, parseChallenges } from "../../lib/auth/challenge.ts";
import { formatCredentials, parseCredentials } from "../../lib/auth/credentials.ts";
import { MalformedError } from "../../lib/bytes/malformed.ts";
import { carriage } from "../../lib/jpeg/carriage.ts";
import { JpegDepacketizer } from "../../lib/jpeg/depacketize.ts";
import { encodeJpeg } from "../../lib/jpeg/encoder.ts";
import { inspectJpeg, type JpegInfo } from "../../lib/jpeg/inspect.ts";
import { packetizeJpeg } from "../../lib/jpeg/packetize.ts";
import { formatJpegPayload, parseJpegPayload } from "../../lib/jpeg/rtp_payload.ts";
import { MemoryBytes } from "../../lib/media/byte_source.ts";
import { openConcatenatedFile } from "../../lib/media/concatenated_file.ts";
import { openLabFile } from "../../lib/media/lab_file.ts";
import { mediaPath } from "../../lib/media/media_path.ts";
import { formatCompound, parseCompound } from "../../lib/rtcp/compound.ts";
import { formatRtpPacket, parseRtpPacket } from "../../lib/rtp/packet.ts";
import { detectDialect } from "../../lib/rtsp/dialect.ts";
import { formatPublic, parsePublic } from "../../lib/rtsp/headers/public.ts";
import { formatRange, parseRange } from "../../lib/rtsp/headers/range.ts";
import { parseRtpInfo } from "../../lib/rtsp/headers/rtp_info.ts";
import { formatScale, parseScale } from "../../lib/rtsp/headers/scale.ts";
import { formatSession, parseSession } from "../../lib/rtsp/headers/session.ts";
import { formatTransport, parseTransport } from "../../lib/rtsp/headers/transport.ts";
import { parseLabReply } from "../../lib/rtsp/lab/reply.ts";
import { LabRequestReader } from "../../lib/rtsp/lab/request_reader.ts";
import { MessageParser } from "../../lib/rtsp/parser.ts";
import { formatUrl, parseUrl } from "../../lib/rtsp/url.ts";
import { formatSdp } from "../../lib/sdp/format.ts";
import { parseSdp } from "../../lib/sdp/parse.ts";
import type { FrameSource } from "../../lib/stream/frame_source.ts";
import { testPicture } from "../lib/jpeg/pictures.ts";
import { allFrames, labFile, tinyJpegs } from "../lib/media/frames.ts";
import { drain } from "../lib/rtsp/drain.ts";
import { LAB_REQUESTS } from "../lib/rtsp/lab/goldens.ts";
import { STRICT } from "../lib/sdp/goldens.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { hex } from "../support/golden.ts";
import type { Seeded } from "../support/seeded.ts";
import { ascii } from "../support/split.ts";
import { inPieces } from "./mutate.ts";

/** Something that takes bytes from strangers, and what must hold whatever they are. */
export interface Target {
  /** Begins the names of its crashers. */
  name: string;
  seeds: readonly Uint8Array[];
  /** Throws when a property does not hold. The input must be left as it is. */
  check: (bytes: Uint8Array, random: Seeded) => void | Promise<void>;
}

/** What is written longer than it came, by escapes, may be longer than may be read. */
const MOST_WRITTEN = 2048;

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/**
 * What a parser of whole values promises: a value or a {@linkcode MalformedError} at a place within
 * the input, and a value that stays the same when it is written and read again.
 */
function whole<I, T>(
  convert: (bytes: Uint8Array) => I,
  parse: (input: I) => T,
  format?: (value: T) => I,
): Target["check"] {
  return (bytes) => {
    let value: T;
    try {
      value = parse(convert(bytes));
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      assert(error.position >= 0 && error.position <= bytes.length, `position ${error.position}`);
      return;
    }
    if (format === undefined) return;
    const written = format(value);
    assertEquals(parse(written), value);
    assertEquals(format(parse(written)), written);
  };
}

/**
 * The same where a tolerated value is written otherwise than it came: from there on it stays.
 * @param write reads a value and writes it
 */
function settling(
  convert: (bytes: Uint8Array) => string,
  write: (input: string) => string,
): Target["check"] {
  return (bytes, random) => {
    let written: string | undefined;
    whole(convert, (input) => written = write(input))(bytes, random);
    if (written !== undefined && written.length < MOST_WRITTEN) {
      assertEquals(write(written), written);
    }
  };
}

/** Text as a header line has it: what ends lines or is no character never gets so far. */
function printable(bytes: Uint8Array): string {
  // deno-lint-ignore no-control-regex
  return text(bytes).replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");
}

/** The value of a header field, written and read again the same. */
function header<T>(
  name: string,
  parse: (value: string) => T,
  format: (value: T) => string,
  values: string[],
): Target {
  return { name, seeds: values.map(ascii), check: whole(printable, parse, format) };
}

/** The value of a header field that is written in one way of several it may come in. */
function settlingHeader(name: string, write: (value: string) => string, values: string[]): Target {
  return { name, seeds: values.map(ascii), check: settling(printable, write) };
}

const BASE = "rtsp://127.0.0.1:8554/movie.Mjpeg";

const RTSP_SEEDS = [
  `OPTIONS ${BASE} RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Lavf59.27.100\r\n\r\n`,
  `DESCRIBE ${BASE} RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\n\r\n`,
  `SETUP ${BASE}/track1 RTSP/1.0\r\nCSeq: 3\r\nTransport: RTP/AVP;unicast;client_port=5000-5001\r\n\r\n`,
  `PLAY ${BASE}/ RTSP/1.0\r\nCSeq: 4\r\nSession: 12345678\r\nRange: npt=0.000-\r\n\r\n`,
  "RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n",
  "RTSP/1.0 454 Session Not Found\r\nCSeq: 9\r\n\r\n$\0\0\x04abcd$\x01\0\0",
];

const RTP_SEEDS = [
  hex`80 1a 00 01 00 00 0e 10 00 00 00 00 ff d8 ff d9`,
  hex`b2 e0 ff ff ff ff ff ff 01 02 03 04 11 11 11 11 22 22 22 22 be de 00 01 10 aa 00 00 01 02 02 02`,
];

const RTCP_SEEDS = [
  hex`
    81 c8 00 0c 11 22 33 44 e0 00 00 00 80 00 00 00 00 00 00 01 00 00 00 02 00 00 00 03
    55 66 77 88 10 00 00 01 00 00 00 01 00 00 00 02 00 00 00 03 00 00 00 04
    81 ca 00 03 11 22 33 44 01 03 61 62 63 00 00 00
  `,
  hex`81 cb 00 01 11 22 33 44`,
  hex`80 c9 00 01 11 22 33 44 81 cc 00 03 11 22 33 44 61 62 63 64 01 02 03 04`,
];

const JPEG = encodeJpeg(testPicture(48, 32), { quality: 60 });

/** The payloads that carry a picture in RTP, each behind two bytes with its length. */
function payloadSeeds(): Uint8Array {
  const { buffer, offsets, lengths } = packetizeJpeg(JPEG, inspectJpeg(JPEG), { maxPayload: 400 });
  const out: number[] = [];
  offsets.forEach((offset, i) => {
    const payload = buffer.subarray(offset + 12, offset + lengths[i]!);
    out.push(payload.length >> 8, payload.length & 0xff, ...payload);
  });
  return Uint8Array.from(out);
}

function checkDepacketizer(bytes: Uint8Array): void {
  const depacketizer = new JpegDepacketizer();
  const outcomes = [];
  for (let at = 0, sequence = 65530; at + 2 <= bytes.length; sequence++) {
    const length = bytes[at]! << 8 | bytes[at + 1]!;
    const payload = bytes.subarray(at + 2, at + 2 + length);
    at += 2 + length;
    const marker = at + 2 > bytes.length;
    const packet = { sequence: sequence & 0xffff, timestamp: 7, marker, payload };
    outcomes.push(...depacketizer.push(packet));
  }
  outcomes.push(...depacketizer.finish());
  for (const outcome of outcomes) {
    if (outcome.kind !== "frame") continue;
    const { jpeg } = outcome;
    assertEquals([jpeg[0], jpeg[1], jpeg.at(-2), jpeg.at(-1)], [0xff, 0xd8, 0xff, 0xd9]);
  }
}

/** The entropy-coded data, without fill bytes behind it. */
function scanOf(jpeg: Uint8Array, { scanStart, scanEnd }: JpegInfo): Uint8Array {
  let end = scanEnd;
  while (jpeg[end - 1] === 0xff) end--;
  return jpeg.subarray(scanStart, end);
}

/** A picture that can be carried comes out of its packets as a JPEG file with the same scan. */
function checkCarriage(bytes: Uint8Array): void {
  let info;
  try {
    info = inspectJpeg(bytes);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return;
  }
  if (!carriage(info).ok) return;
  const { buffer, offsets, lengths } = packetizeJpeg(bytes, info, { maxPayload: 300 });
  const { width, height } = info;
  const depacketizer = new JpegDepacketizer({ dimensions: { width, height } });
  const outcomes = Array.from(offsets, (offset, i) => {
    const payload = buffer.subarray(offset + 12, offset + lengths[i]!);
    const marker = i === offsets.length - 1;
    return depacketizer.push({ sequence: i, timestamp: 7, marker, payload });
  }).flat();
  assertEquals(outcomes.map(({ kind }) => kind), ["frame"]);
  const [frame] = outcomes;
  assert(frame?.kind === "frame");
  assertEquals(
    scanOf(frame.jpeg, inspectJpeg(frame.jpeg)),
    scanOf(bytes, info),
  );
}

function checkFile(open: (bytes: MemoryBytes) => FrameSource): Target["check"] {
  return async (bytes) => {
    const frames = await allFrames(open(new MemoryBytes(bytes)));
    const held = frames.reduce((sum, frame) => sum + frame.length, 0);
    assert(held <= bytes.length, "frames do not overlap");
    for (const frame of frames) assertEquals([frame[0], frame[1]], [0xff, 0xd8]);
  };
}

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

/** A name never leads out of the folder it is looked up in. */
function checkPath(bytes: Uint8Array): void {
  for (const windows of [false, true]) {
    let segments: string[];
    try {
      segments = mediaPath(text(bytes), windows);
    } catch (error) {
      assertEquals((error as Error).name, "MediaNotFoundError");
      continue;
    }
    for (const segment of segments) {
      assert(segment !== "" && segment !== "." && segment !== "..");
      assert(!(windows ? /[\\/\0:]/ : /[/\0]/).test(segment), JSON.stringify(segment));
    }
  }
}

export const TARGETS: readonly Target[] = [
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
  header("public", parsePublic, formatPublic, ["OPTIONS, DESCRIBE, SETUP, PLAY"]),
  header("scale", parseScale, formatScale, ["1.0", "-2.5"]),
  settlingHeader("url", (value) => formatUrl(parseUrl(value)), [
    "rtsp://user:pa%20ss@host:554/path/movie?x=1",
    "rtsps://[::1]/",
    "rtsp://h",
  ]),
  header(
    "challenge",
    (value) => parseChallenges(value),
    (all) => all.map(formatChallenge).join(", "),
    [
      'Digest realm="rtspkit", nonce="abc", algorithm=SHA-256, qop="auth,auth-int", stale=true',
      'Basic realm="a \\"b\\" c"',
    ],
  ),
  header("credentials", parseCredentials, formatCredentials, [
    'Digest username="bob", realm="r", nonce="n", uri="/x", response="00", nc=00000001',
    "Basic Ym9iOnNlY3JldA==",
  ]),
  {
    name: "sdp",
    seeds: STRICT.map(({ bytes }) => bytes),
    check: settling(text, (input) => formatSdp(parseSdp(input))),
  },
  {
    name: "rtp",
    seeds: RTP_SEEDS,
    check: whole((bytes) => bytes, parseRtpPacket, formatRtpPacket),
  },
  {
    name: "rtcp",
    seeds: RTCP_SEEDS,
    check: whole((bytes) => bytes, parseCompound, formatCompound),
  },
  {
    name: "jpeg-payload",
    seeds: [payloadSeeds().subarray(2, 402)],
    check: whole((bytes) => bytes, parseJpegPayload, formatJpegPayload),
  },
  { name: "jpeg", seeds: [JPEG, ...tinyJpegs(3)], check: whole((bytes) => bytes, inspectJpeg) },
  { name: "jpeg-carriage", seeds: [JPEG], check: checkCarriage },
  { name: "jpeg-packets", seeds: [payloadSeeds()], check: checkDepacketizer },
  { name: "lab-file", seeds: [labFile(tinyJpegs(6))], check: checkFile(openLabFile) },
  {
    name: "concatenated-file",
    seeds: [Uint8Array.from(tinyJpegs(6).flatMap((jpeg) => [...jpeg]))],
    check: checkFile(openConcatenatedFile),
  },
  {
    name: "media-path",
    seeds: ["movie.Mjpeg", "/a/../b", "%2e%2e%2fx", "a\\..\\b", "C:\\x", "a%00b", "%c0%af"].map(
      ascii,
    ),
    check: checkPath,
  },
];
