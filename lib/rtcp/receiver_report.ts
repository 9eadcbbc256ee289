import {
  formatPacket,
  openPacket,
  PacketType,
  paddingField,
  type RtcpPacketBase,
} from "./header.ts";
import { readReportBlocks, type ReportBlock, writeReportBlock } from "./report_block.ts";

const ELEMENT = "RTCP receiver report";

/**
 * RR: what someone who does not send has received (RFC 3550 section 6.4.2).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|    RC   |   PT=RR=201   |             length            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     SSRC of packet sender                     |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |       RC report blocks …      profile-specific extensions …   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export interface ReceiverReport extends RtcpPacketBase {
  type: "RR";
  /** The sender of this packet. */
  ssrc: number;
  /** At most 31. */
  reports: ReportBlock[];
  /** Whole 32-bit words after the report blocks, kept raw; absent when there are none. */
  extension?: Uint8Array;
}

/**
 * Reads exactly one receiver report; the extension is a view.
 * @throws {MalformedError} when it is damaged or of another type
 */
export function parseReceiverReport(bytes: Uint8Array): ReceiverReport {
  const { count, padding, reader } = openPacket(bytes, ELEMENT, PacketType.RECEIVER_REPORT);
  return {
    type: "RR",
    ssrc: reader.u32(),
    reports: readReportBlocks(reader, count),
    ...(reader.remaining > 0 ? { extension: reader.rest() } : {}),
    ...paddingField(padding),
  };
}

/** @throws {RangeError} when a value does not fit its field or there are above 31 reports */
export function formatReceiverReport(report: ReceiverReport): Uint8Array<ArrayBuffer> {
  const { ssrc, reports, extension, padding } = report;
  const opening = { count: reports.length, packetType: PacketType.RECEIVER_REPORT, padding };
  return formatPacket(opening, (writer) => {
    writer.u32(ssrc);
    for (const block of reports) writeReportBlock(writer, block);
    if (extension !== undefined) writer.bytes(extension);
  });
}
