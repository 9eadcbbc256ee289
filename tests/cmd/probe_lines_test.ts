import { PacketLines } from "../../cmd/print_packets.ts";
import { rtcpWords } from "../../cmd/print_rtcp.ts";
import { verdictLines } from "../../cmd/print_findings.ts";
import { PLAIN, styleFor } from "../../cmd/style.ts";
import { StreamInspector } from "../../lib/inspect/stream_inspector.ts";
import type { RtcpPacket } from "../../lib/rtcp/packet.ts";
import { ntpFromUnixMilliseconds } from "../../lib/rtcp/ntp.ts";
import { parseRtpPacket } from "../../lib/rtp/packet.ts";
import { assertEquals } from "../support/assert.ts";
import { H264_CAPTURE } from "../lib/codec/captures.ts";

const BLOCK = {
  ssrc: 0xabc,
  fractionLost: 64,
  cumulativeLost: 1234,
  extendedHighestSequence: 70_000,
  jitter: 90,
  lastSenderReport: 5,
  delaySinceLastSenderReport: 65_536,
};

const PACKETS: [packet: RtcpPacket, words: string][] = [
  [
    {
      type: "SR",
      ssrc: 0xdecade01,
      ntpTimestamp: ntpFromUnixMilliseconds(1_700_000_000_250),
      rtpTimestamp: 4500,
      packetCount: 1000,
      octetCount: 1_400_000,
      reports: [BLOCK],
    },
    "SR decade01 2023-11-14 22:13:20.250Z = 4500, 1,000 packets, 1,400,000 bytes, " +
    "-12 ms to the packets, clock 90,010 Hz; of 00000abc: lost 1,234 (25.0 % lately), " +
    "highest 70000, jitter 90, SR 1000 ms ago",
  ],
  [
    { type: "RR", ssrc: 7, reports: [{ ...BLOCK, lastSenderReport: 0 }] },
    "RR 00000007; of 00000abc: lost 1,234 (25.0 % lately), highest 70000, jitter 90, no SR seen",
  ],
  [
    { type: "SDES", chunks: [{ source: 7, items: [{ type: "CNAME", text: "me@here" }] }] },
    'SDES 00000007 CNAME "me@here"',
  ],
  [{ type: "BYE", sources: [7, 8], reason: "over" }, 'BYE 00000007 00000008 "over"'],
];

for (const [packet, words] of PACKETS) {
  Deno.test(`RTCP ${packet.type} is told with all its fields`, () => {
    assertEquals(rtcpWords(packet, { aheadMs: -12.4, rate: 90_010.2 }), words);
  });
}

/** Lines about the packets of a stream, without their times. */
function lines(packets: readonly Uint8Array[], style = PLAIN): string[] {
  const { encoding, clockRate } = H264_CAPTURE.track;
  const stream = new StreamInspector({
    name: "video",
    format: { encoding, clockRate },
    described: undefined,
  });
  const printer = new PacketLines(style);
  return packets.flatMap((bytes, i) => {
    const packet = parseRtpPacket(bytes);
    const seen = stream.packet({ time: i * 40, packet, size: bytes.length });
    return printer.rtp(seen, i * 40).map((line) => line.slice(12));
  });
}

Deno.test("a packet's line says what it carries, where frames end, and what is missing", () => {
  const [first, second, third, fourth, fifth, sixth] = H264_CAPTURE.packets;
  assertEquals(lines([first!, second!, third!, fifth!, fourth!, sixth!]), [
    "stream      Δms    seq     Δ   timestamp        Δ M  PT bytes jitter",
    "video               77        1779661183             96    77    0.0  SSRC 84389958  " +
    "STAP-A SPS 22, PPS 6, SPS 22, PPS 6",
    "video     +40.0     78    +1  1779661183        ·    96   100    0.0  FU-A IDR start  KEY",
    "video     +40.0     79    +1  1779661183        ·    96   100    0.0  FU-A IDR",
    "video     +40.0     81    +2  1779664783    +3600 M  96    18    1.3  LOST 1 before this  slice P 6",
    "video     +40.0     80    -1  1779661183    -3600 M  96    32    1.3  late by 1  FU-A IDR end",
    "video     +40.0     82    +1  1779668383    +7200    96    77   11.2  STAP-A SPS 22, PPS 6, SPS 22, PPS 6",
  ]);
});

Deno.test("colour only adds to a line", () => {
  const esc = String.fromCharCode(27);
  const bare = lines(H264_CAPTURE.packets, styleFor(true)).map((line) => {
    return line.replaceAll(new RegExp(`${esc}\\[\\d+m`, "g"), "");
  });
  const plain = lines(H264_CAPTURE.packets);
  assertEquals(bare.map((line) => line.trimEnd().slice(-40)), plain.map((line) => line.slice(-40)));
});

Deno.test("a verdict is a line, and what to do next below it", () => {
  const verdict = { level: "error", code: "no-media", message: "nothing", advice: "Look" } as const;
  assertEquals(verdictLines(verdict, PLAIN), [
    "✗ Verdict: nothing",
    "           Next: Look",
  ]);
});
