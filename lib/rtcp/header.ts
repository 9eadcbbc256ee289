import { MalformedError } from "../bytes/malformed.ts";
import { ByteReader } from "../bytes/reader.ts";
import { ByteWriter } from "../bytes/writer.ts";

/** The version of RTCP that RFC 3550 defines. */
export const RTCP_VERSION = 2;
/** Bytes of the header that all RTCP packets begin with. */
export const RTCP_HEADER_LENGTH = 4;
/** Highest value of the 5-bit field for a count of reports, chunks or sources, or a subtype. */
export const MAX_COUNT = 31;
/** Most bytes of one packet: its 16-bit length field counts 32-bit words less one. */
export const MAX_RTCP_PACKET_LENGTH = 0x1_0000 * 4;
/** Most bytes of padding: a multiple of 4 that fits the last byte. */
export const MAX_RTCP_PADDING = 252;
/** RTCP lays everything out in words of this many bytes. */
export const WORD = 4;

/** The packet types of RFC 3550 section 12.1. */
export const PacketType = Object.freeze({
  SENDER_REPORT: 200,
  RECEIVER_REPORT: 201,
  SOURCE_DESCRIPTION: 202,
  GOODBYE: 203,
  APPLICATION_DEFINED: 204,
});

const ELEMENT = "RTCP header";
const VERSION_SHIFT = 6;
const PADDING_BIT = 0x20;
const COUNT_MASK = 0x1f;
const PACKET_TYPE_OFFSET = 1;
const LENGTH_OFFSET = 2;

/**
 * What every RTCP packet begins with (RFC 3550 section 6.4.1).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|  count  |  packet type  |   length in words, less one   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export interface RtcpHeader {
  /** The P bit: the last byte of the packet counts bytes of padding. */
  hasPadding: boolean;
  /** Reports, chunks or sources that follow, or an application's subtype: 0 … 31. */
  count: number;
  /** 0 … 255; {@linkcode PacketType} names those of RFC 3550. */
  packetType: number;
  /** Bytes of the whole packet, header and padding included. */
  length: number;
}

/** What the packets of every type have in common. */
export interface RtcpPacketBase {
  /** Bytes of padding at the end, a multiple of 4; absent when there is none. */
  padding?: number;
}

/** A packet whose header has been checked: what a parser of one type goes on with. */
export interface OpenedPacket {
  count: number;
  packetType: number;
  /** Bytes of padding, 0 when there is none. */
  padding: number;
  /** Stands after the header and ends before the padding; positions count from the header. */
  reader: ByteReader;
}

/**
 * Reads the header of the packet at offset `at`.
 * @throws {MalformedError} when it is cut short, of another version, or longer than what is there
 */
export function parseRtcpHeader(bytes: Uint8Array, at = 0): RtcpHeader {
  const left = bytes.length - at;
  if (left < RTCP_HEADER_LENGTH) {
    throw new MalformedError(ELEMENT, at, `Needs ${RTCP_HEADER_LENGTH} bytes, has ${left}`);
  }
  const first = bytes[at]!;
  if (first >>> VERSION_SHIFT !== RTCP_VERSION) {
    const version = first >>> VERSION_SHIFT;
    throw new MalformedError(ELEMENT, at, `Version is ${version}, not ${RTCP_VERSION}`);
  }
  const words = (bytes[at + LENGTH_OFFSET]! << 8) | bytes[at + LENGTH_OFFSET + 1]!;
  const length = (words + 1) * WORD;
  if (length > left) {
    throw new MalformedError(
      ELEMENT,
      at + LENGTH_OFFSET,
      `Announces a packet of ${length} bytes, only ${left} are left`,
    );
  }
  return {
    hasPadding: (first & PADDING_BIT) !== 0,
    count: first & COUNT_MASK,
    packetType: bytes[at + PACKET_TYPE_OFFSET]!,
    length,
  };
}

/**
 * Checks the header and padding of exactly one packet.
 * @param element the packet's name in errors
 * @param packetType the type it must have; any when left out
 * @throws {MalformedError} when header or padding is damaged, or the type is another
 */
export function openPacket(bytes: Uint8Array, element: string, packetType?: number): OpenedPacket {
  const header = parseRtcpHeader(bytes);
  if (header.length !== bytes.length) {
    const problem = `Announces ${header.length} bytes, but ${bytes.length} are there`;
    throw new MalformedError(element, LENGTH_OFFSET, problem);
  }
  if (packetType !== undefined && header.packetType !== packetType) {
    const problem = `Packet type is ${header.packetType}, not ${packetType}`;
    throw new MalformedError(element, PACKET_TYPE_OFFSET, problem);
  }
  const padding = header.hasPadding ? readPadding(bytes) : 0;
  const reader = new ByteReader(bytes.subarray(0, bytes.length - padding), element);
  reader.take(RTCP_HEADER_LENGTH);
  return { count: header.count, packetType: header.packetType, padding, reader };
}

/** What {@linkcode formatPacket} puts into the header. */
export interface PacketOpening {
  count: number;
  packetType: number;
  /** Bytes of padding to end with; none when left out. */
  padding?: number | undefined;
}

/**
 * The bytes of one packet: header, what `writeBody` writes, and padding.
 * @throws {RangeError} when a value does not fit its field or the whole is not in 32-bit words
 */
export function formatPacket(
  { count, packetType, padding = 0 }: PacketOpening,
  writeBody: (writer: ByteWriter) => void,
): Uint8Array<ArrayBuffer> {
  if ((count & COUNT_MASK) !== count) {
    throw new RangeError(`RTCP count or subtype ${count}, at most ${MAX_COUNT} fits`);
  }
  if (padding % WORD !== 0 || padding < 0 || padding > MAX_RTCP_PADDING) {
    throw new RangeError(`RTCP padding of ${padding} bytes, not 0, 4 … ${MAX_RTCP_PADDING}`);
  }
  const writer = new ByteWriter()
    .u8((RTCP_VERSION << VERSION_SHIFT) | (padding > 0 ? PADDING_BIT : 0) | count)
    .u8(packetType)
    .u16(0);
  writeBody(writer);
  if (padding > 0) writer.zeros(padding - 1).u8(padding);
  if (writer.length % WORD !== 0 || writer.length > MAX_RTCP_PACKET_LENGTH) {
    throw new RangeError(
      `RTCP packet of ${writer.length} bytes, not a multiple of 4 up to ${MAX_RTCP_PACKET_LENGTH}`,
    );
  }
  return writer.patchU16(LENGTH_OFFSET, writer.length / WORD - 1).finish();
}

/** The part of a packet's value that says its padding: nothing at all when there is none. */
export function paddingField(padding: number): RtcpPacketBase {
  return padding > 0 ? { padding } : {};
}

function readPadding(bytes: Uint8Array): number {
  const padding = bytes[bytes.length - 1]!;
  const most = bytes.length - RTCP_HEADER_LENGTH;
  if (padding === 0 || padding % WORD !== 0 || padding > most) {
    throw new MalformedError(
      "RTCP padding",
      bytes.length - 1,
      `Announces ${padding} bytes, not a multiple of ${WORD} within the ${most} after the header`,
    );
  }
  return padding;
}
