import {
  formatPacket,
  openPacket,
  PacketType,
  paddingField,
  type RtcpPacketBase,
} from "./header.ts";

/** Bytes of an application's name. */
export const APPLICATION_NAME_LENGTH = 4;

const ELEMENT = "RTCP application-defined packet";
const BYTE_MAX = 0xff;

/**
 * APP: for an application's own use (RFC 3550 section 6.7).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P| subtype |   PT=APP=204  |             length            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           SSRC/CSRC                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                          name (ASCII)                         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                   application-dependent data                … |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export interface ApplicationDefined extends RtcpPacketBase {
  type: "APP";
  /** 0 … 31. */
  subtype: number;
  /** SSRC or CSRC. */
  source: number;
  /** Four characters, each one byte; they ought to be ASCII. */
  name: string;
  /** Whole 32-bit words, possibly none. */
  data: Uint8Array;
}

/**
 * Reads exactly one application-defined packet; its data is a view.
 * @throws {MalformedError} when it is damaged or of another type
 */
export function parseApplicationDefined(bytes: Uint8Array): ApplicationDefined {
  const { count, padding, reader } = openPacket(bytes, ELEMENT, PacketType.APPLICATION_DEFINED);
  return {
    type: "APP",
    subtype: count,
    source: reader.u32(),
    name: String.fromCharCode(...reader.take(APPLICATION_NAME_LENGTH)),
    data: reader.rest(),
    ...paddingField(padding),
  };
}

/** @throws {RangeError} when a value does not fit its field or `data` is not whole words */
export function formatApplicationDefined(packet: ApplicationDefined): Uint8Array<ArrayBuffer> {
  const { subtype, source, name, data, padding } = packet;
  const codes = Uint16Array.from({ length: name.length }, (_, i) => name.charCodeAt(i));
  if (codes.length !== APPLICATION_NAME_LENGTH || codes.some((code) => code > BYTE_MAX)) {
    throw new RangeError(`APP name ${JSON.stringify(name)} is not 4 characters of one byte`);
  }
  const opening = { count: subtype, packetType: PacketType.APPLICATION_DEFINED, padding };
  return formatPacket(opening, (writer) => {
    writer.u32(source).bytes(Uint8Array.from(codes)).bytes(data);
  });
}
