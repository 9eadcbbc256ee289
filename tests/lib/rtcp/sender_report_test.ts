import { MAX_REPORT_BLOCKS, type ReportBlock } from "../../../lib/rtcp/report_block.ts";
import {
  formatSenderReport,
  parseSenderReport,
  type SenderReport,
  updateSenderReport,
} from "../../../lib/rtcp/sender_report.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { type Golden, hex } from "../../support/golden.ts";
import { type Malformed, packetSuite } from "./suite.ts";

const PLAIN: SenderReport = {
  type: "SR",
  ssrc: 0x11223344,
  ntpTimestamp: { seconds: 0xb44db705, fraction: 0x20000000 },
  rtpTimestamp: 90_000,
  packetCount: 100,
  octetCount: 0x20000,
  reports: [],
};

const BLOCK: ReportBlock = {
  ssrc: 2,
  fractionLost: 1,
  cumulativeLost: -2,
  extendedHighestSequence: 3,
  jitter: 4,
  lastSenderReport: 5,
  delaySinceLastSenderReport: 6,
};

const golden: Golden<SenderReport>[] = [
  {
    name: "as a sender that receives nothing writes it",
    bytes: hex`
      80 c8 00 06  # V=2, P=0, RC=0, SR, 7 words
      11 22 33 44  # SSRC
      b4 4d b7 05  # NTP seconds
      20 00 00 00  # NTP fraction
      00 01 5f 90  # RTP timestamp
      00 00 00 64  # packet count
      00 02 00 00  # octet count
    `,
    value: PLAIN,
  },
  {
    name: "with a report block, a profile-specific extension and padding",
    bytes: hex`
      a1 c8 00 0f  # V=2, P=1, RC=1, SR, 16 words
      11 22 33 44  # SSRC
      b4 4d b7 05  # NTP seconds
      20 00 00 00  # NTP fraction
      00 01 5f 90  # RTP timestamp
      00 00 00 64  # packet count
      00 02 00 00  # octet count
      00 00 00 02  # reported SSRC
      01 ff ff fe  # fraction and cumulative lost
      00 00 00 03  # extended highest sequence
      00 00 00 04  # jitter
      00 00 00 05  # LSR
      00 00 00 06  # DLSR
      ca fe ba be  # extension
      00 00 00 00  # padding
      00 00 00 08
    `,
    value: { ...PLAIN, reports: [BLOCK], extension: hex`cafebabe`, padding: 8 },
  },
];

const malformed: Malformed[] = [
  {
    name: "a receiver report",
    bytes: hex`80c90001 00000000`,
    position: 1,
    problem: "Packet type is 201, not 200",
  },
  {
    name: "one word too short for the sender information",
    bytes: hex`80c80005 00000000 00000000 00000000 00000000 00000000`,
    position: 24,
    problem: "Needs 4 more bytes",
  },
  {
    name: "a report block announced and none there",
    bytes: hex`81c80006 00000000 00000000 00000000 00000000 00000000 00000000`,
    position: 28,
    problem: "Announces 1 report blocks",
  },
];

packetSuite("sender report", { parse: parseSenderReport, format: formatSenderReport }, {
  golden,
  malformed,
});

Deno.test("a sender report holds 31 report blocks and not one more", () => {
  const reports = Array.from({ length: MAX_REPORT_BLOCKS }, (_, ssrc) => ({ ...BLOCK, ssrc }));
  const full = { ...PLAIN, reports };
  assertEquals(parseSenderReport(formatSenderReport(full)), full);
  const over = { ...PLAIN, reports: [...reports, BLOCK] };
  assertThrows(() => formatSenderReport(over), RangeError);
});

Deno.test("a sender report's extension is a view, and must be whole words", () => {
  const bytes = golden[1]!.bytes.slice();
  assert(parseSenderReport(bytes).extension?.buffer === bytes.buffer);
  const odd = { ...PLAIN, extension: new Uint8Array(3) };
  assertThrows(() => formatSenderReport(odd), RangeError, "multiple of 4");
});

Deno.test("a report brought up to date in place is the one that would be formatted", () => {
  const progress = {
    ntpTimestamp: { seconds: 0xffffffff, fraction: 1 },
    rtpTimestamp: 0x80000000,
    packetCount: 0xfffffffe,
    octetCount: 7,
  };
  const before: SenderReport = { ...PLAIN, reports: [BLOCK] };
  const bytes = new Uint8Array([0xaa, ...formatSenderReport(before), 0xbb]);
  updateSenderReport(bytes.subarray(1), progress);
  const expected = formatSenderReport({ ...before, ...progress });
  assertEquals(bytes, new Uint8Array([0xaa, ...expected, 0xbb]));
});
