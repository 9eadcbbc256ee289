/** Most bytes of a packet that lies on one page: 255 segments, the last of them not full. */
export const MAX_PAGE_PACKET = 255 * 255 - 1;

const HEADER_LENGTH = 27;
const SEGMENT = 255;
const CRC_AT = 22;
const POLYNOMIAL = 0x04c11db7;

/** What a page's header says besides its length. */
export interface OggPage {
  /** First page of the stream, last page of the stream. */
  first?: boolean;
  last?: boolean;
  /** Samples up to the end of its packet. */
  granule: number;
  serial: number;
  sequence: number;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ POLYNOMIAL : crc << 1;
  return crc >>> 0;
});

/**
 * A page with one packet (RFC 3533 section 6), numbers little-endian.
 *
 * ```text
 * "OggS" | version 0 (8) | flags (8) | granule position (64) | serial (32) | sequence (32) |
 * CRC (32) | segments (8) | their lengths (8 each) | packet
 * ```
 * @throws {RangeError} when the packet is longer than one page holds
 */
export function oggPage(packet: Uint8Array, page: OggPage): Uint8Array {
  if (packet.length > MAX_PAGE_PACKET) {
    throw new RangeError(`Packet of ${packet.length} bytes, a page holds ${MAX_PAGE_PACKET}`);
  }
  const segments = Math.floor(packet.length / SEGMENT) + 1;
  const bytes = new Uint8Array(HEADER_LENGTH + segments + packet.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x4f, 0x67, 0x67, 0x53]);
  bytes[5] = (page.first ? 2 : 0) | (page.last ? 4 : 0);
  view.setBigUint64(6, BigInt(page.granule), true);
  view.setUint32(14, page.serial, true);
  view.setUint32(18, page.sequence, true);
  bytes[26] = segments;
  bytes.fill(SEGMENT, HEADER_LENGTH, HEADER_LENGTH + segments - 1);
  bytes[HEADER_LENGTH + segments - 1] = packet.length % SEGMENT;
  bytes.set(packet, HEADER_LENGTH + segments);
  view.setUint32(CRC_AT, crcOf(bytes), true);
  return bytes;
}

function crcOf(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ byte]!) >>> 0;
  return crc;
}
