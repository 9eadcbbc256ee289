import {
  formatPacket,
  openPacket,
  PacketType,
  paddingField,
  type RtcpPacketBase,
} from "./header.ts";
import type { NtpTimestamp } from "./ntp.ts";
import { readReportBlocks, type ReportBlock, writeReportBlock } from "./report_block.ts";

const ELEMENT = "RTCP sender report";

/** Where fields stand in a report. */
const NTP_TIMESTAMP_AT = 8;
const RTP_TIMESTAMP_AT = 16;
const PACKET_COUNT_AT = 20;
const OCTET_COUNT_AT = 24;

/**
 * SR: what a sender has sent, and what it has received (RFC 3550 section 6.4.1).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|    RC   |   PT=SR=200   |             length            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         SSRC of sender                        |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |              NTP timestamp, most significant word             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |             NTP timestamp, least significant word             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         RTP timestamp                         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     sender's packet count                     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                      sender's octet count                     |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |       RC report blocks …      profile-specific extensions …   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export interface SenderReport extends RtcpPacketBase {
  type: "SR";
  /** The sender of this packet. */
  ssrc: number;
  /** When this report was sent. */
  ntpTimestamp: NtpTimestamp;
  /** The same moment on the clock of the RTP timestamps. */
  rtpTimestamp: number;
  /** RTP packets sent since the start, modulo 2^32. */
  packetCount: number;
  /** Payload bytes sent since the start, without headers and padding, modulo 2^32. */
  octetCount: number;
  /** At most 31. */
  reports: ReportBlock[];
  /** Whole 32-bit words after the report blocks, kept raw; absent when there are none. */
  extension?: Uint8Array;
}

/**
 * Reads exactly one sender report; the extension is a view.
 * @throws {MalformedError} when it is damaged or of another type
 */
export function parseSenderReport(bytes: Uint8Array): SenderReport {
  const { count, padding, reader } = openPacket(bytes, ELEMENT, PacketType.SENDER_REPORT);
  return {
    type: "SR",
    ssrc: reader.u32(),
    ntpTimestamp: { seconds: reader.u32(), fraction: reader.u32() },
    rtpTimestamp: reader.u32(),
    packetCount: reader.u32(),
    octetCount: reader.u32(),
    reports: readReportBlocks(reader, count),
    ...(reader.remaining > 0 ? { extension: reader.rest() } : {}),
    ...paddingField(padding),
  };
}

/** What changes from one report of a sender to its next. */
export type SenderProgress = Pick<
  SenderReport,
  "ntpTimestamp" | "rtpTimestamp" | "packetCount" | "octetCount"
>;

/**
 * Brings a report up to date in place.
 * @param bytes begin with a report of the same sender
 * @param progress each number from 0 to 2^32 - 1
 */
export function updateSenderReport(
  bytes: Uint8Array,
  { ntpTimestamp, rtpTimestamp, packetCount, octetCount }: SenderProgress,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(NTP_TIMESTAMP_AT, ntpTimestamp.seconds);
  view.setUint32(NTP_TIMESTAMP_AT + 4, ntpTimestamp.fraction);
  view.setUint32(RTP_TIMESTAMP_AT, rtpTimestamp);
  view.setUint32(PACKET_COUNT_AT, packetCount);
  view.setUint32(OCTET_COUNT_AT, octetCount);
}

/** @throws {RangeError} when a value does not fit its field or there are above 31 reports */
export function formatSenderReport(report: SenderReport): Uint8Array<ArrayBuffer> {
  const { reports, extension, padding } = report;
  const opening = { count: reports.length, packetType: PacketType.SENDER_REPORT, padding };
  return formatPacket(opening, (writer) => {
    writer
      .u32(report.ssrc)
      .u32(report.ntpTimestamp.seconds)
      .u32(report.ntpTimestamp.fraction)
      .u32(report.rtpTimestamp)
      .u32(report.packetCount)
      .u32(report.octetCount);
    for (const block of reports) writeReportBlock(writer, block);
    if (extension !== undefined) writer.bytes(extension);
  });
}
