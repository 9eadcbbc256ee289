/** A picture put together from packets. */
export interface ReceivedFrame {
  /** A whole JPEG file; undefined when packets are missing or the payload is no JPEG. */
  jpeg: Uint8Array | undefined;
  /** What is wrong with an incomplete one, a sentence; undefined when it is complete. */
  damage: string | undefined;
  /** RTP timestamp of its packets. */
  timestamp: number;
  /** Sequence numbers of its first and last packet as far as they came. */
  firstSequence: number;
  lastSequence: number;
  /** When its last packet came: ms since the Unix epoch. */
  arrivedAt: number;
  /** Bytes of the picture, or of what came of it. */
  bytes: number;
}
