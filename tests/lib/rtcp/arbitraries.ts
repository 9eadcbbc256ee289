import fc from "fast-check";
import type { ReportBlock } from "../../../lib/rtcp/report_block.ts";
import { MAX_CUMULATIVE_LOST, MIN_CUMULATIVE_LOST } from "../../../lib/rtcp/report_block.ts";
import type { RtcpPacket } from "../../../lib/rtcp/packet.ts";
import type { SdesItem, SdesTextItemName } from "../../../lib/rtcp/source_description.ts";
import { u32, wordBytes } from "./suite.ts";

// Whole characters, since unpaired surrogates cannot be written as UTF-8: at most 4 bytes each, so
// that two texts fit one item.
const text = fc.string({ unit: "binary", maxLength: 10 });
const padding = fc.integer({ min: 1, max: 63 }).map((words) => words * 4);

const reportBlock: fc.Arbitrary<ReportBlock> = fc.record({
  ssrc: u32,
  fractionLost: fc.integer({ min: 0, max: 255 }),
  cumulativeLost: fc.integer({ min: MIN_CUMULATIVE_LOST, max: MAX_CUMULATIVE_LOST }),
  extendedHighestSequence: u32,
  jitter: u32,
  lastSenderReport: u32,
  delaySinceLastSenderReport: u32,
});
const reports = fc.array(reportBlock, { maxLength: 31 });

const sdesItem: fc.Arbitrary<SdesItem> = fc.oneof(
  fc.record({
    type: fc.constantFrom<SdesTextItemName[]>(
      "CNAME",
      "NAME",
      "EMAIL",
      "PHONE",
      "LOC",
      "TOOL",
      "NOTE",
    ),
    text,
  }),
  fc.record({ type: fc.constant("PRIV" as const), prefix: text, value: text }),
  fc.record({
    type: fc.constant("unknown" as const),
    itemType: fc.integer({ min: 9, max: 255 }),
    data: fc.uint8Array({ maxLength: 40 }),
  }),
);
const chunk = fc.record({ source: u32, items: fc.array(sdesItem, { maxLength: 4 }) });

/** Any packet that can be written. */
export const rtcpPacket: fc.Arbitrary<RtcpPacket> = fc.oneof(
  fc.record({
    type: fc.constant("SR" as const),
    ssrc: u32,
    ntpTimestamp: fc.record({ seconds: u32, fraction: u32 }),
    rtpTimestamp: u32,
    packetCount: u32,
    octetCount: u32,
    reports,
    extension: wordBytes(1),
    padding,
  }, {
    requiredKeys: [
      "type",
      "ssrc",
      "ntpTimestamp",
      "rtpTimestamp",
      "packetCount",
      "octetCount",
      "reports",
    ],
  }),
  fc.record({
    type: fc.constant("RR" as const),
    ssrc: u32,
    reports,
    extension: wordBytes(1),
    padding,
  }, { requiredKeys: ["type", "ssrc", "reports"] }),
  fc.record({
    type: fc.constant("SDES" as const),
    chunks: fc.array(chunk, { maxLength: 31 }),
    padding,
  }, { requiredKeys: ["type", "chunks"] }),
  fc.record({
    type: fc.constant("BYE" as const),
    sources: fc.array(u32, { maxLength: 31 }),
    reason: text,
    padding,
  }, { requiredKeys: ["type", "sources"] }),
  fc.record({
    type: fc.constant("APP" as const),
    subtype: fc.integer({ min: 0, max: 31 }),
    source: u32,
    name: fc.string({ unit: "binary-ascii", minLength: 4, maxLength: 4 }),
    data: wordBytes(),
    padding,
  }, { requiredKeys: ["type", "subtype", "source", "name", "data"] }),
  fc.record({
    type: fc.constant("unknown" as const),
    packetType: fc.integer({ min: 205, max: 255 }),
    count: fc.integer({ min: 0, max: 31 }),
    body: wordBytes(),
    padding,
  }, { requiredKeys: ["type", "packetType", "count", "body"] }),
);
