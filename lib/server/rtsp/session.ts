import { CarriageError, RTP_HEADROOM } from "../../jpeg/packetize.ts";
import type { MediaPath } from "../../net/paths/media_path.ts";
import { parseCompound } from "../../rtcp/compound.ts";
import type { RtcpPacket } from "../../rtcp/packet.ts";
import type { ReportBlock } from "../../rtcp/report_block.ts";
import { addToSequence } from "../../rtp/sequence.ts";
import { PAYLOAD_TYPE_JPEG } from "../../rtp/payload_types.ts";
import type { MediaLease } from "../../stream/media_provider.ts";
import { RtpClock } from "../../stream/rtp_clock.ts";
import type { ServerContext } from "../context.ts";
import type { SessionFacts } from "../events.ts";
import { type FrameSink, Player } from "../player.ts";
import { ScheduledTask } from "../scheduler.ts";
import { SenderReports } from "./sender_reports.ts";
import type { PlayPlan } from "./play_plan.ts";

/** Ticks a second of JPEG's RTP timestamps (RFC 2435, section 3). */
export const JPEG_CLOCK_RATE = 90_000;

/** What a session is made of. */
export interface RtspSessionOptions {
  facts: SessionFacts;
  lease: MediaLease;
  context: ServerContext;
  /** Frames a second. */
  fps: number;
  /** Frames of the source; undefined while that is not known. */
  frameCount: number | undefined;
}

/** The connection whose channels carry a session's media; the session ends with it. */
export interface MediaCarrier {
  /** Takes a session's channels back. */
  releaseChannels(session: RtspSession): void;
}

/** An RTSP session (RFC 2326, section 3.4): one file, one viewer, one way to send. */
export class RtspSession implements FrameSink {
  readonly player: Player;
  readonly clock: RtpClock;
  readonly ssrc: number;
  readonly reports: SenderReports;
  /** The last report of the receiver about our stream. */
  receiverReport: ReportBlock | undefined;
  #path: MediaPath | undefined;
  #carrier: MediaCarrier | undefined;
  #sequence: number;
  #packetCount = 0;
  #octetCount = 0;
  #framesSent = 0;
  #framesDropped = 0;
  #queue: PlayPlan[] = [];
  #plan: PlayPlan | undefined;
  #lastSeenAt: number;
  #closed = false;
  #warned = new Set<string>();
  readonly #expiry = new ScheduledTask(() => this.#checkExpiry());

  constructor(readonly options: RtspSessionOptions) {
    const { lease, context, fps } = options;
    this.ssrc = context.randomBits(32);
    this.#sequence = context.randomBits(16);
    this.clock = new RtpClock(context.randomBits(32), JPEG_CLOCK_RATE);
    this.player = new Player(lease.source, fps, context.options.loop, this, context.scheduler);
    this.reports = new SenderReports(this, context);
    this.#lastSeenAt = context.options.clock.now();
  }

  get id(): string {
    return this.options.facts.session;
  }

  /** The name of the media, as it was asked for. */
  get media(): string {
    return this.options.facts.file;
  }

  get state(): "Ready" | "Playing" {
    return this.player.playing && !this.player.ended ? "Playing" : "Ready";
  }

  /** The sequence number of the next packet. */
  get nextSequence(): number {
    return this.#sequence;
  }

  get packetCount(): number {
    return this.#packetCount;
  }

  get octetCount(): number {
    return this.#octetCount;
  }

  get path(): MediaPath | undefined {
    return this.#path;
  }

  /** The plan being played, or the last one played. */
  get plan(): PlayPlan | undefined {
    return this.#plan;
  }

  get queuedPlays(): number {
    return this.#queue.length;
  }

  /**
   * Sets the way to send, replacing the one before.
   * @param carrier the connection the path goes over, whose being open is then the sign of life
   */
  attach(path: MediaPath, carrier?: MediaCarrier): void {
    this.#detach();
    this.#path = path;
    this.#carrier = carrier;
    this.touch();
    this.#checkExpiry();
  }

  /** A sign of life. */
  touch(): void {
    this.#lastSeenAt = this.options.context.options.clock.now();
  }

  /** Plays now. */
  play(plan: PlayPlan): void {
    // It may have ended while the reply was on its way.
    if (this.#closed) return;
    this.#plan = plan;
    this.clock.begin(plan.mediaInterval);
    this.reports.stretchBegins();
    if (plan.from !== undefined) this.player.jump(plan.from);
    this.player.play({ step: plan.step, interval: plan.interval, until: plan.until });
    this.options.context.options.onEvent({
      event: "session-playing",
      position: this.player.position,
      ...this.options.facts,
    });
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
    this.options.context.options.onEvent({
      event: "session-paused",
      position: this.player.position,
      ...this.options.facts,
    });
  }

  sendFrame(jpeg: Uint8Array, index: number, _pass: number, tick: number): void {
    const path = this.#path;
    const timestamp = this.clock.use(tick);
    if (path === undefined) return;
    let packets;
    try {
      packets = this.options.context.jpegPackets.packetsOf(jpeg);
    } catch (error) {
      return this.frameFailed(index, error);
    }
    const header = {
      payloadType: PAYLOAD_TYPE_JPEG,
      sequence: this.#sequence,
      timestamp,
      ssrc: this.ssrc,
    };
    if (!path.sendFrame(packets, header)) return this.#dropped(index);
    const { packetCount, buffer } = packets;
    this.#sequence = addToSequence(this.#sequence, packetCount);
    this.#packetCount += packetCount;
    this.#octetCount += buffer.length - packetCount * RTP_HEADROOM;
    this.#framesSent++;
    this.reports.frameSent(tick, this.player.dueAt ?? this.options.context.options.clock.now());
  }

  mediaEnded(): void {
    const next = this.#queue.shift();
    if (next !== undefined) return this.play(next);
    this.reports.bye("end of media");
    this.options.context.options.onEvent({ event: "session-end-of-media", ...this.options.facts });
  }

  frameFailed(index: number, error: unknown): void {
    const kind = error instanceof CarriageError ? "carriage" : "unreadable";
    const problem = error instanceof Error ? error.message : String(error);
    this.warn(kind, `frame ${index + 1} left out: ${problem}`);
  }

  /** Takes RTCP of the receiver: a sign of life, and what it says about our stream. */
  receiveControl(bytes: Uint8Array): void {
    this.touch();
    let packets: RtcpPacket[];
    try {
      packets = parseCompound(bytes);
    } catch {
      return; // hole punches and noise come here too
    }
    for (const packet of packets) {
      if (packet.type !== "RR" && packet.type !== "SR") continue;
      const report = packet.reports.find((block) => block.ssrc === this.ssrc);
      if (report !== undefined) this.#tellReport(report);
    }
  }

  /** Says each kind of trouble once a session. */
  warn(kind: string, message: string): void {
    if (this.#warned.has(kind)) return;
    this.#warned.add(kind);
    this.options.context.options.onEvent({
      event: "session-warning",
      message,
      ...this.options.facts,
    });
  }

  /** Ends the session and frees everything it has. */
  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    const { context, facts, lease } = this.options;
    if (this.state === "Playing" && this.#carrier === undefined) this.reports.bye(reason);
    this.reports.stop();
    this.player.pause();
    context.scheduler.cancel(this.#expiry);
    this.#detach();
    context.sessions.remove(this);
    lease.release();
    const frames = this.#framesSent;
    const dropped = this.#framesDropped;
    context.options.onEvent({ event: "session-ended", reason, frames, dropped, ...facts });
  }

  #detach(): void {
    this.#path?.close();
    this.#carrier?.releaseChannels(this);
    this.#carrier = undefined;
  }

  #dropped(index: number): void {
    this.#framesDropped++;
    this.warn("slow", `the client reads too slowly: frame ${index + 1} and others are left out`);
  }

  #tellReport(report: ReportBlock): void {
    this.receiverReport = report;
    this.options.context.options.onEvent({
      event: "session-report",
      fractionLost: report.fractionLost / 256,
      packetsLost: report.cumulativeLost,
      jitterMs: report.jitter * 1000 / JPEG_CLOCK_RATE,
      ...this.options.facts,
    });
  }

  #checkExpiry(): void {
    const { scheduler, options } = this.options.context;
    // The open connection is the sign of life of what is sent in it: ffmpeg sends no RTCP there,
    // rtspsrc and openRTSP no requests.
    if (this.#carrier !== undefined) return scheduler.cancel(this.#expiry);
    const expiresAt = this.#lastSeenAt + options.sessionTimeout * 1000;
    if (options.clock.now() >= expiresAt) return this.close("timed out");
    scheduler.schedule(this.#expiry, expiresAt);
  }
}
