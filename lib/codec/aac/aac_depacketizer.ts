import { MalformedError } from "../../bytes/malformed.ts";
import { addToTimestamp } from "../../rtp/timestamp.ts";
import { parseFmtpParameters } from "../../sdp/fmtp.ts";
import type {
  DecoderConfiguration,
  Depacketizer,
  EmitUnit,
  SequencedPacket,
  StreamFormat,
  TrackDescription,
} from "../depacketizer.ts";
import { GapMeter, packets, UnitBuilder } from "../unit_builder.ts";
import { type AuLayout, type AuPart, parseAuLayout, parseAuPayload } from "./au_headers.ts";
import {
  type AudioSpecificConfig,
  configFromHex,
  formatOfConfig,
  makeAudioSpecificConfig,
  parseAudioSpecificConfig,
} from "./audio_specific_config.ts";

const DEFAULT_FRAME_LENGTH = 1024;

/** An access unit that comes in several packets. */
interface OpenUnit {
  unit: UnitBuilder;
  size: number;
  /** Whether the packets it began with are known to be its first. */
  joined: boolean;
}

/** Takes AAC frames out of packets of RFC 3640 (`MPEG4-GENERIC`). */
export class AacDepacketizer implements Depacketizer {
  readonly seen = undefined;
  readonly configuration: DecoderConfiguration | undefined;
  readonly #layout: AuLayout;
  readonly #duration: number;
  readonly #gaps = new GapMeter();
  #open: OpenUnit | undefined;

  constructor(readonly track: TrackDescription, readonly emit: EmitUnit) {
    this.#layout = parseAuLayout(track.fmtp);
    this.configuration = configurationOf(track);
    this.#duration = durationOf(this.configuration, track.clockRate);
  }

  push(incoming: SequencedPacket): void {
    const { packet, sequence } = incoming;
    const { lost, first } = this.#gaps.arrival(sequence);
    if (lost > 0) this.#endOpen(`${packets(lost)} lost before ${sequence & 0xffff}`);
    if (this.#open !== undefined && packet.timestamp !== this.#open.unit.timestamp) {
      this.#endOpen("Its last fragment is missing");
    }
    if (packet.payload.length === 0) return;
    let parts: AuPart[];
    try {
      parts = parseAuPayload(packet.payload, this.#layout);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      return this.#refuse(incoming, error, lost);
    }
    const part = parts[0]!;
    if (this.#open !== undefined) this.#continue(incoming, part);
    else if (part.size > part.data.length) this.#begin(incoming, part, { lost, first });
    else this.#emitWhole(incoming, parts, lost);
  }

  discontinuity(): void {
    this.#gaps.reset();
    this.#open = undefined;
  }

  flush(): void {
    this.#endOpen("Its last fragment is missing");
  }

  #emitWhole(incoming: SequencedPacket, parts: AuPart[], lost: number): void {
    const { timestamp } = incoming.packet;
    for (const [i, { data }] of parts.entries()) {
      const unit = new UnitBuilder("audio", incoming, i === 0 ? lost : 0);
      unit.append(data);
      unit.describe({
        timestamp: addToTimestamp(timestamp, Math.round(i * this.#duration)),
        duration: this.#duration,
      });
      unit.finish(this.emit);
    }
  }

  #begin(
    incoming: SequencedPacket,
    { size, data }: AuPart,
    { lost, first }: { lost: number; first: boolean },
  ): void {
    const unit = new UnitBuilder("audio", incoming, lost);
    unit.describe({ duration: this.#duration });
    unit.append(data);
    this.#open = { unit, size, joined: first };
    if (incoming.packet.marker) this.#endOpen("Its beginning is missing");
  }

  #continue(incoming: SequencedPacket, { size, data }: AuPart): void {
    const open = this.#open!;
    open.unit.extend(incoming);
    open.unit.append(data);
    if (size !== open.size || open.unit.bytes > size) {
      return this.#endOpen("Its fragments contradict each other");
    }
    if (open.unit.bytes < size) {
      if (incoming.packet.marker) this.#endOpen(`It has ${open.unit.bytes} of ${size} bytes`);
      return;
    }
    this.#open = undefined;
    open.unit.finish(this.emit);
  }

  /** Ends a unit that is not whole; one that began before us is nobody's loss. */
  #endOpen(problem: string): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    if (open.joined) return;
    open.unit.damage(problem);
    open.unit.finish(this.emit);
  }

  #refuse(incoming: SequencedPacket, { message }: MalformedError, lost: number): void {
    const problem = `Packet ${incoming.sequence & 0xffff}: ${message}`;
    if (this.#open !== undefined) return this.#endOpen(problem);
    const unit = new UnitBuilder("audio", incoming, lost);
    unit.damage(problem);
    unit.finish(this.emit);
  }
}

/** What the description tells of AAC (RFC 3640 section 4.1): its config first, else the clock rate. */
export function describedAac({ fmtp = "", clockRate, channels }: TrackDescription): StreamFormat {
  const config = readConfig(configFromHex(parseFmtpParameters(fmtp).get("config")));
  if (config !== undefined) return formatOfConfig(config);
  return { codec: "AAC", sampleRate: clockRate, ...(channels === undefined ? {} : { channels }) };
}

function configurationOf(track: TrackDescription): DecoderConfiguration | undefined {
  const { fmtp = "", clockRate, channels = 1 } = track;
  const described = configFromHex(parseFmtpParameters(fmtp).get("config"));
  if (readConfig(described) !== undefined) {
    return { codec: "aac", audioSpecificConfig: described! };
  }
  try {
    return { codec: "aac", audioSpecificConfig: makeAudioSpecificConfig(clockRate, channels) };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readConfig(bytes: Uint8Array | undefined): AudioSpecificConfig | undefined {
  if (bytes === undefined) return undefined;
  try {
    return parseAudioSpecificConfig(bytes);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

/** Ticks of one frame; the RTP clock need not be the sampling rate. */
function durationOf(configuration: DecoderConfiguration | undefined, clockRate: number): number {
  const config = configuration?.codec === "aac"
    ? readConfig(configuration.audioSpecificConfig)
    : undefined;
  if (config === undefined) return DEFAULT_FRAME_LENGTH;
  return config.frameLength * clockRate / config.sampleRate;
}
