import type { RtpPacket } from "../rtp/packet.ts";

/** Packets remembered: more than numbers go back without a new beginning (RFC 3550, A.1: 100). */
const REMEMBERED = 128;
/** FNV-1a of 32 bits. */
const HASH_BASIS = 0x811c9dc5;
const HASH_PRIME = 0x01000193;

/** What the last packets were like, to tell a copy from another packet of the same number. */
export class RecentPackets {
  // A ring by sequence number, as nothing should be allocated per packet.
  readonly #sequences = new Float64Array(REMEMBERED).fill(NaN);
  readonly #timestamps = new Uint32Array(REMEMBERED);
  readonly #hashes = new Uint32Array(REMEMBERED);

  /** @param sequence extended */
  add(sequence: number, { timestamp, payload }: RtpPacket): void {
    const slot = sequence & (REMEMBERED - 1);
    this.#sequences[slot] = sequence;
    this.#timestamps[slot] = timestamp;
    this.#hashes[slot] = hashOf(payload);
  }

  /** What tells a packet from the one before of its number; undefined for a copy, or the unknown. */
  difference(
    sequence: number,
    { timestamp, payload }: RtpPacket,
  ): "payload" | "timestamp" | undefined {
    const slot = sequence & (REMEMBERED - 1);
    if (this.#sequences[slot] !== sequence) return undefined;
    if (this.#hashes[slot] !== hashOf(payload)) return "payload";
    return this.#timestamps[slot] === timestamp ? undefined : "timestamp";
  }

  /** The numbers begin anew. */
  clear(): void {
    this.#sequences.fill(NaN);
  }
}

function hashOf(bytes: Uint8Array): number {
  let hash = HASH_BASIS;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, HASH_PRIME);
  return hash >>> 0;
}
