import {
  formatReceiverReport,
  parseReceiverReport,
  type ReceiverReport,
} from "../../../lib/rtcp/receiver_report.ts";
import { MAX_REPORT_BLOCKS, type ReportBlock } from "../../../lib/rtcp/report_block.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { type Golden, hex } from "../../support/golden.ts";
import { type Malformed, packetSuite } from "./suite.ts";

const BLOCK: ReportBlock = {
  ssrc: 0xcafe0001,
  fractionLost: 0,
  cumulativeLost: 0,
  extendedHighestSequence: 0x1000a,
  jitter: 12,
  lastSenderReport: 0,
  delaySinceLastSenderReport: 0,
};

const golden: Golden<ReceiverReport>[] = [
  {
    name: "ffmpeg's hole punch: SSRC 0, no blocks",
    bytes: hex`80 c9 00 01 00 00 00 00`,
    value: { type: "RR", ssrc: 0, reports: [] },
  },
  {
    name: "one block",
    bytes: hex`
      81 c9 00 07  # V=2, P=0, RC=1, RR, 8 words
      00 00 00 09  # SSRC of this receiver
      ca fe 00 01  # reported SSRC
      00 00 00 00  # nothing lost
      00 01 00 0a  # extended highest sequence
      00 00 00 0c  # jitter
      00 00 00 00  # no LSR yet
      00 00 00 00  # no DLSR
    `,
    value: { type: "RR", ssrc: 9, reports: [BLOCK] },
  },
  {
    name: "no block but an extension, and padding",
    bytes: hex`a0 c9 00 04 00000009 01020304 05060708 00000004`,
    value: { type: "RR", ssrc: 9, reports: [], extension: hex`0102030405060708`, padding: 4 },
  },
];

const malformed: Malformed[] = [
  { name: "no SSRC", bytes: hex`80c90000`, position: 4, problem: "Needs 4 more bytes" },
  {
    name: "a block that padding has eaten",
    bytes: hex`a1c90007 00000009 00000000 00000000 00000000 00000000 00000000 00000004`,
    position: 8,
    problem: "Announces 1 report blocks",
  },
];

packetSuite("receiver report", { parse: parseReceiverReport, format: formatReceiverReport }, {
  golden,
  malformed,
});

Deno.test("a receiver report holds 31 report blocks and not one more", () => {
  const reports = Array.from({ length: MAX_REPORT_BLOCKS }, (_, ssrc) => ({ ...BLOCK, ssrc }));
  const full: ReceiverReport = { type: "RR", ssrc: 1, reports };
  assertEquals(parseReceiverReport(formatReceiverReport(full)), full);
  const over: ReceiverReport = { ...full, reports: [...reports, BLOCK] };
  assertThrows(() => formatReceiverReport(over), RangeError);
});
