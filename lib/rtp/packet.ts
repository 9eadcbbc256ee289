import { MalformedError } from "../bytes/malformed.ts";
import { EXTENSION_HEADER_LENGTH, type RtpExtension } from "./extension.ts";
import {
  MARKER_BIT,
  MARKER_OFFSET,
  PAYLOAD_TYPE_MASK,
  readU16,
  readU32,
  RTP_HEADER_LENGTH,
  RTP_VERSION,
  type RtpHeaderFields,
  SEQUENCE_OFFSET,
  SSRC_OFFSET,
  TIMESTAMP_OFFSET,
  VERSION_SHIFT,
  writeRtpHeader,
  writeU16,
  writeU32,
} from "./header.ts";

export { RTP_HEADER_LENGTH, RTP_VERSION, type RtpHeaderFields, writeRtpHeader };

/** Bytes of one entry of the CSRC list. */
export const CSRC_LENGTH = 4;
/** Most contributing sources a packet can name: the CC field has 4 bits. */
export const MAX_CSRC_COUNT = 15;
/** Most bytes of padding: the last byte counts them, itself included. */
export const MAX_PADDING_LENGTH = 255;
/** Most bytes of one packet: neither a UDP datagram nor an interleaved block holds more. */
export const MAX_RTP_PACKET_LENGTH = 65_535;

const ELEMENT = "RTP header";
const WORD = 4;
const VERSION_MAX = 0b11;
const PADDING_BIT = 0x20;
const EXTENSION_BIT = 0x10;
const CSRC_COUNT_MASK = 0x0f;
const EXTENSION_WORDS_OFFSET = 2;

const NO_CSRCS: readonly number[] = Object.freeze([]);

/**
 * One RTP data packet (RFC 3550 sections 5.1 and 5.3.1).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           timestamp                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           synchronization source (SSRC) identifier            |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |         contributing source (CSRC) identifiers, CC of them    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   X: defined by profile       |     length in 32-bit words    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   X: header extension …   payload …   P: padding … , count    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export interface RtpPacket extends RtpHeaderFields {
  /** 2, or whatever arrived under the tolerance {@linkcode RtpParseOptions.anyVersion}. */
  version: number;
  /** Bytes of padding after the payload, its count byte included; 0 when there is none. */
  padding: number;
  /** Contributing sources, at most 15; one shared frozen array when there are none. */
  csrcs: readonly number[];
  /** The header extension, where the X bit is set. */
  extension?: RtpExtension;
  /** A view into the packet's bytes, without padding. */
  payload: Uint8Array;
}

/** Tolerances of {@linkcode parseRtpPacket}. */
export interface RtpParseOptions {
  /**
   * Accept a version other than 2. The course-lab server of
   * KhaiHuynh-111/Real-Time-Streaming-Video-Simulator sends 0.
   */
  anyVersion?: boolean;
}

/**
 * Reads one datagram or interleaved block as an RTP packet; payload and extension are views.
 * @throws {MalformedError} when it is too long, too short for what its header announces, of
 * another version, or its padding count is 0 or reaches into the header
 */
export function parseRtpPacket(bytes: Uint8Array, options?: RtpParseOptions): RtpPacket {
  checkFixedHeader(bytes, options?.anyVersion ?? false);
  const first = bytes[0]!;
  const second = bytes[MARKER_OFFSET]!;
  const csrcCount = first & CSRC_COUNT_MASK;
  const csrcEnd = RTP_HEADER_LENGTH + csrcCount * CSRC_LENGTH;
  if (csrcEnd > bytes.length) {
    throw new MalformedError(
      "RTP CSRC list",
      RTP_HEADER_LENGTH,
      `Announces ${csrcCount} sources, but only ${bytes.length - RTP_HEADER_LENGTH} bytes are left`,
    );
  }
  const extension = (first & EXTENSION_BIT) !== 0 ? readExtension(bytes, csrcEnd) : undefined;
  const payloadAt = extension === undefined
    ? csrcEnd
    : csrcEnd + EXTENSION_HEADER_LENGTH + extension.data.length;
  const padding = (first & PADDING_BIT) !== 0 ? readPadding(bytes, payloadAt) : 0;
  const packet: RtpPacket = {
    version: first >>> VERSION_SHIFT,
    padding,
    marker: (second & MARKER_BIT) !== 0,
    payloadType: second & PAYLOAD_TYPE_MASK,
    sequence: readU16(bytes, SEQUENCE_OFFSET),
    timestamp: readU32(bytes, TIMESTAMP_OFFSET),
    ssrc: readU32(bytes, SSRC_OFFSET),
    csrcs: csrcCount === 0 ? NO_CSRCS : readCsrcs(bytes, csrcCount),
    payload: bytes.subarray(payloadAt, bytes.length - padding),
  };
  if (extension !== undefined) packet.extension = extension;
  return packet;
}

/**
 * The bytes of a packet, padding filled with 0 up to its count.
 * @throws {RangeError} when a value does not fit its field or the packet is above 65,535 bytes
 */
export function formatRtpPacket(packet: RtpPacket): Uint8Array<ArrayBuffer> {
  checkFormattable(packet);
  const { csrcs, extension, payload, padding } = packet;
  const csrcEnd = RTP_HEADER_LENGTH + csrcs.length * CSRC_LENGTH;
  const payloadAt = csrcEnd +
    (extension === undefined ? 0 : EXTENSION_HEADER_LENGTH + extension.data.length);
  const length = payloadAt + payload.length + padding;
  if (length > MAX_RTP_PACKET_LENGTH) {
    throw new RangeError(`RTP packet of ${length} bytes, at most ${MAX_RTP_PACKET_LENGTH} fit`);
  }
  const bytes = new Uint8Array(length);
  writeRtpHeader(bytes, 0, packet);
  bytes[0] = (packet.version << VERSION_SHIFT) | (padding > 0 ? PADDING_BIT : 0) |
    (extension === undefined ? 0 : EXTENSION_BIT) | csrcs.length;
  csrcs.forEach((csrc, i) => writeU32(bytes, RTP_HEADER_LENGTH + i * CSRC_LENGTH, csrc));
  if (extension !== undefined) {
    writeU16(bytes, csrcEnd, extension.profile);
    writeU16(bytes, csrcEnd + EXTENSION_WORDS_OFFSET, extension.data.length / WORD);
    bytes.set(extension.data, csrcEnd + EXTENSION_HEADER_LENGTH);
  }
  bytes.set(payload, payloadAt);
  if (padding > 0) bytes[length - 1] = padding;
  return bytes;
}

function checkFixedHeader(bytes: Uint8Array, anyVersion: boolean): void {
  if (bytes.length > MAX_RTP_PACKET_LENGTH) {
    throw new MalformedError(
      "RTP packet",
      MAX_RTP_PACKET_LENGTH,
      `Has ${bytes.length} bytes, at most ${MAX_RTP_PACKET_LENGTH} are allowed`,
    );
  }
  if (bytes.length < RTP_HEADER_LENGTH) {
    throw new MalformedError(
      ELEMENT,
      bytes.length,
      `Needs ${RTP_HEADER_LENGTH} bytes, only ${bytes.length} are there`,
    );
  }
  const version = bytes[0]! >>> VERSION_SHIFT;
  if (version !== RTP_VERSION && !anyVersion) {
    throw new MalformedError(ELEMENT, 0, `Version is ${version}, not ${RTP_VERSION}`);
  }
}

function readCsrcs(bytes: Uint8Array, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    return readU32(bytes, RTP_HEADER_LENGTH + i * CSRC_LENGTH);
  });
}

function readExtension(bytes: Uint8Array, at: number): RtpExtension {
  const dataAt = at + EXTENSION_HEADER_LENGTH;
  if (dataAt > bytes.length) {
    throw new MalformedError(
      "RTP header extension",
      at,
      `Needs ${EXTENSION_HEADER_LENGTH} bytes, only ${bytes.length - at} are left`,
    );
  }
  const length = readU16(bytes, at + EXTENSION_WORDS_OFFSET) * WORD;
  if (dataAt + length > bytes.length) {
    throw new MalformedError(
      "RTP header extension",
      at + EXTENSION_WORDS_OFFSET,
      `Announces ${length} bytes, only ${bytes.length - dataAt} are left`,
    );
  }
  return { profile: readU16(bytes, at), data: bytes.subarray(dataAt, dataAt + length) };
}

function readPadding(bytes: Uint8Array, payloadAt: number): number {
  const padding = bytes.length > payloadAt ? bytes[bytes.length - 1]! : 0;
  if (padding === 0 || padding > bytes.length - payloadAt) {
    throw new MalformedError(
      "RTP padding",
      bytes.length - 1,
      `Announces ${padding} bytes, with ${bytes.length - payloadAt} after the header`,
    );
  }
  return padding;
}

function checkFormattable({ version, padding, csrcs, extension }: RtpPacket): void {
  if ((version & VERSION_MAX) !== version) {
    throw new RangeError(`RTP version ${version} does not fit 2 bits`);
  }
  if (!Number.isInteger(padding) || padding < 0 || padding > MAX_PADDING_LENGTH) {
    throw new RangeError(`RTP padding of ${padding} bytes, at most ${MAX_PADDING_LENGTH} fit`);
  }
  if (csrcs.length > MAX_CSRC_COUNT) {
    throw new RangeError(`${csrcs.length} CSRCs, at most ${MAX_CSRC_COUNT} fit an RTP packet`);
  }
  if (extension !== undefined && extension.data.length % WORD !== 0) {
    throw new RangeError(
      `RTP header extension of ${extension.data.length} bytes is not a multiple of ${WORD}`,
    );
  }
}
