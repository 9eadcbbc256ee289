import { SequenceExtender } from "../rtp/sequence.ts";
import { timestampDelta } from "../rtp/timestamp.ts";
import { IntervalJitterEstimator, JitterEstimator } from "./jitter.ts";

/** Where a packet stands among the others. */
export type PacketPlace =
  /** The first of a stretch. */
  | "first"
  /** The one after the highest so far. */
  | "next"
  /** Ahead of the highest, with a gap before it. */
  | "gap"
  /** Behind the highest, filling a gap. */
  | "reordered"
  /** Seen before. */
  | "duplicate"
  /** Far from the others and not confirmed yet. */
  | "jump";

/** What is known of a packet once it has been counted. */
export interface CountedPacket {
  place: PacketPlace;
  /** Sequence number that does not wrap; undefined for a jump not confirmed yet. */
  sequence: number | undefined;
  /** How far above the highest so far; negative for late ones, 0 for the first. */
  sequenceDelta: number;
  /** Ticks after the packet counted before. */
  timestampDelta: number;
  /** Milliseconds after the packet counted before; 0 for the first. */
  arrivalDelta: number;
}

/** Sequence numbers remembered to tell a duplicate from a late packet; a power of two. */
const REMEMBERED = 4096;

/**
 * Counts what arrives of one RTP source: packets, losses, duplicates and reorderings from sequence
 * numbers, jitter from timestamps (RFC 3550 sections 6.4.1, A.1, A.3, A.8). Pauses and jumps are no
 * loss: the caller announces them by {@linkcode restart}.
 */
export class ReceiveStatistics {
  packets = 0;
  bytes = 0;
  duplicated = 0;
  reordered = 0;
  /** Arrival of the first and last packet, in ms; undefined before any. */
  firstArrival: number | undefined;
  lastArrival: number | undefined;
  #extender = new SequenceExtender();
  #jitter: JitterEstimator;
  #intervals = new IntervalJitterEstimator();
  #expectedBefore = 0;
  #unique = 0;
  #runBase: number | undefined;
  #highestOfRun = 0;
  #remembered = new Float64Array(REMEMBERED).fill(NaN);
  #timestamp = 0;
  #activeMs = 0;
  #stretchStart: number | undefined;
  #ticksSeen = 0;

  /** @param clockRate of the RTP timestamps, in Hz */
  constructor(readonly clockRate: number) {
    this.#jitter = new JitterEstimator(clockRate);
  }

  /** Packets that should have come, by their sequence numbers (RFC 3550, appendix A.3). */
  get expected(): number {
    return this.#expectedBefore + this.#expectedNow();
  }

  /** Packets that came, duplicates not counted. */
  get received(): number {
    return this.#unique;
  }

  /** Packets that should have come and did not. */
  get lost(): number {
    return Math.max(0, this.expected - this.received);
  }

  /** Times that the numbering began anew after the first packet. */
  get restarts(): number {
    return this.#extender.restarts;
  }

  /** Highest sequence number so far, extended; undefined before any packet. */
  get highest(): number | undefined {
    return this.#extender.highest;
  }

  /** Time media was flowing, in ms: first to last packet, less the pauses announced. */
  get activeMs(): number {
    if (this.#stretchStart === undefined) return this.#activeMs;
    return this.#activeMs + (this.lastArrival ?? 0) - this.#stretchStart;
  }

  /** Whether timestamps advance at the declared rate, within a factor of two. */
  get hasMediaTime(): boolean {
    const ticks = this.activeMs * this.clockRate / 1000;
    return this.#ticksSeen > ticks / 2 && this.#ticksSeen < ticks * 2;
  }

  /** Jitter now, in ms: from timestamps where they are media time, else from the intervals. */
  get jitterMs(): number {
    return this.hasMediaTime ? this.#jitter.milliseconds : this.#intervals.milliseconds;
  }

  /** The highest the jitter has been, in ms. */
  get maxJitterMs(): number {
    return this.hasMediaTime ? this.#jitter.most : this.#intervals.most;
  }

  /**
   * Counts one packet.
   * @param size bytes of the whole packet
   * @param arrival in ms
   */
  receive(sequence: number, timestamp: number, size: number, arrival: number): CountedPacket {
    const before = this.#extender.highest;
    const restartsBefore = this.#extender.restarts;
    const extended = this.#extender.extend(sequence);
    const fresh = before === undefined || this.#extender.restarts !== restartsBefore;
    if (fresh) this.#beginRun(extended!, arrival);
    const counted: CountedPacket = {
      place: "jump",
      sequence: extended,
      sequenceDelta: extended === undefined || fresh ? 0 : extended - before,
      timestampDelta: this.packets === 0 ? 0 : timestampDelta(timestamp, this.#timestamp),
      arrivalDelta: this.lastArrival === undefined ? 0 : arrival - this.lastArrival,
    };
    counted.place = fresh ? "first" : this.#place(extended, counted.sequenceDelta);
    this.#count(counted, timestamp, size, arrival);
    return counted;
  }

  /** Lets the next packet begin a new stretch: after a pause, a seek, a restart. */
  restart(): void {
    this.#activeMs = this.activeMs;
    this.#stretchStart = undefined;
    this.#extender.restart();
  }

  #beginRun(base: number, arrival: number): void {
    this.#expectedBefore += this.#runBase === undefined
      ? 0
      : this.#highestOfRun - this.#runBase + 1;
    this.#runBase = base;
    this.#highestOfRun = base;
    this.#stretchStart ??= arrival;
    this.firstArrival ??= arrival;
    this.#jitter.restart();
    this.#intervals.restart();
  }

  #expectedNow(): number {
    return this.#runBase === undefined ? 0 : this.#highestOfRun - this.#runBase + 1;
  }

  #place(extended: number | undefined, delta: number): PacketPlace {
    if (extended === undefined) return "jump";
    if (this.#remembered[extended & (REMEMBERED - 1)] === extended) return "duplicate";
    if (delta > 0) return delta === 1 ? "next" : "gap";
    return "reordered";
  }

  #count(counted: CountedPacket, timestamp: number, size: number, arrival: number): void {
    this.packets++;
    this.bytes += size;
    const { place, sequence, sequenceDelta } = counted;
    if (place === "duplicate") this.duplicated++;
    if (place === "reordered") this.reordered++;
    if (sequence !== undefined && place !== "duplicate") {
      this.#remembered[sequence & (REMEMBERED - 1)] = sequence;
      // A packet from before the run began was never expected.
      if (sequence >= this.#runBase!) this.#unique++;
      this.#highestOfRun = Math.max(this.#highestOfRun, sequence);
    }
    if (place === "next" || place === "gap") {
      this.#ticksSeen += Math.max(0, counted.timestampDelta);
      this.#intervals.add(sequenceDelta, arrival);
    } else if (place === "first") this.#intervals.add(1, arrival);
    if (place !== "duplicate" && place !== "jump") this.#jitter.add(timestamp, arrival);
    this.#timestamp = timestamp;
    this.lastArrival = arrival;
  }
}
