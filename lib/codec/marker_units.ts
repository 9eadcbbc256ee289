import type {
  DecoderConfiguration,
  Depacketizer,
  EmitUnit,
  SequencedPacket,
  StreamFormat,
} from "./depacketizer.ts";
import type { UnitKind } from "./depacketizer.ts";
import { GapMeter, packets, UnitBuilder } from "./unit_builder.ts";

/** A format whose units are cut anywhere, the last piece with the marker. */
export interface MarkerFormat {
  readonly kind: UnitKind;
  readonly seen: StreamFormat | undefined;
  readonly configuration: DecoderConfiguration | undefined;
  /** Whether a unit can begin with this payload; undefined when it cannot be seen. */
  begins(payload: Uint8Array): boolean | undefined;
  /** Makes units of one that is whole, or damaged; each is to be finished. */
  finish(unit: UnitBuilder, pieces: readonly Uint8Array[], emit: EmitUnit): void;
}

/** Puts units together up to the marker, or to where the timestamp changes. */
export class MarkerUnits implements Depacketizer {
  readonly #gaps = new GapMeter();
  #unit: UnitBuilder | undefined;
  #pieces: Uint8Array[] = [];
  /** Whether the unit under way began before us. */
  #joining = false;

  constructor(readonly format: MarkerFormat, readonly emit: EmitUnit) {}

  get seen(): StreamFormat | undefined {
    return this.format.seen;
  }

  get configuration(): DecoderConfiguration | undefined {
    return this.format.configuration;
  }

  push(incoming: SequencedPacket): void {
    const { packet, sequence } = incoming;
    const { lost, first } = this.#gaps.arrival(sequence);
    if (lost > 0) this.#unit?.damage(`${packets(lost)} lost before ${sequence & 0xffff}`);
    if (this.#unit !== undefined && packet.timestamp !== this.#unit.timestamp) this.#end();
    if (packet.payload.length === 0 && !packet.marker) return;
    if (this.#unit === undefined) this.#begin(incoming, lost, first);
    else this.#unit.extend(incoming);
    if (!this.#unit!.damaged && this.#unit!.append(packet.payload)) {
      this.#pieces.push(packet.payload);
    }
    if (packet.marker) this.#end();
  }

  discontinuity(): void {
    this.#gaps.reset();
    this.#forget();
  }

  flush(): void {
    if (this.#unit !== undefined) this.#end();
  }

  #begin(incoming: SequencedPacket, lost: number, first: boolean): void {
    const begins = this.format.begins(incoming.packet.payload);
    this.#unit = new UnitBuilder(this.format.kind, incoming, lost);
    this.#joining = first && begins === false;
    if (lost > 0 && begins === false) {
      this.#unit.damage(`Its beginning is missing: ${packets(lost)} lost`);
    }
  }

  #end(): void {
    const unit = this.#unit!;
    const pieces = this.#pieces;
    const joining = this.#joining;
    this.#forget();
    if (!joining) this.format.finish(unit, pieces, this.emit);
  }

  #forget(): void {
    this.#unit = undefined;
    this.#pieces = [];
    this.#joining = false;
  }
}
