import { BurstLoss } from "./burst_loss.ts";
import { SeededRandom } from "./seeded_random.ts";

/** A bad network: what happens to packets on their way. Shares are 0 … 1, times in ms. */
export interface ImpairmentSettings {
  /** Share of packets that never arrive. */
  readonly loss: number;
  /** Mean length of a row of losses, 1 or more; undefined where each packet is on its own. */
  readonly burst: number | undefined;
  /** Every packet is on its way that long. */
  readonly delayMs: number;
  /** And up to that much more or less, evenly spread; never less than no time at all. */
  readonly jitterMs: number;
  /** Share of packets that are held back until others have overtaken them. */
  readonly reorder: number;
  /** Share of packets that arrive twice. */
  readonly duplicate: number;
  /** Share of packets of whose payload one bit is flipped. */
  readonly corrupt: number;
  /** Bits a second that get through; Infinity for any number. */
  readonly rate: number;
  /** When nothing gets through; undefined for never. */
  readonly stall: Stall | undefined;
  /** Whole number of 32 bits: the same one makes the same network. */
  readonly seed: number;
}

/** The last `lengthMs` of every `everyMs`, counted from the first packet. */
export interface Stall {
  readonly lengthMs: number;
  /** More than `lengthMs`. */
  readonly everyMs: number;
}

/** A good network. */
export const NO_IMPAIRMENT: Readonly<ImpairmentSettings> = Object.freeze({
  loss: 0,
  burst: undefined,
  delayMs: 0,
  jitterMs: 0,
  reorder: 0,
  duplicate: 0,
  corrupt: 0,
  rate: Infinity,
  stall: undefined,
  seed: 1,
});

/** What was done to a stream's packets. */
export interface ImpairmentCounts {
  /** RTP packets that were to be carried. */
  packets: number;
  /** Of those, lost by chance. */
  lost: number;
  /** Lost since too many were waiting already. */
  overflowed: number;
  /** Arrived twice. */
  duplicated: number;
  /** Arrived behind one that came after it. */
  reordered: number;
  /** Arrived with a wrong bit. */
  corrupted: number;
  /** RTCP packets that were to be carried. */
  controlPackets: number;
  /** Of those, lost, whyever. */
  controlLost: number;
}

export function noCounts(): ImpairmentCounts {
  return {
    packets: 0,
    lost: 0,
    overflowed: 0,
    duplicated: 0,
    reordered: 0,
    corrupted: 0,
    controlPackets: 0,
    controlLost: 0,
  };
}

/** Adds `more` to `sum`. */
export function addCounts(sum: ImpairmentCounts, more: Readonly<ImpairmentCounts>): void {
  for (const name of Object.keys(sum) as (keyof ImpairmentCounts)[]) sum[name] += more[name];
}

/** How many packets overtake one that is held back, at most. */
export const MOST_OVERTAKING = 3;

/** What is to happen to one packet. */
export interface PacketFate {
  lost: boolean;
  duplicated: boolean;
  /** How many packets overtake it, 0 … {@linkcode MOST_OVERTAKING}. */
  overtakenBy: number;
  /** Where in the payload a bit is flipped, 0 … 1 without 1; undefined for nowhere. */
  flipAt: number | undefined;
  /** How much longer than usual it is on its way, in ms; below 0 for less. */
  jitterMs: number;
}

/**
 * Decides what happens to the packets of one stream, one after the other. The same settings and the
 * same stream have the same fates; what is decided of one thing does not depend on what the settings
 * say of the others.
 */
export class ImpairmentModel {
  readonly #random: SeededRandom;
  readonly #loss: BurstLoss;

  /** @param stream which of the streams under one seed it is: each has its own fate */
  constructor(readonly settings: ImpairmentSettings, stream: number) {
    this.#random = SeededRandom.of(settings.seed, stream);
    this.#loss = new BurstLoss(settings.loss, settings.burst);
  }

  /** The next packet's fate. */
  next(): PacketFate {
    const { duplicate, reorder, corrupt, jitterMs } = this.settings;
    const random = this.#random;
    // All are drawn for every packet, needed or not, so that one setting leaves the others alone.
    const lost = this.#loss.next(random.next());
    const duplicated = random.next() < duplicate;
    const held = random.next() < reorder;
    const by = 1 + Math.floor(MOST_OVERTAKING * random.next());
    const flipped = random.next() < corrupt;
    const flipAt = random.next();
    const jitter = jitterMs * (2 * random.next() - 1);
    return {
      lost,
      duplicated,
      overtakenBy: held ? by : 0,
      flipAt: flipped ? flipAt : undefined,
      jitterMs: jitter,
    };
  }
}

/**
 * A copy with one bit flipped.
 * @param from the first byte that may be hit
 * @param at where behind that, 0 … 1 without 1
 * @returns undefined where there is nothing behind `from`
 */
export function flipBit(
  bytes: Uint8Array,
  from: number,
  at: number,
): Uint8Array<ArrayBuffer> | undefined {
  const bits = 8 * (bytes.length - from);
  if (bits <= 0) return undefined;
  const bit = Math.floor(bits * at);
  const copy = new Uint8Array(bytes);
  copy[from + (bit >> 3)]! ^= 0x80 >> (bit & 7);
  return copy;
}
