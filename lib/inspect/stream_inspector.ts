import type { AccessUnit, StreamFormat, TrackDescription } from "../codec/depacketizer.ts";
import { describedFormat } from "../codec/format.ts";
import { DescribedTypes } from "../stream/described_types.ts";
import type { ObservedPacket, ObservedRtcp } from "../stream/observation.ts";
import { ReceiveStatistics } from "../stream/receive_statistics.ts";
import type { ReceivedFrame } from "../stream/received_frame.ts";
import type { DescribedTrack } from "./described.ts";
import type { MediaTransportKind } from "./exchange.ts";
import type { Finding } from "./finding.ts";
import { FormatRule } from "./format_rule.ts";
import { JpegRule } from "./jpeg_rule.ts";
import { LabRule } from "./lab_rule.ts";
import { labVerdict } from "./lab_verdict.ts";
import { LeftOutRule } from "./left_out_rule.ts";
import { MarkerRule } from "./marker_rule.ts";
import { PayloadWatcher } from "./payload_kind.ts";
import { PictureRule } from "./picture_rule.ts";
import { RepetitionWatcher } from "./repetition.ts";
import type {
  Ending,
  InspectedPacket,
  InspectedRtcp,
  PacketStream,
  StreamFacts,
  StreamRule,
} from "./rule.ts";
import { type ReportedClock, SenderReportRule } from "./sender_report_rule.ts";
import { SequenceRule } from "./sequence_rule.ts";
import { SourceRule } from "./source_rule.ts";
import { MediaSteps } from "./media_steps.ts";
import { StallRule } from "./stall_rule.ts";
import { StreamClock } from "./stream_clock.ts";
import { isJump, TimestampRule } from "./timestamp_rule.ts";
import { UnitTally } from "./unit_tally.ts";
import { UnitWatcher } from "./unit_watcher.ts";

/** A packet to inspect; where it came from, live or recorded, does not matter. */
export type SeenPacket = Omit<ObservedPacket, "counted">;

/** What a stream is known to be before its first packet. */
export interface StreamSource {
  /** `video`, `audio 2` …; `""` where there is only one. */
  name: string;
  /** As described, or as its payload type says; an encoding of `""` when nobody said. */
  format: TrackDescription;
  described: DescribedTrack | undefined;
}

/** Looks at one stream's packets and frames as they come, and draws conclusions at the end. */
export class StreamInspector implements PacketStream {
  readonly name: string;
  readonly format: TrackDescription;
  readonly described: DescribedTrack | undefined;
  readonly statistics: ReceiveStatistics;
  readonly clock: StreamClock;
  readonly units = new UnitTally();
  /** Complete frames, or units of another encoding. */
  frames = 0;
  damagedFrames = 0;
  /** Of units of another encoding than JPEG, those that do not just repeat the one before. */
  newFrames = 0;
  readonly #payload = new PayloadWatcher();
  readonly #senderReports = new SenderReportRule();
  readonly #rules: readonly StreamRule[];
  readonly #packetRules: readonly StreamRule[];
  readonly #isJpeg: boolean;
  /** Whether it may carry JPEG files bare: of course-lab servers nobody says what they send. */
  readonly #maybeJpeg: boolean;
  readonly #types: DescribedTypes;
  readonly #steps = new MediaSteps();
  readonly #watcher: UnitWatcher;
  readonly #repetitions: RepetitionWatcher;
  /** Its format as described: parameter sets may be there and nowhere else. */
  readonly #expected: StreamFormat;
  #lastPacket: InspectedPacket | undefined;
  /** Where the newest frame is damaged, what counts it: if we stop here, it had only not come yet. */
  #unfinished: (() => void) | undefined;

  constructor({ name, format, described }: StreamSource) {
    this.name = name;
    this.format = format;
    this.described = described;
    this.statistics = new ReceiveStatistics(format.clockRate);
    this.clock = new StreamClock(format.clockRate);
    this.#isJpeg = format.encoding.toUpperCase() === "JPEG";
    this.#maybeJpeg = this.#isJpeg || format.encoding === "";
    this.#types = new DescribedTypes(described?.formats.keys() ?? []);
    this.#watcher = new UnitWatcher(format, (unit) => this.#unit(unit));
    this.#repetitions = new RepetitionWatcher(format.encoding);
    this.#expected = describedFormat(format);
    this.#rules = [
      ...(this.#maybeJpeg ? [new LabRule(), new JpegRule()] : []),
      new SequenceRule(),
      new TimestampRule(),
      new MarkerRule(),
      new SourceRule(),
      new FormatRule(described?.formats),
      this.#senderReports,
      new StallRule(),
      new LeftOutRule(),
      new PictureRule(),
    ];
    this.#packetRules = this.#rules.filter((rule) => rule.packet !== undefined);
  }

  /** The packet that came last. */
  get lastPacket(): InspectedPacket | undefined {
    return this.#lastPacket;
  }

  /** Whether its frames are put together, and so counted. */
  get tellsFrames(): boolean {
    return this.#maybeJpeg || this.#watcher.watches;
  }

  /** What the stream itself has told of its format, by its parameter sets or payload headers. */
  get seen(): StreamFormat | undefined {
    if (this.#isJpeg) return this.#payload.format;
    return this.#watcher.seen;
  }

  /** What sender reports have told. */
  get reported(): ReportedClock {
    return this.#senderReports.reported;
  }

  /** Takes a packet and says what is known of it. */
  packet({ time, arrival = time, packet, size }: SeenPacket): InspectedPacket {
    const { sequence, timestamp } = packet;
    const { statistics } = this;
    const counted = statistics.receive(sequence, timestamp, size, arrival);
    const isForeign = !this.#types.takes(packet.payloadType);
    const step = this.#steps.next(counted, isForeign);
    if (!isForeign) {
      if (this.#maybeJpeg) this.#payload.look(packet, this.#isJpeg);
      if (isJump(step, this.format.clockRate)) this.clock.restart();
      this.clock.add(timestamp, arrival, time, counted.place);
    }
    const { kind, jpeg } = this.#payload;
    const seen: InspectedPacket = {
      number: statistics.packets,
      time,
      packet,
      size,
      counted,
      isForeign,
      step,
      payload: kind,
      jpeg: isForeign ? undefined : jpeg,
      jitterMs: statistics.jitterMs,
      stream: this,
    };
    for (const rule of this.#packetRules) rule.packet!(seen);
    if (!this.#isJpeg) this.#watcher.push(seen, arrival);
    this.#lastPacket = seen;
    return seen;
  }

  /** Takes an RTCP packet of the stream's. */
  rtcp(rtcp: ObservedRtcp): void {
    const { statistics, clock } = this;
    const ssrc = this.#lastPacket?.packet.ssrc;
    const seen: InspectedRtcp = { ...rtcp, ssrc, statistics, clock };
    for (const rule of this.#rules) rule.rtcp?.(seen);
  }

  /** Takes a picture of JPEG that packets were put together to. */
  frame(frame: ReceivedFrame): void {
    this.#settleUnfinished();
    if (frame.jpeg === undefined) {
      this.#unfinished = () => {
        this.damagedFrames++;
        this.#tellFrame(frame);
      };
      return;
    }
    this.frames++;
    this.#tellFrame(frame);
  }

  /** What there is to say about it all. */
  conclude(ending: Ending, transport?: MediaTransportKind): Finding[] {
    this.#watcher.flush();
    if (ending.reason !== "stopped") this.#settleUnfinished();
    const facts = this.#facts(ending, transport);
    const findings = this.#rules.flatMap((rule) => rule.conclude(facts));
    const verdict = labVerdict(facts, findings);
    const all = verdict === undefined ? findings : [verdict, ...findings];
    return this.name === "" ? all : all.map((found) => ({ ...found, stream: this.name }));
  }

  #settleUnfinished(): void {
    this.#unfinished?.();
    this.#unfinished = undefined;
  }

  #tellFrame(frame: ReceivedFrame): void {
    for (const rule of this.#rules) rule.frame?.(frame, this.frames + this.damagedFrames);
  }

  #unit(unit: AccessUnit): void {
    this.#settleUnfinished();
    const whole = unit.damaged === undefined;
    const repetition = whole ? this.#repetitions.next(unit, this.seen ?? this.#expected) : "new";
    const tell = (): void => {
      const number = this.frames + this.damagedFrames;
      for (const rule of this.#rules) rule.unit?.(unit, number, repetition);
    };
    if (!whole) {
      this.#unfinished = () => {
        this.damagedFrames++;
        tell();
      };
      return;
    }
    this.frames++;
    if (repetition === "new") this.newFrames++;
    this.units.add(unit, this.frames + this.damagedFrames);
    tell();
  }

  #facts(ending: Ending, transport: MediaTransportKind | undefined): StreamFacts {
    const { name, format, described, seen, statistics, clock, reported } = this;
    const { frames, damagedFrames } = this;
    const seconds = statistics.activeMs / 1000;
    const fps = seconds > 0 && frames > 1 ? (frames - 1) / seconds : 0;
    const hostDrops = ending.hostDropsOf?.get(name) ?? ending.hostDrops ?? 0;
    return {
      ...{ name, format, described, seen, statistics, clock, frames, damagedFrames, fps, ending },
      ...{ payload: this.#payload.kind, transport, hostDrops, reported },
    };
  }
}
