import type { Depacketizer, EmitUnit, SequencedPacket, StreamFormat } from "./depacketizer.ts";
import type { UnitKind } from "./depacketizer.ts";
import { GapMeter, UnitBuilder } from "./unit_builder.ts";

/** What one payload format says of its payloads, where each is a unit of its own. */
export interface PacketFormat {
  readonly kind: UnitKind;
  /** Ticks that a payload lasts; undefined when it does not tell. */
  duration?(payload: Uint8Array): number | undefined;
  /** What is wrong with a payload, a sentence; undefined when nothing is. */
  check?(payload: Uint8Array): string | undefined;
  /** Looks at a payload for what it tells of the format. */
  learn?(payload: Uint8Array): void;
  readonly seen?: StreamFormat | undefined;
}

/** Makes a unit of every packet: samples of sound, Opus, transport streams. */
export class PacketUnits implements Depacketizer {
  readonly configuration = undefined;
  readonly #gaps = new GapMeter();

  constructor(readonly format: PacketFormat, readonly emit: EmitUnit) {}

  get seen(): StreamFormat | undefined {
    return this.format.seen;
  }

  push(incoming: SequencedPacket): void {
    const { payload } = incoming.packet;
    const { lost } = this.#gaps.arrival(incoming.sequence);
    if (payload.length === 0) return;
    const unit = new UnitBuilder(this.format.kind, incoming, lost);
    unit.append(payload);
    const problem = this.format.check?.(payload);
    if (problem !== undefined) unit.damage(problem);
    else this.format.learn?.(payload);
    const duration = this.format.duration?.(payload);
    if (duration !== undefined) unit.describe({ duration });
    unit.finish(this.emit);
  }

  discontinuity(): void {
    this.#gaps.reset();
  }

  flush(): void {}
}
