import {
  type ApplicationDefined,
  formatApplicationDefined,
  parseApplicationDefined,
} from "./application_defined.ts";
import { formatGoodbye, type Goodbye, parseGoodbye } from "./goodbye.ts";
import { PacketType, parseRtcpHeader } from "./header.ts";
import { formatRawPacket, parseRawPacket, type RawPacket } from "./raw_packet.ts";
import {
  formatReceiverReport,
  parseReceiverReport,
  type ReceiverReport,
} from "./receiver_report.ts";
import { formatSenderReport, parseSenderReport, type SenderReport } from "./sender_report.ts";
import {
  formatSourceDescription,
  parseSourceDescription,
  type SourceDescription,
} from "./source_description.ts";

/** Any RTCP packet, told apart by `type`. */
export type RtcpPacket =
  | SenderReport
  | ReceiverReport
  | SourceDescription
  | Goodbye
  | ApplicationDefined
  | RawPacket;

/**
 * Reads exactly one packet of whatever type; bytes in it are views.
 * @throws {MalformedError} when it is damaged
 */
export function parseRtcpPacket(bytes: Uint8Array): RtcpPacket {
  switch (parseRtcpHeader(bytes).packetType) {
    case PacketType.SENDER_REPORT:
      return parseSenderReport(bytes);
    case PacketType.RECEIVER_REPORT:
      return parseReceiverReport(bytes);
    case PacketType.SOURCE_DESCRIPTION:
      return parseSourceDescription(bytes);
    case PacketType.GOODBYE:
      return parseGoodbye(bytes);
    case PacketType.APPLICATION_DEFINED:
      return parseApplicationDefined(bytes);
    default:
      return parseRawPacket(bytes);
  }
}

/** @throws {RangeError} when a value does not fit its field */
export function formatRtcpPacket(packet: RtcpPacket): Uint8Array<ArrayBuffer> {
  switch (packet.type) {
    case "SR":
      return formatSenderReport(packet);
    case "RR":
      return formatReceiverReport(packet);
    case "SDES":
      return formatSourceDescription(packet);
    case "BYE":
      return formatGoodbye(packet);
    case "APP":
      return formatApplicationDefined(packet);
    case "unknown":
      return formatRawPacket(packet);
  }
}
