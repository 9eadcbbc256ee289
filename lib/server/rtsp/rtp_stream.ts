import { CarriageError } from "../../jpeg/packetize.ts";
import type { FrameHeader, MediaPath } from "../../net/paths/media_path.ts";
import { PAYLOAD_TYPE_JPEG } from "../../rtp/payload_types.ts";
import { addToSequence } from "../../rtp/sequence.ts";
import type { MediaLease } from "../../stream/media_provider.ts";
import { MediaChangedError } from "../../stream/frame_source.ts";
import { RtpClock } from "../../stream/rtp_clock.ts";
import type { ServerContext } from "../context.ts";
import type { MediaTransport, SentMedia } from "../metrics.ts";
import { describeFault } from "../fault.ts";
import { type FramePlayer, playerOf } from "../frame_player.ts";
import type { FrameSink } from "../player.ts";
import type { JpegPacketCache } from "./jpeg_packet_cache.ts";
import { passes, type PlanSource, type PlayPlan } from "./play_plan.ts";
import { SenderReports } from "./sender_reports.ts";

/** Ticks a second of JPEG's RTP timestamps (RFC 2435, section 3). */
export const JPEG_CLOCK_RATE = 90_000;

/** Who is told what happens in a stream. */
export interface StreamListener {
  /** A range begins: the one asked for, or one that waited. */
  stretchBegan(): void;
  /** A pause point was reached. */
  paused(): void;
  /** Nothing is left to be played. */
  mediaEnded(): void;
  /** @param kind trouble of one kind is worth telling once */
  warn(kind: string, message: string): void;
}

/** What a stream is made of. */
export interface RtpStreamOptions {
  /** Given back when the stream is closed. */
  lease: MediaLease;
  context: ServerContext;
  /** Frames a second. */
  fps: number;
  listener: StreamListener;
}

/**
 * One synchronisation source (RFC 3550, section 3): a place in a file, and all that numbers and dates
 * the packets that leave from there. Whether one viewer receives them or a group, it does not know.
 */
export class RtpStream implements FrameSink {
  readonly player: FramePlayer;
  readonly clock: RtpClock;
  readonly ssrc: number;
  readonly reports: SenderReports;
  #path: MediaPath | undefined;
  #packets: JpegPacketCache | undefined;
  /** Where what leaves over the path is counted. */
  #sent: SentMedia;
  /** Of the next frame: one for all of them. */
  readonly #header: FrameHeader;
  #packetCount = 0;
  #octetCount = 0;
  #framesSent = 0;
  #framesDropped = 0;
  #queue: PlayPlan[] = [];
  #plan: PlayPlan | undefined;
  /** The frame the plan began with. */
  #beganAt = 0;

  constructor(readonly options: RtpStreamOptions) {
    const { lease, context, fps } = options;
    this.ssrc = context.randomBits(32);
    this.#header = {
      payloadType: PAYLOAD_TYPE_JPEG,
      // The lower half, where it is encrypted: a receiver that misses the first packets cannot tell
      // whether the numbers have begun anew meanwhile (RFC 3711, section 3.3.1).
      sequence: context.randomBits(context.options.srtp ? 15 : 16),
      timestamp: 0,
      ssrc: this.ssrc,
    };
    this.clock = new RtpClock(context.randomBits(32), JPEG_CLOCK_RATE);
    const { options: { loop }, scheduler, metrics } = context;
    this.#sent = metrics.sent.udp;
    this.player = playerOf({ source: lease.source, fps, loop, sink: this, scheduler });
    this.reports = new SenderReports(this, context);
  }

  /** Whether frames are leaving. */
  get running(): boolean {
    return this.player.playing && !this.player.ended;
  }

  /** The sequence number of the next packet. */
  get nextSequence(): number {
    return this.#header.sequence;
  }

  /** The timestamp of the next frame. */
  get nextTimestamp(): number {
    return this.clock.nextStart;
  }

  get packetCount(): number {
    return this.#packetCount;
  }

  get octetCount(): number {
    return this.#octetCount;
  }

  get framesSent(): number {
    return this.#framesSent;
  }

  /** Frames left out because the receiver was behind. */
  get framesDropped(): number {
    return this.#framesDropped;
  }

  get path(): MediaPath | undefined {
    return this.#path;
  }

  /** The plan being played, or the last one played. */
  get plan(): PlayPlan | undefined {
    return this.#plan;
  }

  /** Plans that wait for the one being played to end. */
  get queuedPlays(): number {
    return this.#queue.length;
  }

  /** What the next plan is made for. */
  get planSource(): PlanSource {
    const { fps, lease: { source } } = this.options;
    const { position, ended } = this.player;
    return {
      fps,
      frameCount: source.knownFrameCount,
      position,
      ended,
      live: source.live !== undefined,
    };
  }

  /** The time in the media of the next frame, in seconds. */
  get position(): number {
    return this.player.position / this.options.fps;
  }

  /** Sets the way to send, replacing the one before. */
  sendOver(path: MediaPath, transport: MediaTransport): void {
    this.#path?.close();
    this.#sent = this.options.context.metrics.sent[transport];
    this.#path = path;
    this.#packets = this.options.context.jpegPackets(path.gap);
  }

  /** Plays now. */
  play(plan: PlayPlan): void {
    this.#plan = plan;
    this.clock.begin(plan.mediaInterval);
    if (plan.from !== undefined) this.player.jump(plan.from);
    this.player.play({ step: plan.step, interval: plan.interval, until: plan.until });
    this.#beganAt = this.player.position;
    this.reports.stretchBegins(this.player.dueAt!);
    this.options.listener.stretchBegan();
  }

  /** Plays after what is playing now and what waits before it (RFC 2326, section 10.5). */
  enqueue(plan: PlayPlan): void {
    this.#queue.push(plan);
  }

  /** Stops where it is and forgets what waits (RFC 2326, section 10.6). */
  pause(): void {
    this.#queue = [];
    this.player.pause();
    this.reports.stop();
  }

  /**
   * Stops before a frame of what is being played or waits, at once where it has passed, and forgets
   * what waits behind it (RFC 2326, section 10.6).
   * @returns whether there is such a frame
   */
  pauseAt(frame: number): boolean {
    const plan = this.#plan;
    if (plan === undefined || !this.running) return false;
    if (!passes(plan, this.#beganAt, frame, this.planSource)) return this.#pauseInQueue(frame);
    this.#queue = [];
    const { position } = this.player;
    if (plan.step < 0 ? frame >= position : frame <= position) {
      this.pause();
      this.options.listener.paused();
      return true;
    }
    this.#plan = { ...plan, until: frame, pauses: true };
    this.player.endAt(frame);
    return true;
  }

  sendFrame(jpeg: Uint8Array, index: number, _passed: number, tick: number): boolean | void {
    const path = this.#path;
    const header = this.#header;
    header.timestamp = this.clock.use(tick);
    if (path === undefined) return;
    let packets;
    try {
      packets = this.#packets!.packetsOf(jpeg);
    } catch (error) {
      return this.frameFailed(index, error);
    }
    const dueAt = this.player.dueAt ?? this.options.context.options.clock.now();
    const isReported = this.reports.frameLeaves(tick, dueAt);
    const departure = path.sendFrame(packets, header);
    if (departure === "dropped") return this.#dropped(index, path.slow);
    const { packetCount, payloadBytes } = packets;
    header.sequence = addToSequence(header.sequence, packetCount);
    this.#packetCount += packetCount;
    this.#octetCount += payloadBytes;
    this.#framesSent++;
    const sent = this.#sent;
    sent.frames++;
    sent.packets += packetCount;
    sent.bytes += payloadBytes;
    return isReported && departure === "left";
  }

  mediaEnded(): void {
    if (this.#plan?.pauses) return this.#reachPausePoint(this.#plan.until!);
    const next = this.#queue.shift();
    if (next !== undefined) return this.play(next);
    this.reports.bye("end of media");
    this.options.listener.mediaEnded();
  }

  frameFailed(index: number, error: unknown): void {
    this.options.context.metrics.framesFailed++;
    const kind = error instanceof CarriageError
      ? "carriage"
      : error instanceof MediaChangedError
      ? "changed"
      : "unreadable";
    const problem = describeFault(error);
    this.options.listener.warn(kind, `frame ${index + 1} left out: ${problem}`);
  }

  /**
   * Ends the stream and frees everything it has.
   * @param farewell what a BYE says; undefined for none
   */
  close(farewell?: string): void {
    if (farewell !== undefined && this.running) this.reports.bye(farewell);
    this.reports.stop();
    this.player.pause();
    this.#path?.close();
    this.options.lease.release();
  }

  #pauseInQueue(frame: number): boolean {
    const at = this.#queue.findIndex((plan) => {
      return passes(plan, plan.from ?? 0, frame, this.planSource);
    });
    const plan = this.#queue[at];
    if (plan === undefined) return false;
    this.#queue = [...this.#queue.slice(0, at), { ...plan, until: frame, pauses: true }];
    return true;
  }

  /** What comes next is the frame of that point, whatever the step was. */
  #reachPausePoint(frame: number): void {
    this.pause();
    this.player.jump(frame);
    this.options.listener.paused();
  }

  #dropped(index: number, slow: string): void {
    this.#framesDropped++;
    this.options.context.metrics.framesDropped++;
    this.options.listener.warn(
      "slow",
      `${slow} too slowly: frame ${index + 1} and others are left out`,
    );
  }
}
