// The fixed header that every RTP packet begins with (RFC 3550 section 5.1). The bit diagram stands
// on RtpPacket in packet.ts.

/** The version of RTP that RFC 3550 defines. */
export const RTP_VERSION = 2;
/** Bytes of the fixed header, before CSRC list and header extension (RFC 3550 section 5.1). */
export const RTP_HEADER_LENGTH = 12;
/** Where the version stands in the first byte: above P, X and CC. */
export const VERSION_SHIFT = 6;
/** The M bit in the second byte. */
export const MARKER_BIT = 0x80;
/** The PT field in the second byte. */
export const PAYLOAD_TYPE_MASK = 0x7f;
/** Offset of M and PT. */
export const MARKER_OFFSET = 1;
export const SEQUENCE_OFFSET = 2;
export const TIMESTAMP_OFFSET = 4;
export const SSRC_OFFSET = 8;

/** The fields of the fixed header that differ from packet to packet of a simple sender. */
export interface RtpHeaderFields {
  marker: boolean;
  /** 0 … 127. */
  payloadType: number;
  /** 0 … 65,535. */
  sequence: number;
  /** In ticks of the payload type's clock, 0 … 2^32 - 1. */
  timestamp: number;
  /** Synchronization source, 0 … 2^32 - 1. */
  ssrc: number;
}

/**
 * Writes the 12 bytes of a fixed header (V=2, P=X=CC=0) into `target` at offset `at`. Allocates
 * nothing, so a sender can fill one buffer again and again and reuse one `fields` object.
 * @throws {RangeError} when a value does not fit its field or `target` is too short
 */
export function writeRtpHeader(target: Uint8Array, at: number, fields: RtpHeaderFields): void {
  const { payloadType, sequence, timestamp, ssrc } = fields;
  if (at < 0 || at + RTP_HEADER_LENGTH > target.length) {
    throw new RangeError(`No room for an RTP header at byte ${at} of ${target.length}`);
  }
  if ((payloadType & PAYLOAD_TYPE_MASK) !== payloadType) {
    throw new RangeError(`RTP payload type ${payloadType} does not fit 7 bits`);
  }
  target[at] = RTP_VERSION << VERSION_SHIFT;
  target[at + MARKER_OFFSET] = (fields.marker ? MARKER_BIT : 0) | payloadType;
  writeU16(target, at + SEQUENCE_OFFSET, sequence);
  writeU32(target, at + TIMESTAMP_OFFSET, timestamp);
  writeU32(target, at + SSRC_OFFSET, ssrc);
}

/** The first four bytes of such a header as one number, for values that fit their fields. */
export function firstRtpWord(marker: boolean, payloadType: number, sequence: number): number {
  const second = (marker ? MARKER_BIT : 0) | payloadType;
  return ((RTP_VERSION << VERSION_SHIFT << 24) | (second << 16) | sequence) >>> 0;
}

/** The 16-bit field at `at`; the caller has checked the bounds. */
export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** The 32-bit field at `at`; the caller has checked the bounds. */
export function readU32(bytes: Uint8Array, at: number): number {
  return ((readU16(bytes, at) << 16) | readU16(bytes, at + 2)) >>> 0;
}

/** @throws {RangeError} when `value` is not an integer of 0 … 65,535 */
export function writeU16(target: Uint8Array, at: number, value: number): void {
  if ((value & 0xffff) !== value) throw new RangeError(`${value} does not fit 16 bits`);
  target[at] = value >>> 8;
  target[at + 1] = value;
}

/** @throws {RangeError} when `value` is not an integer of 0 … 2^32 - 1 */
export function writeU32(target: Uint8Array, at: number, value: number): void {
  if (value >>> 0 !== value) throw new RangeError(`${value} does not fit 32 bits`);
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}
