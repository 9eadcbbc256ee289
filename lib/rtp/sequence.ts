/** Sequence numbers count modulo this (RFC 3550 section 5.1). */
export const SEQUENCE_MODULUS = 0x1_0000;
/** A number this far ahead, or farther, is a jump and not a gap (RFC 3550 appendix A.1). */
export const MAX_DROPOUT = 3000;
/** A number this far behind, or farther, is a jump and not a late packet (appendix A.1). */
export const MAX_MISORDER = 100;

const SEQUENCE_MASK = SEQUENCE_MODULUS - 1;
const SIGN_SHIFT = 16;

/**
 * How far `a` is ahead of `b` over the wrap: -32,768 … 32,767. Half way round, where neither
 * direction is shorter, the answer is -32,768.
 */
export function sequenceDelta(a: number, b: number): number {
  return ((a - b) << SIGN_SHIFT) >> SIGN_SHIFT;
}

/** Whether `a` was sent after `b`, over the wrap; false for equal numbers and half way round. */
export function isNewer(a: number, b: number): boolean {
  return sequenceDelta(a, b) > 0;
}

/** The sequence number `count` packets after (or, below 0, before) `sequence`. */
export function addToSequence(sequence: number, count: number): number {
  return (sequence + count) & SEQUENCE_MASK;
}

/**
 * Extends 16-bit sequence numbers to numbers that do not wrap, as RFC 3550 appendix A.1 does: a
 * small step ahead moves on, a small step back is a late packet or a duplicate, and anything else
 * is a jump that is believed only when the very next number follows it.
 *
 * Two things differ from the appendix. There is no probation, since RTSP has announced the source;
 * and after a restart the numbers carry on above all earlier ones, in a new cycle, so that they
 * can order packets across it.
 */
export class SequenceExtender {
  #base: number | undefined;
  #highest: number | undefined;
  #expected: number | undefined;
  #restarts = 0;
  #beginAnew = true;

  /** Extended number of the first packet of the current run; undefined before any packet. */
  get base(): number | undefined {
    return this.#base;
  }

  /**
   * Highest extended number so far; undefined before any packet. `highest >>> 0` is the "extended
   * highest sequence number received" of a report block.
   */
  get highest(): number | undefined {
    return this.#highest;
  }

  /** Times that the numbering began anew after the first packet. */
  get restarts(): number {
    return this.#restarts;
  }

  /** After a jump, the one number that would prove a restart; otherwise undefined. */
  get expectedAfterJump(): number | undefined {
    return this.#expected;
  }

  /**
   * The extended number of a packet, or undefined when it jumped and nothing has confirmed the jump
   * yet: the packet may be a stray. The first run starts with the number itself, so a packet that
   * was sent before the first one seen can come out below 0.
   * @param sequence 0 … 65,535
   */
  extend(sequence: number): number | undefined {
    if (this.#highest === undefined || this.#beginAnew) return this.#begin(sequence);
    const ahead = (sequence - this.#highest) & SEQUENCE_MASK;
    if (ahead < MAX_DROPOUT) {
      // A source that goes on counting has not restarted, so an earlier jump was a stray.
      if (ahead > 0) this.#expected = undefined;
      this.#highest += ahead;
      return this.#highest;
    }
    if (ahead > SEQUENCE_MODULUS - MAX_MISORDER) return this.#highest + ahead - SEQUENCE_MODULUS;
    if (sequence === this.#expected) return this.#begin(sequence);
    this.#expected = addToSequence(sequence, 1);
    return undefined;
  }

  /** Lets the next packet begin a new run whatever its number, as after a seek. */
  restart(): void {
    this.#beginAnew = true;
  }

  #begin(sequence: number): number {
    let cycles = 0;
    if (this.#highest !== undefined) {
      cycles = Math.floor(this.#highest / SEQUENCE_MODULUS) + 1;
      this.#restarts++;
    }
    this.#beginAnew = false;
    this.#expected = undefined;
    this.#base = this.#highest = cycles * SEQUENCE_MODULUS + sequence;
    return this.#base;
  }
}
