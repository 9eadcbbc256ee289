import type { ObservedPacket } from "../stream/observation.ts";
import { ReceiveStatistics } from "../stream/receive_statistics.ts";
import type { ReceivedFrame } from "../stream/received_frame.ts";
import type { Finding } from "./finding.ts";
import { LabRule } from "./lab_rule.ts";
import { PayloadWatcher } from "./payload_kind.ts";
import { PictureRule } from "./picture_rule.ts";
import type { Ending, InspectedPacket, StreamFacts, StreamRule } from "./rule.ts";
import { SequenceRule } from "./sequence_rule.ts";
import { SourceRule } from "./source_rule.ts";
import { TimestampRule } from "./timestamp_rule.ts";
import { labVerdict } from "./verdict.ts";

/** A packet to inspect; where it came from, live or recorded, does not matter. */
export type SeenPacket = Omit<ObservedPacket, "counted">;

/** What a stream is known to be before its first packet. */
export interface StreamFormat {
  /** Of the RTP timestamps, in Hz. */
  clockRate: number;
  /** As in `a=rtpmap`; undefined when nobody said. */
  encodingName: string | undefined;
}

/** Looks at one stream's packets and frames as they come, and draws conclusions at the end. */
export class StreamInspector {
  readonly statistics: ReceiveStatistics;
  /** Complete frames. */
  frames = 0;
  damagedFrames = 0;
  readonly #payload = new PayloadWatcher();
  readonly #rules: StreamRule[] = [
    new LabRule(),
    new SequenceRule(),
    new TimestampRule(),
    new SourceRule(),
    new PictureRule(),
  ];
  #lastPacket: InspectedPacket | undefined;
  /** The newest frame where it is damaged: if we stop here, it only had not come yet. */
  #unfinished: ReceivedFrame | undefined;

  constructor(readonly format: StreamFormat) {
    this.statistics = new ReceiveStatistics(format.clockRate);
  }

  /** The packet that came last. */
  get lastPacket(): InspectedPacket | undefined {
    return this.#lastPacket;
  }

  /** Takes a packet and says what is known of it. */
  packet({ time, arrival = time, packet, size }: SeenPacket): InspectedPacket {
    const { sequence, timestamp } = packet;
    const counted = this.statistics.receive(sequence, timestamp, size, arrival);
    this.#payload.look(packet, this.format.encodingName?.toUpperCase() === "JPEG");
    const { kind, jpeg } = this.#payload;
    const number = this.statistics.packets;
    const seen = { number, time, packet, size, counted, payload: kind, jpeg };
    for (const rule of this.#rules) rule.packet?.(seen);
    this.#lastPacket = seen;
    return seen;
  }

  /** Takes a frame that packets were put together to. */
  frame(frame: ReceivedFrame): void {
    this.#settleUnfinished();
    if (frame.jpeg === undefined) this.#unfinished = frame;
    else {
      this.frames++;
      this.#tellFrame(frame);
    }
  }

  /** What there is to say about it all. */
  conclude(ending: Ending): Finding[] {
    if (ending.reason !== "stopped") this.#settleUnfinished();
    const facts = this.#facts(ending);
    const findings = this.#rules.flatMap((rule) => rule.conclude(facts));
    const verdict = labVerdict(facts, findings);
    return verdict === undefined ? findings : [verdict, ...findings];
  }

  #settleUnfinished(): void {
    if (this.#unfinished === undefined) return;
    this.damagedFrames++;
    this.#tellFrame(this.#unfinished);
    this.#unfinished = undefined;
  }

  #tellFrame(frame: ReceivedFrame): void {
    for (const rule of this.#rules) rule.frame?.(frame, this.frames + this.damagedFrames);
  }

  #facts(ending: Ending): StreamFacts {
    const { statistics, frames, damagedFrames } = this;
    const seconds = statistics.activeMs / 1000;
    const fps = seconds > 0 && frames > 1 ? (frames - 1) / seconds : 0;
    return { payload: this.#payload.kind, statistics, frames, damagedFrames, fps, ending };
  }
}
