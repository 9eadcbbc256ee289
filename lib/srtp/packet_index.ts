/** Values of a sequence number. */
const SEQUENCES = 0x10000;
const HALF = SEQUENCES / 2;
/** The greatest index: 32 bits of rollovers and 16 of sequence number (RFC 3711, section 3.3.1). */
export const MOST_PACKET_INDEX = 2 ** 48 - 1;
/** The greatest rollover counter. */
export const MOST_ROLLOVERS = 2 ** 32 - 1;

/**
 * The index of a packet, by what is nearest to the greatest met so far (RFC 3711, section 3.3.1 and
 * appendix A).
 * @param highest the greatest index so far, 0 … {@linkcode MOST_PACKET_INDEX}
 * @param sequence of the packet's RTP header, 0 … 65,535
 * @returns below 0 or above {@linkcode MOST_PACKET_INDEX} for one that no packet can have
 */
export function estimateIndex(highest: number, sequence: number): number {
  const last = highest % SEQUENCES;
  const near = highest - last + sequence;
  if (last < HALF) return sequence - last > HALF ? near - SEQUENCES : near;
  return last - HALF > sequence ? near + SEQUENCES : near;
}

/** The index of a first packet. @param rollovers what its sender has counted, mostly 0 */
export function firstIndex(rollovers: number, sequence: number): number {
  return rollovers * SEQUENCES + sequence;
}

/** How often sequence numbers began anew before a packet, 0 … {@linkcode MOST_ROLLOVERS}. */
export function rolloversOf(index: number): number {
  return Math.floor(index / SEQUENCES);
}
