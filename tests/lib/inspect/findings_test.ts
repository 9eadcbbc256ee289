import fc from "fast-check";
import type { FindingCode } from "../../../lib/inspect/finding.ts";
import type { ObservedMessage } from "../../../lib/stream/observation.ts";
import type { Ending } from "../../../lib/inspect/rule.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";
import { tinyJpeg } from "../media/frames.ts";
import {
  damagedFrame,
  findingOf,
  findingsOf,
  labPacket,
  labPackets,
  type PacketParts,
  reply,
  request,
  START,
  watch,
  type Watched,
} from "./observations.ts";

/** What the classic lab servers' packets are like. */
const CLASSIC = { marker: false, timestamp: Math.floor(START / 1000) };

/** The headers of RFC 2435 and a byte of scan. */
const RFC2435_PAYLOAD = hex`
  00 00 00 00   # type-specific, fragment offset
  01 50 08 06   # type 1, Q 80, 64x48
  aa
`;

/** SETUPs of RTSP, answered with these headers. */
function setUp(...replies: string[]): Watched {
  const messages = replies.flatMap((headers, i) => {
    const { wire: _, ...answer } = reply(`RTSP/1.0 200 OK\r\nCSeq: ${i}\r\n${headers}\r\n\r\n`);
    return [request("SETUP", `rtsp://camera/track${i}`), answer];
  });
  return { packets: [], messages };
}

/** Each finding: something that shows it, something close to it that does not, and its words. */
const CASES: {
  code: FindingCode;
  level: "info" | "warning" | "error";
  reference: string | undefined;
  shown: Watched;
  notShown: Watched;
  evidence: string;
}[] = [
  {
    code: "lab-bare-jpeg",
    level: "info",
    reference: "RFC 2435 section 3.1",
    shown: { packets: labPackets(1, 3) },
    notShown: { packets: labPackets(1, 3, () => ({ payload: RFC2435_PAYLOAD })) },
    evidence: "payload begins ff d8 ff e0",
  },
  {
    code: "lab-payload-type",
    level: "warning",
    reference: "RFC 3551 section 6",
    shown: { packets: labPackets(1, 3, () => ({ payloadType: 96 })) },
    notShown: { packets: labPackets(1, 3) },
    evidence: "packet 1 has 96",
  },
  {
    code: "lab-sequence-is-frame-number",
    level: "info",
    reference: "RFC 3550 section 5.1",
    shown: { packets: labPackets(2, 5) },
    notShown: { packets: labPackets(40_001, 40_004) },
    evidence: "frames 2 to 5, one packet each",
  },
  {
    code: "lab-timestamp-seconds",
    level: "info",
    reference: "RFC 2435 section 3",
    shown: { packets: labPackets(1, 3, () => CLASSIC) },
    notShown: { packets: labPackets(1, 3) },
    evidence: "first timestamp 1700000000; 0 ticks in 0.1 s",
  },
  {
    code: "lab-marker-missing",
    level: "info",
    reference: "RFC 2435 section 3",
    shown: { packets: labPackets(1, 3, () => CLASSIC) },
    notShown: { packets: labPackets(1, 3, (number) => ({ marker: number === 3 })) },
    evidence: "marker 0 in all of 3 packets",
  },
  {
    code: "lab-version",
    level: "warning",
    reference: "RFC 3550 section 5.1",
    shown: { packets: labPackets(1, 3, () => ({ version: 0 })) },
    notShown: { packets: labPackets(1, 3) },
    evidence: "packet 1 has version 0",
  },
  {
    code: "lab-ssrc-zero",
    level: "info",
    reference: "RFC 3550 section 8",
    shown: { packets: labPackets(1, 3) },
    notShown: { packets: labPackets(1, 3, () => ({ ssrc: 7 })) },
    evidence: "SSRC 0 in all of 3 packets",
  },
  {
    code: "lab-frame-size",
    level: "warning",
    reference: undefined,
    shown: { packets: labPackets(1, 3, (number) => ({ payload: tinyJpeg(1, 20_466 + number) })) },
    notShown: {
      packets: labPackets(1, 2, (number) => ({ payload: tinyJpeg(1, 20_466 + number) })),
    },
    evidence: "frame 3 has 20,469 bytes",
  },
  {
    code: "lab-stopped-at-255",
    level: "error",
    reference: "RFC 3550 section 5.1",
    shown: { packets: labPackets(1, 255), ending: { reason: "silence", totalFrames: undefined } },
    notShown: { packets: labPackets(1, 255), ending: { reason: "silence", totalFrames: 255 } },
    evidence: "the last sequence number was 255, then silence",
  },
  {
    code: "lab-rtsp-line-ends",
    level: "info",
    reference: "RFC 2326 section 4",
    shown: {
      packets: [],
      messages: [
        request("SETUP", "movie.Mjpeg"),
        reply("RTSP/1.0 200 OK\nCSeq: 1\nSession: 123456"),
        request("PLAY", "movie.Mjpeg"),
        reply("RTSP/1.0 200 OK\nCSeq: 2\nSession: 123456"),
      ],
    },
    notShown: {
      packets: [],
      messages: [request("SETUP", "rtsp://h/m"), reply("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n")],
    },
    evidence: '2 messages; the reply to SETUP begins "RTSP/1.0 200 OK\\nCSeq: 1\\nSess…"',
  },
  {
    code: "lab-rtsp-no-blank-line",
    level: "info",
    reference: "RFC 2326 section 7",
    shown: {
      packets: [],
      messages: [request("SETUP", "movie.Mjpeg"), reply("RTSP/1.0 200 OK\r\nCSeq: 1\r\n")],
    },
    notShown: { packets: [], messages: [reply("RTSP/1.0 200 OK\nCSeq: 1\n\n")] },
    evidence: 'the reply to SETUP ends "RTSP/1.0 200 OK\\r\\nCSeq: 1\\r\\n"',
  },
  {
    code: "lab-rtsp-version",
    level: "info",
    reference: "RFC 2326 section 3.1",
    shown: { packets: [], messages: [reply("RTSP/1.4 200 OK\nCSeq: 1\nSession: 1\nFrames: 240")] },
    notShown: { packets: [], messages: [reply("RTSP/2.0 200 OK\r\nCSeq: 1\r\n\r\n")] },
    evidence: "the reply to nothing states RTSP/1.4",
  },
  {
    code: "rtsp-cseq",
    level: "warning",
    reference: "RFC 2326 section 12.17",
    shown: {
      packets: [],
      messages: [request("SETUP", "m"), reply("RTSP/1.0 200 OK\r\nSession: 1\r\n\r\n")],
    },
    notShown: { packets: [], messages: [reply("RTSP/1.0 200 OK\r\ncseq: 1\r\n\r\n")] },
    evidence: "the reply to SETUP",
  },
  {
    code: "transport-missing",
    level: "warning",
    reference: "RFC 2326 section 12.39",
    shown: setUp("Session: A1"),
    notShown: setUp("Session: A1\r\nTransport: RTP/AVP;unicast;client_port=6000-6001"),
    evidence: "SETUP was answered 200 OK, no Transport",
  },
  {
    code: "session-missing",
    level: "warning",
    reference: "RFC 2326 section 12.37",
    shown: setUp("Transport: RTP/AVP;unicast"),
    // One session for all streams, named once.
    notShown: setUp("Transport: RTP/AVP;unicast\r\nSession: A1", "Transport: RTP/AVP;unicast"),
    evidence: "SETUP was answered 200 OK, no Session",
  },
  {
    code: "sequence-gap",
    level: "warning",
    reference: "RFC 3550 section 5.1",
    shown: { packets: [...labPackets(1, 3), ...labPackets(6, 7), ...labPackets(9, 9)] },
    notShown: { packets: [labPacket(1), labPacket(3), labPacket(2)] },
    evidence: "2 missing after sequence 3; 1 missing after sequence 7",
  },
  {
    code: "sequence-reordered",
    level: "info",
    reference: undefined,
    shown: { packets: [labPacket(1), labPacket(3), labPacket(2)] },
    notShown: { packets: [labPacket(1), labPacket(2), labPacket(2)] },
    evidence: "sequence 2 came 1 behind the highest",
  },
  {
    code: "sequence-duplicate",
    level: "warning",
    reference: "RFC 3550 section 5.1",
    shown: { packets: [labPacket(1), labPacket(2), labPacket(2)] },
    notShown: { packets: [labPacket(1), labPacket(2), labPacket(2, { payload: tinyJpeg(99) })] },
    evidence: "packet 3 repeats sequence 2",
  },
  {
    code: "sequence-reused",
    level: "error",
    reference: "RFC 3550 section 5.1",
    shown: { packets: [labPacket(1), labPacket(2), labPacket(2, { payload: tinyJpeg(99) })] },
    notShown: { packets: [labPacket(1), labPacket(2), labPacket(2)] },
    evidence: "packet 3 repeats sequence 2 with another payload",
  },
  {
    code: "host-drops",
    level: "warning",
    reference: undefined,
    shown: {
      packets: [labPacket(1), labPacket(5)],
      ending: { reason: "stopped", totalFrames: undefined, hostDrops: 3 },
    },
    notShown: {
      packets: [labPacket(1), labPacket(5)],
      ending: { reason: "stopped", totalFrames: undefined, hostDrops: 0 },
    },
    evidence: "the socket's drop counter is 3",
  },
  {
    code: "sequence-restart",
    level: "warning",
    reference: "RFC 3550 section 5.1",
    shown: { packets: [...labPackets(1, 200), ...labPackets(1, 3)] },
    notShown: { packets: labPackets(65_530, 65_540) },
    evidence: "1 new beginning: packet 202 has sequence 2 after 1; so: timestamps jump 1 time by " +
      "other than the time that passed",
  },
  {
    code: "timestamp-rate",
    level: "warning",
    reference: "RFC 3550 section 5.1",
    shown: { packets: labPackets(1, 81, (number) => ({ timestamp: number * 3000 })) },
    notShown: { packets: labPackets(1, 41, (number) => ({ timestamp: number * 3000 })) },
    evidence: "240,000 ticks in 4.0 s",
  },
  {
    code: "ssrc-changed",
    level: "warning",
    reference: "RFC 3550 section 8.2",
    shown: { packets: labPackets(1, 3, (number) => ({ ssrc: number === 3 ? 0xabc : 0 })) },
    notShown: {
      packets: [...labPackets(1, 2), labPacket(9, { ssrc: 1, stream: "audio" })],
    },
    evidence: "packet 3 has SSRC 00000abc after 00000000",
  },
  {
    code: "frame-damaged",
    level: "error",
    reference: undefined,
    shown: {
      packets: labPackets(1, 2),
      frames: [damagedFrame(1, "A packet within it was lost")],
      ending: { reason: "silence", totalFrames: undefined },
    },
    notShown: {
      packets: labPackets(1, 2),
      frames: [damagedFrame(1, "It was cut")],
      ending: { reason: "stopped", totalFrames: undefined },
    },
    evidence: "frame 1 (from sequence 1): A packet within it was lost",
  },
  {
    code: "picture-frozen",
    level: "warning",
    reference: undefined,
    shown: {
      packets: labPackets(1, 30, (number) => number < 5 ? {} : { payload: tinyJpeg(5) }),
    },
    notShown: {
      packets: labPackets(1, 24, (number) => number < 5 ? {} : { payload: tinyJpeg(5) }),
    },
    evidence: "frames 5 to 30 are equal byte for byte",
  },
  {
    code: "stream-cut",
    level: "error",
    reference: undefined,
    shown: { packets: labPackets(1, 9), ending: { reason: "cut", totalFrames: 1000 } },
    notShown: { packets: labPackets(1, 9), ending: { reason: "complete", totalFrames: 9 } },
    evidence: "the last sequence number was 9",
  },
  {
    code: "no-media",
    level: "error",
    reference: undefined,
    shown: {
      packets: [],
      messages: [request("PLAY", "rtsp://h/m"), reply("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n")],
    },
    notShown: { packets: [] },
    evidence: "0 packets",
  },
];

for (const { code, level, reference, shown, notShown, evidence } of CASES) {
  Deno.test(`${code} is found where it is, with what shows it and what it departs from`, () => {
    const found = findingOf(shown, code);
    assert(found !== undefined, `no ${code}`);
    assertEquals({ level: found.level, reference: found.reference }, { level, reference });
    assertEquals(found.evidence, evidence);
  });

  Deno.test(`${code} is not found in something close to it`, () => {
    assertEquals(findingOf(notShown, code), undefined);
  });
}

Deno.test("a healthy lab stream is called so in one sentence, before everything else", () => {
  const [first, ...others] = findingsOf({ packets: labPackets(1, 41) });
  assertEquals(first?.code, "lab-dialect");
  assertStringIncludes(first?.message ?? "", "course-lab dialect: one whole JPEG file per packet");
  assertStringIncludes(first?.message ?? "", "20 frames a second; it is healthy");
  assertEquals(others.map(({ level }) => level).filter((level) => level !== "info"), []);
});

Deno.test("a lab stream with a gap is not called healthy", () => {
  const found = findingOf({ packets: [labPacket(1), labPacket(3)] }, "lab-dialect");
  assertStringIncludes(found?.message ?? "", "1 thing about it needs a look");
});

Deno.test("a lab picture cut over several packets is called so", () => {
  const jpeg = tinyJpeg(1, 200);
  const piece = (number: number): Uint8Array => jpeg.subarray((number - 1) * 50, number * 50);
  const packets = labPackets(1, 4, (number) => ({ payload: piece(number), marker: number === 4 }));
  const frame = { ...damagedFrame(1, ""), jpeg, damage: undefined };
  const findings = findingsOf({ packets, frames: [frame] });
  assertStringIncludes(findings[0]?.message ?? "", "JPEG files cut over several packets");
  assertEquals(findings.some(({ code }) => code === "lab-sequence-is-frame-number"), false);
});

Deno.test("errors come before warnings, and warnings before what is only good to know", () => {
  const levels = findingsOf({
    packets: [...labPackets(1, 3), labPacket(9), labPacket(9, { payload: tinyJpeg(50) })],
  }).map(({ level }) => level);
  assertEquals(levels.slice(0, 4), ["info", "error", "warning", "info"]);
});

Deno.test("a stream in the format of RFC 2435 has no lab findings", () => {
  const change = (number: number): object => ({
    payload: RFC2435_PAYLOAD,
    ssrc: 5,
    sequence: 30_000 + number,
  });
  assertEquals(findingsOf({ packets: labPackets(1, 21, change), frames: [] }), []);
});

Deno.test("whatever comes, conclusions are drawn", () => {
  const packet = fc.record({
    sequence: fc.nat(0xffff),
    timestamp: fc.nat(0xffff_ffff),
    ssrc: fc.nat(3),
    version: fc.nat(3),
    payloadType: fc.nat(127),
    marker: fc.boolean(),
    time: fc.integer({ min: START, max: START + 10_000 }),
    payload: fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(tinyJpeg(3))),
  });
  const reason = fc.constantFrom("complete", "silence", "cut", "stopped", "failed");
  fc.assert(fc.property(fc.array(packet), reason, (packets, reason) => {
    const seen = packets.map((parts) => labPacket(1, parts as PacketParts));
    const findings = findingsOf({
      packets: seen,
      ending: { reason, totalFrames: undefined } as Ending,
    });
    for (const { message, evidence } of findings) assert(message !== "" && evidence !== "");
    assertEquals(new Set(findings.map(({ code }) => code)).size, findings.length);
  }));
});

Deno.test("whatever is said and reported, conclusions are drawn", () => {
  const status = fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined });
  const name = fc.constantFrom("CSeq", "Transport", "Session", "Content-Base", "WWW-Authenticate");
  const message = fc.record({
    direction: fc.constantFrom("out" as const, "in" as const),
    time: fc.integer({ min: START, max: START + 60_000 }),
    method: fc.constantFrom("OPTIONS", "DESCRIBE", "SETUP", "PLAY", "GET_PARAMETER"),
    target: fc.string({ maxLength: 20 }),
    status,
    reason: fc.string({ maxLength: 5 }),
    version: fc.constantFrom("RTSP/1.0", ""),
    headers: fc.array(fc.tuple(name, fc.string({ maxLength: 30 })), { maxLength: 4 }),
    body: fc.string({ maxLength: 30 }),
  });
  const u32 = fc.nat(0xffff_ffff);
  const report = fc.record({
    ssrc: u32,
    rtpTimestamp: u32,
    packetCount: u32,
    ntpTimestamp: fc.record({ seconds: u32, fraction: u32 }),
  });
  const kind = fc.constantFrom("authentication", "protocol", "status", "no-reply", "other");
  const inputs = fc.tuple(fc.array(message), fc.array(report), kind);
  fc.assert(fc.property(inputs, ([messages, reports, kind]) => {
    const inspector = watch({ packets: labPackets(1, 3), messages: messages as ObservedMessage[] });
    for (const parts of reports) {
      const packet = { type: "SR" as const, octetCount: 0, reports: [], ...parts };
      inspector.rtcp({ time: START, packet });
    }
    const ending = { reason: "cut", totalFrames: undefined } as const;
    const failure = { kind: kind as "other", message: "failed" };
    for (const each of [inspector, watch({ packets: [], messages: messages as never })]) {
      const { verdict, findings } = each.judge(ending, failure);
      assert(verdict.message !== "");
      for (const { message, evidence } of findings) assert(message !== "" && evidence !== "");
    }
  }));
});
