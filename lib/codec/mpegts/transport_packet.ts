import { MalformedError } from "../../bytes/malformed.ts";

/** Bytes of a transport stream packet. */
export const TS_PACKET_LENGTH = 188;
export const PAT_PID = 0;
export const NULL_PID = 0x1fff;

const SYNC_BYTE = 0x47;
const HEADER_LENGTH = 4;
const PID_MASK = 0x1fff;

/** The header of a transport stream packet, and what it carries. */
export interface TransportPacket {
  /** 0 … 8191. */
  pid: number;
  /** Whether a section or PES packet begins in it. */
  unitStart: boolean;
  scrambled: boolean;
  /** 0 … 15. */
  continuity: number;
  randomAccess: boolean;
  /** Behind header and adaptation field; empty when there is none. */
  payload: Uint8Array;
}

/**
 * Reads a transport stream packet (ISO/IEC 13818-1 section 2.4.3.2).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   sync 0x47   |E|S|P|          PID            |SCR|A F|  CC   |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 * @throws {MalformedError} when it has not 188 bytes, no sync byte, or an adaptation field too long
 */
export function parseTransportPacket(bytes: Uint8Array): TransportPacket {
  const element = "Transport packet";
  if (bytes.length !== TS_PACKET_LENGTH) {
    throw new MalformedError(element, 0, `It has ${bytes.length} bytes, not ${TS_PACKET_LENGTH}`);
  }
  if (bytes[0] !== SYNC_BYTE) throw new MalformedError(element, 0, "It has no sync byte");
  const second = bytes[1]!;
  const fourth = bytes[3]!;
  const adaptation = (fourth & 0x20) !== 0;
  const length = adaptation ? 1 + bytes[HEADER_LENGTH]! : 0;
  if (HEADER_LENGTH + length > TS_PACKET_LENGTH) {
    throw new MalformedError(element, HEADER_LENGTH, `Adaptation field of ${length - 1} bytes`);
  }
  const carries = (fourth & 0x10) !== 0;
  return {
    pid: ((second << 8) | bytes[2]!) & PID_MASK,
    unitStart: (second & 0x40) !== 0,
    scrambled: (fourth & 0xc0) !== 0,
    continuity: fourth & 0x0f,
    randomAccess: adaptation && length > 1 && (bytes[HEADER_LENGTH + 1]! & 0x40) !== 0,
    payload: carries ? bytes.subarray(HEADER_LENGTH + length) : new Uint8Array(),
  };
}

/**
 * The transport packets of an RTP payload (RFC 2250 section 2): a whole number of them.
 * @throws {MalformedError} when it is not that
 */
export function transportPackets(payload: Uint8Array): TransportPacket[] {
  if (payload.length === 0 || payload.length % TS_PACKET_LENGTH !== 0) {
    throw new MalformedError(
      "MPEG-TS payload",
      0,
      `Its ${payload.length} bytes are no whole number of packets of ${TS_PACKET_LENGTH}`,
    );
  }
  const found: TransportPacket[] = [];
  for (let at = 0; at < payload.length; at += TS_PACKET_LENGTH) {
    found.push(parseTransportPacket(payload.subarray(at, at + TS_PACKET_LENGTH)));
  }
  return found;
}
