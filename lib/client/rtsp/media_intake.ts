import type { Depacketizer } from "../../codec/depacketizer.ts";
import type { Clock } from "../../net/clock.ts";
import { parseCompound } from "../../rtcp/compound.ts";
import type { RtcpPacket } from "../../rtcp/packet.ts";
import { DescribedTypes } from "../../stream/described_types.ts";
import { type JoinedPacket, SharedNumberJoiner } from "../../stream/shared_numbers.ts";
import { RTP_HEADER_LENGTH } from "../../rtp/header.ts";
import { payloadTypes } from "../../sdp/attributes.ts";
import type { Observer } from "../observer.ts";
import { type OrderedPacket, RtpReceiver } from "../receiver.ts";
import type { Track } from "./description.ts";
import type { MediaReceiver } from "./media_transport.ts";
import { PlayProgress } from "./play_progress.ts";
import { ReceiverReports } from "./receiver_reports.ts";
import { Pictures, type StreamDepacketizer, unitDepacketizer } from "./stream_depacketizer.ts";

/** What an intake needs from outside. */
export interface IntakeOptions {
  clock: Clock;
  observer: Observer;
  /** Our own source identifier, random. */
  ssrc: number;
  /** What the stream is called, where there are several. */
  stream?: string | undefined;
  /** Called when the source says that it has ended. */
  onGoodbye: () => void;
}

/** What comes of one stream, from packets to pictures, whatever transport brings it. */
export class MediaIntake implements MediaReceiver {
  readonly receiver: RtpReceiver;
  readonly reports: ReceiverReports;
  /** When the last packet came, or when the first could have, in ms on the clock. */
  lastPacketAt = 0;
  /** Whether the source has said that it ends, since it was begun. */
  saidGoodbye = false;
  readonly #pictures: Pictures | undefined;
  readonly #depacketizer: StreamDepacketizer | undefined;
  readonly #joiner = new SharedNumberJoiner();
  readonly #types: DescribedTypes;
  #progress: PlayProgress;
  #accepting = false;

  constructor(readonly track: Track, readonly options: IntakeOptions) {
    const { clock, observer, ssrc, stream } = options;
    const { encoding, clockRate } = track.format;
    this.#types = new DescribedTypes(payloadTypes(track.media));
    this.#progress = new PlayProgress(track, 0);
    this.#pictures = encoding === "JPEG" ? new Pictures(track, observer, stream) : undefined;
    this.#depacketizer = this.#pictures ?? unitDepacketizer(track, observer, stream);
    const emit = (packet: OrderedPacket): void => this.#depacketize(packet);
    this.receiver = new RtpReceiver({ clock, observer, clockRate, emit, stream });
    this.reports = new ReceiverReports(this.receiver.statistics, ssrc);
  }

  /**
   * Packets count from now on.
   * @param start where in the media they should begin, in seconds; where they ended if undefined
   */
  begin(start: number | undefined): void {
    this.#accepting = true;
    this.saidGoodbye = false;
    this.#progress = new PlayProgress(this.track, start ?? this.#progress.position);
    this.lastPacketAt = this.options.clock.now();
  }

  /** What puts the units of a stream that is no JPEG together, where somebody watches them. */
  get units(): Depacketizer | undefined {
    return this.#depacketizer?.units;
  }

  /** How far the PLAY under way has come. */
  get progress(): PlayProgress {
    return this.#progress;
  }

  /** Packets count no more until it begins again; what is on its way is no loss. */
  pause(): void {
    this.#accepting = false;
    this.receiver.restart();
    this.#depacketizer?.restart();
  }

  /** Packets count no more; what has begun is given up. */
  end(): void {
    this.#accepting = false;
    for (const joined of this.#joiner.flush()) this.#receive(joined);
    this.receiver.flush();
    this.#depacketizer?.flush(this.options.clock.wallTime());
  }

  rtp(bytes: Uint8Array, age = 0): void {
    if (!this.#accepting) return;
    this.lastPacketAt = this.options.clock.now();
    // Only whole JPEG files are cut over packets of one number, as lab servers do.
    const isPlain = this.#pictures === undefined || this.#pictures.packing === "rfc2435";
    if (isPlain) this.#receive({ bytes, datagrams: 1 }, age);
    else for (const joined of this.#joiner.push(bytes)) this.#receive(joined, age);
  }

  rtcp(bytes: Uint8Array, age = 0): void {
    const { clock, observer, ssrc, stream } = this.options;
    let packets: RtcpPacket[];
    try {
      packets = parseCompound(bytes);
    } catch (error) {
      return this.stray(bytes.length, (error as Error).message);
    }
    // To a group, what we say comes back to us (RFC 3550, section 8.2).
    const [first] = packets;
    if (first !== undefined && "ssrc" in first && first.ssrc === ssrc) return;
    for (const packet of packets) {
      observer.rtcp?.({ time: clock.wallTime() - age, packet, stream });
      if (packet.type === "SR") this.reports.senderReported(packet.ntpTimestamp, clock.now() - age);
      if (packet.type === "BYE" && this.#accepting && this.#isOfOurSource(packet.sources)) {
        this.saidGoodbye = true;
        this.options.onGoodbye();
      }
    }
  }

  stray(size: number, problem: string): void {
    const { clock, observer } = this.options;
    observer.stray?.({ time: clock.wallTime(), size, problem });
  }

  #receive({ bytes, datagrams }: JoinedPacket, age = 0): void {
    const { statistics } = this.receiver;
    const packet = this.receiver.receive(bytes, age);
    statistics.packets += datagrams - 1;
    statistics.bytes += (datagrams - 1) * RTP_HEADER_LENGTH;
    if (packet === undefined) return;
    this.reports.source = packet.ssrc;
    this.#progress.packet(packet.timestamp);
  }

  #depacketize(ordered: OrderedPacket): void {
    if (this.#types.takes(ordered.packet.payloadType)) this.#depacketizer?.push(ordered);
  }

  /** Members of a group say goodbye too, and so do sources of earlier sessions. */
  #isOfOurSource(sources: readonly number[]): boolean {
    const { source } = this.reports;
    // Tolerance: VLC 3.0.24 says goodbye for source 0 before its first sender report.
    return source === undefined || sources.every((said) => said === 0) || sources.includes(source);
  }
}
