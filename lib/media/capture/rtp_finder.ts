import {
  PAYLOAD_TYPE_MASK,
  readU16,
  readU32,
  RTP_HEADER_LENGTH,
  SEQUENCE_OFFSET,
  SSRC_OFFSET,
} from "../../rtp/header.ts";
import { isRtcp } from "../../rtp/payload_types.ts";
import { sequenceDelta } from "../../rtp/sequence.ts";

/** Packets of one source, each a little after the one before, that make a stream of RTP. */
export const ENOUGH_PACKETS = 4;
/** Farthest that two packets in a row may be apart. */
const MOST_AHEAD = 50;
/** Conversations in doubt at once; past that the oldest is forgotten. */
const MAX_CANDIDATES = 4096;
const VERSION_2 = 2;
const VERSION_SHIFT = 6;

/** A datagram that may be the beginning of a stream. */
export interface HeldDatagram {
  bytes: Uint8Array;
  size: number;
  time: number;
  arrival: number;
}

interface Candidate {
  ssrc: number;
  payloadType: number;
  sequence: number;
  held: HeldDatagram[];
}

/**
 * Tells RTP from other datagrams where nobody has announced it: version 2, one SSRC and payload
 * type, and sequence numbers that advance over several packets.
 */
export class RtpFinder {
  readonly #candidates = new Map<string, Candidate>();

  /**
   * Takes a datagram that belongs to nothing known.
   * @param flow from where to where
   * @returns the first packets of a stream, once there are enough of them
   */
  push(flow: string, datagram: HeldDatagram): HeldDatagram[] | undefined {
    const { bytes } = datagram;
    if (!mayBeRtp(bytes)) return undefined;
    const ssrc = readU32(bytes, SSRC_OFFSET);
    const payloadType = bytes[1]! & PAYLOAD_TYPE_MASK;
    const sequence = readU16(bytes, SEQUENCE_OFFSET);
    const before = this.#candidates.get(flow);
    const follows = before !== undefined && before.ssrc === ssrc &&
      before.payloadType === payloadType && isAhead(sequence, before.sequence);
    const candidate = follows ? before : { ssrc, payloadType, sequence, held: [] };
    candidate.sequence = sequence;
    // It may be held long: the file's buffer must not be held with it.
    candidate.held.push({ ...datagram, bytes: bytes.slice() });
    if (candidate.held.length >= ENOUGH_PACKETS) {
      this.#candidates.delete(flow);
      return candidate.held;
    }
    this.#keep(flow, candidate);
    return undefined;
  }

  #keep(flow: string, candidate: Candidate): void {
    this.#candidates.delete(flow);
    this.#candidates.set(flow, candidate);
    if (this.#candidates.size <= MAX_CANDIDATES) return;
    const [oldest] = this.#candidates.keys();
    this.#candidates.delete(oldest!);
  }
}

function mayBeRtp(bytes: Uint8Array): boolean {
  return bytes.length >= RTP_HEADER_LENGTH && bytes[0]! >>> VERSION_SHIFT === VERSION_2 &&
    !isRtcp(bytes);
}

function isAhead(sequence: number, before: number): boolean {
  const ahead = sequenceDelta(sequence, before);
  return ahead > 0 && ahead <= MOST_AHEAD;
}
