/** Which packets an outcome is about. */
export interface FrameSpan {
  readonly timestamp: number;
  /** Lowest sequence number that came. */
  readonly firstSequence: number;
  /** Highest sequence number that came. */
  readonly lastSequence: number;
  /** How many packets came. */
  readonly packets: number;
}

/** A frame that came whole. */
export interface CompleteFrame extends FrameSpan {
  readonly kind: "frame";
  /** A JPEG file of its own memory. */
  readonly jpeg: Uint8Array<ArrayBuffer>;
  /** Pixels, as in `jpeg`. */
  readonly width: number;
  /** Pixels, as in `jpeg`. */
  readonly height: number;
  /** RTP/JPEG type: 0, 1, 64 or 65. */
  readonly type: number;
  readonly q: number;
  /** 0, or 1 … 3 for fields. */
  readonly typeSpecific: number;
}

/** A frame that cannot be shown. */
export interface DamagedFrame extends FrameSpan {
  readonly kind: "damaged";
  /** What is wrong, in sentence case. */
  readonly reason: string;
}

/** The rest of a frame whose beginning was sent before we joined: no loss. */
export interface JoinedFrame extends FrameSpan {
  readonly kind: "joined";
}

/** How a frame ended. */
export type FrameOutcome = CompleteFrame | DamagedFrame | JoinedFrame;
