import type {
  AccessUnit,
  DecoderConfiguration,
  Depacketizer,
  StreamFormat,
  TrackDescription,
} from "../codec/depacketizer.ts";
import { payloadFormat } from "../codec/registry.ts";
import type { RtpPacket } from "../rtp/packet.ts";
import { ReorderBuffer } from "../stream/reorder.ts";
import type { InspectedPacket } from "./rule.ts";

interface Placed {
  packet: RtpPacket;
  /** As {@linkcode InspectedPacket.isForeign}: it has its place, and is no part of a unit. */
  isForeign: boolean;
  sequence: number;
  arrivedAt: number;
}

/** What it must know of a packet. */
type Watched = Pick<InspectedPacket, "packet" | "counted" | "isForeign" | "time">;

/** Puts the units of a stream of another encoding than JPEG together, for what they tell. */
export class UnitWatcher {
  readonly #depacketizer: Depacketizer | undefined;
  readonly #reorder: ReorderBuffer<Placed>;
  #jumped: Omit<Placed, "sequence"> | undefined;

  constructor(format: TrackDescription, emit: (unit: AccessUnit) => void) {
    this.#depacketizer = payloadFormat(format.encoding)?.depacketizer?.(format, emit);
    this.#reorder = new ReorderBuffer((placed) => {
      if (!placed.isForeign) this.#depacketizer?.push(placed);
    });
  }

  /** Whether units of this encoding can be put together. */
  get watches(): boolean {
    return this.#depacketizer !== undefined;
  }

  /** What a decoder must be given beforehand. */
  get configuration(): DecoderConfiguration | undefined {
    return this.#depacketizer?.configuration;
  }

  /** What the stream itself has told of its format. */
  get seen(): StreamFormat | undefined {
    return this.#depacketizer?.seen;
  }

  /** @param arrival ms, that never jump */
  push({ packet, counted, isForeign, time }: Watched, arrival: number): void {
    if (this.#depacketizer === undefined) return;
    const { place, sequence } = counted;
    if (sequence === undefined) {
      // It waits for the packet after it, which tells whether it was a stray.
      this.#jumped = { packet, isForeign, arrivedAt: time };
      return;
    }
    if (place === "first") this.#begin(sequence, arrival);
    this.#reorder.push(sequence, { packet, isForeign, sequence, arrivedAt: time }, arrival);
    if (this.#reorder.size > 0) this.#reorder.expire(arrival);
  }

  /** Ends what has begun. */
  flush(): void {
    this.#reorder.flush();
    this.#depacketizer?.flush();
  }

  #begin(sequence: number, arrival: number): void {
    this.#reorder.flush();
    this.#reorder.reset();
    const jumped = this.#jumped;
    this.#jumped = undefined;
    if (jumped !== undefined) {
      this.#reorder.push(sequence - 1, { ...jumped, sequence: sequence - 1 }, arrival);
    }
  }
}
