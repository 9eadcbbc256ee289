import type { AccessUnit, EmitUnit, SequencedPacket, UnitKind } from "./depacketizer.ts";

/** Most bytes of one unit: four times an uncompressed 4:2:0 picture of 1920 x 1080. */
export const MAX_UNIT_LENGTH = 16 * 1024 * 1024;
/** Most pieces of one unit: what 16 MiB makes in packets of 256 bytes. */
export const MAX_UNIT_PIECES = 65_536;

/** How a packet stands to what came before it. */
export interface Arrival {
  /** Packets lost right before it. */
  lost: number;
  /** Whether it is the first of a stretch, so that nothing is known about what came before it. */
  first: boolean;
}

/** Packets in plain words: `"1 packet"`. */
export function packets(count: number): string {
  return count === 1 ? "1 packet" : `${count} packets`;
}

/** Tells how many packets are missing before each. */
export class GapMeter {
  #next: number | undefined;

  /** @param sequence extended sequence number */
  arrival(sequence: number): Arrival {
    const next = this.#next;
    this.#next = sequence + 1;
    if (next === undefined) return { lost: 0, first: true };
    return { lost: Math.max(0, sequence - next), first: false };
  }

  reset(): void {
    this.#next = undefined;
  }
}

/** A unit while it is put together. */
export class UnitBuilder {
  readonly #unit: AccessUnit;
  #pieces = 0;

  constructor(kind: UnitKind, { packet, sequence, arrivedAt }: SequencedPacket, lostBefore = 0) {
    this.#unit = {
      kind,
      data: [],
      bytes: 0,
      timestamp: packet.timestamp,
      firstSequence: sequence,
      lastSequence: sequence,
      marker: packet.marker,
      arrivedAt,
    };
    if (lostBefore > 0) this.#unit.lostBefore = lostBefore;
  }

  get timestamp(): number {
    return this.#unit.timestamp;
  }

  get bytes(): number {
    return this.#unit.bytes;
  }

  get damaged(): boolean {
    return this.#unit.damaged !== undefined;
  }

  /** Another packet belongs to it. */
  extend({ packet, sequence, arrivedAt }: SequencedPacket): void {
    this.#unit.lastSequence = sequence;
    this.#unit.marker = packet.marker;
    this.#unit.arrivedAt = arrivedAt;
  }

  /** Appends a view. @returns whether it still fit; the unit is damaged when not */
  append(piece: Uint8Array): boolean {
    if (this.#unit.bytes + piece.length > MAX_UNIT_LENGTH || this.#pieces >= MAX_UNIT_PIECES) {
      this.damage(`It is longer than ${MAX_UNIT_LENGTH} bytes or ${MAX_UNIT_PIECES} pieces`);
      return false;
    }
    this.#pieces++;
    this.#unit.bytes += piece.length;
    this.#unit.data.push(piece);
    return true;
  }

  /** Says what is wrong; the first that is said stays. */
  damage(problem: string): void {
    this.#unit.damaged ??= problem;
  }

  /** Sets facts that only the format knows. */
  describe(
    facts: Partial<
      Pick<AccessUnit, "keyFrame" | "frameType" | "parameterSets" | "duration" | "timestamp">
    >,
  ): void {
    Object.assign(this.#unit, facts);
  }

  finish(emit: EmitUnit): void {
    emit(this.#unit);
  }
}
