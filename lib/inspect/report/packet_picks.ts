import type { InspectedPacket } from "../rule.ts";
import type { PacketPlace } from "../../stream/receive_statistics.ts";

/** A packet's facts, without the packet. */
export interface PacketRow {
  /** Place in order of arrival among all streams, from 1. */
  number: number;
  /** ms since the Unix epoch. */
  time: number;
  /** What the stream is called; `""` where there is only one. */
  stream: string;
  sequence: number;
  sequenceDelta: number;
  timestamp: number;
  timestampDelta: number;
  arrivalDelta: number;
  marker: boolean;
  payloadType: number;
  ssrc: number;
  size: number;
  place: PacketPlace;
  jitterMs: number;
}

/** Packets kept of the beginning and of the end. */
export const ENDS = 30;
/** Packets kept before and after one that is out of the ordinary. */
const AROUND = 2;
/** Packets kept because of those. */
export const MOST_PICKED = 200;

interface Numbered {
  number: number;
  packet: InspectedPacket;
}

/** Picks the packets that are worth a look: the first, the last, and those around trouble. */
export class PacketPicks {
  #count = 0;
  readonly #first: PacketRow[] = [];
  readonly #picked: PacketRow[] = [];
  /** The newest ones, oldest first. */
  readonly #recent: Numbered[] = [];
  /** Packets still to be picked after trouble. */
  #follow = 0;
  #pickedTo = 0;

  /** Packets that were looked at. */
  get count(): number {
    return this.#count;
  }

  /** The picks in order; a gap in their numbers is a gap in the table. */
  get rows(): PacketRow[] {
    const last = this.#recent.map(rowOf);
    const all = new Map([...this.#first, ...this.#picked, ...last].map((row) => [row.number, row]));
    return [...all.values()].sort((a, b) => a.number - b.number);
  }

  add(packet: InspectedPacket): void {
    const numbered = { number: ++this.#count, packet };
    this.#recent.push(numbered);
    if (this.#recent.length > ENDS) this.#recent.shift();
    if (this.#first.length < ENDS) this.#first.push(rowOf(numbered));
    else if (this.#isTrouble(packet)) this.#pickAround();
    else if (this.#follow > 0) {
      this.#follow--;
      this.#pick(numbered);
    }
  }

  #isTrouble({ counted: { place } }: InspectedPacket): boolean {
    return place !== "next" && place !== "first";
  }

  #pickAround(): void {
    for (const numbered of this.#recent.slice(-AROUND - 1)) this.#pick(numbered);
    this.#follow = AROUND;
  }

  #pick(numbered: Numbered): void {
    if (numbered.number <= this.#pickedTo || this.#picked.length >= MOST_PICKED) return;
    this.#pickedTo = numbered.number;
    this.#picked.push(rowOf(numbered));
  }
}

function rowOf(
  { number, packet: { time, packet, size, counted, jitterMs, stream } }: Numbered,
): PacketRow {
  const { sequence, timestamp, marker, payloadType, ssrc } = packet;
  const { sequenceDelta, timestampDelta, arrivalDelta, place } = counted;
  return {
    ...{ number, time, stream: stream.name, sequence, sequenceDelta, timestamp, timestampDelta },
    ...{ arrivalDelta, marker, payloadType, ssrc, size, place, jitterMs },
  };
}
