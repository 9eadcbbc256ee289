import { formatPacket, openPacket, paddingField, type RtcpPacketBase } from "./header.ts";

const ELEMENT = "RTCP packet";

/** A packet of a type that RFC 3550 does not define, kept as it came. */
export interface RawPacket extends RtcpPacketBase {
  type: "unknown";
  /** 0 … 255. */
  packetType: number;
  /** The 5 bits after the padding bit: a count, or a feedback format (RFC 4585). */
  count: number;
  /** Whole 32-bit words after the header, without padding. */
  body: Uint8Array;
}

/**
 * Reads exactly one packet of any type; its body is a view.
 * @throws {MalformedError} when header or padding is damaged
 */
export function parseRawPacket(bytes: Uint8Array): RawPacket {
  const { count, packetType, padding, reader } = openPacket(bytes, ELEMENT);
  return { type: "unknown", packetType, count, body: reader.rest(), ...paddingField(padding) };
}

/** @throws {RangeError} when a value does not fit its field or `body` is not whole words */
export function formatRawPacket(packet: RawPacket): Uint8Array<ArrayBuffer> {
  return formatPacket(packet, (writer) => writer.bytes(packet.body));
}
