import { MalformedError } from "../bytes/malformed.ts";
import { ByteWriter } from "../bytes/writer.ts";
import { parseRtcpHeader } from "./header.ts";
import { formatRtcpPacket, parseRtcpPacket, type RtcpPacket } from "./packet.ts";

/** Most bytes of a compound packet: neither a UDP datagram nor an interleaved block holds more. */
export const MAX_COMPOUND_LENGTH = 65_535;

const ELEMENT = "RTCP compound packet";

/** A compound packet of which one packet is damaged; those before it are still good to use. */
export class DamagedCompoundError extends MalformedError {
  /**
   * @param cause what is wrong, its position counted from the damaged packet
   * @param at byte offset of the damaged packet
   * @param packets the packets before it
   */
  constructor(cause: MalformedError, at: number, readonly packets: RtcpPacket[]) {
    super(cause.element, at + cause.position, cause.problem);
    this.name = "DamagedCompoundError";
  }
}

/**
 * Reads one datagram or interleaved block of RTCP packets (RFC 3550 section 6.1). A single packet
 * of any type will do, as reduced-size RTCP allows (RFC 5506); {@linkcode checkCompound} in
 * check_compound.ts tells what a full compound packet would need. Bytes in packets are views.
 * @throws {DamagedCompoundError} a {@linkcode MalformedError} with the packets before the damage,
 * when there are no bytes, too many, or one packet is damaged
 */
export function parseCompound(bytes: Uint8Array): RtcpPacket[] {
  const packets: RtcpPacket[] = [];
  let at = 0;
  try {
    checkLength(bytes.length);
    while (at < bytes.length) {
      // The header is checked on a view so that every position counts from the packet's start.
      const left = bytes.subarray(at);
      const { length } = parseRtcpHeader(left);
      packets.push(parseRtcpPacket(left.subarray(0, length)));
      at += length;
    }
  } catch (error) {
    throw error instanceof MalformedError ? new DamagedCompoundError(error, at, packets) : error;
  }
  return packets;
}

/**
 * The bytes of packets one after another.
 * @throws {RangeError} when there are none, a value does not fit its field, or the whole is above
 * 65,535 bytes
 */
export function formatCompound(packets: readonly RtcpPacket[]): Uint8Array<ArrayBuffer> {
  if (packets.length === 0) throw new RangeError("RTCP compound packet of no packets");
  const writer = new ByteWriter();
  for (const packet of packets) writer.bytes(formatRtcpPacket(packet));
  if (writer.length > MAX_COMPOUND_LENGTH) {
    const length = writer.length;
    throw new RangeError(`RTCP compound of ${length} bytes, at most ${MAX_COMPOUND_LENGTH} fit`);
  }
  return writer.finish();
}

function checkLength(length: number): void {
  if (length === 0) throw new MalformedError(ELEMENT, 0, "Is empty");
  if (length > MAX_COMPOUND_LENGTH) {
    const problem = `Has ${length} bytes, at most ${MAX_COMPOUND_LENGTH} are allowed`;
    throw new MalformedError(ELEMENT, MAX_COMPOUND_LENGTH, problem);
  }
}
