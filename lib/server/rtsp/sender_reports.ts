import { formatCompound } from "../../rtcp/compound.ts";
import { ntpFromUnixMilliseconds } from "../../rtcp/ntp.ts";
import type { RtcpPacket } from "../../rtcp/packet.ts";
import { type SenderProgress, updateSenderReport } from "../../rtcp/sender_report.ts";
import type { ServerContext } from "../context.ts";
import { ScheduledTask } from "../moments.ts";
import type { RtpStream } from "./rtp_stream.ts";

/** Mean time between sender reports in ms (RFC 3550, section 6.2, the least there is). */
const REPORT_INTERVAL_MS = 5000;
/** How long a report waits for a frame to go ahead of, in ms, so that nobody wakes for it alone. */
const FRAME_PATIENCE_MS = 500;

/**
 * The RTCP of one sender: a report with the first frame and then about every five seconds, the
 * interval varied so that senders do not fall into step (RFC 3550, section 6.3.1), and BYE.
 */
export class SenderReports {
  /** A tick of the stretch being played and its time, the anchor between the two clocks. */
  #tick = 0;
  #dueAt = 0;
  /** When the next report is due, in ms on the server's clock; none yet when undefined. */
  #reportAt: number | undefined;
  /** A report with the name behind it; undefined before the first. */
  #formatted: Uint8Array<ArrayBuffer> | undefined;
  /** Where no frame comes to bring it along. */
  readonly #task = new ScheduledTask(() => this.#report(this.#now));

  constructor(readonly stream: RtpStream, readonly context: ServerContext) {}

  /** @param dueAt the time of the stretch's first tick, in ms on the server's clock */
  stretchBegins(dueAt: number): void {
    this.#tick = 0;
    this.#dueAt = dueAt;
  }

  /**
   * Notes which tick of the stretch leaves now. The first report goes ahead of its frame and bears
   * that frame's timestamp: live555 changes its clock at the first report, in the middle of a frame
   * if need be, and retina ends a stream whose first packet is older than a report before it.
   * @param dueAt the tick's time in ms on the server's clock
   * @returns whether the system has the report, if there was one to be sent
   */
  frameLeaves(tick: number, dueAt: number): boolean {
    this.#tick = tick;
    this.#dueAt = dueAt;
    return this.#reportAt !== undefined && dueAt < this.#reportAt || this.#report(dueAt);
  }

  /** Ends the stream for the receiver (RFC 3550, section 6.6). */
  bye(reason: string): void {
    this.stop();
    // Who never sent anything leaves without a word.
    if (this.stream.packetCount === 0) return;
    const sources = [this.stream.ssrc];
    const packets = [...this.#reportAndName(this.#now), { type: "BYE" as const, sources, reason }];
    this.stream.path?.sendControl(formatCompound(packets));
  }

  stop(): void {
    this.#reportAt = undefined;
    this.context.scheduler.cancel(this.#task);
  }

  get #now(): number {
    return this.context.options.clock.now();
  }

  /** @returns whether the system has it */
  #report(at: number): boolean {
    // Formatted once: most of it stays as it is. Each in bytes of its own, as it may wait to be sent.
    const report = (this.#formatted ??= formatCompound(this.#reportAndName(at))).slice();
    updateSenderReport(report, this.#progress(at));
    const hasLeft = this.stream.path?.sendControl(report) ?? true;
    const varied = REPORT_INTERVAL_MS * (0.5 + this.context.randomBits(16) / 0x10000);
    this.#reportAt = this.#now + varied;
    this.context.scheduler.scheduleRoughly(this.#task, this.#reportAt + FRAME_PATIENCE_MS);
    return hasLeft;
  }

  #reportAndName(at: number): RtcpPacket[] {
    const { stream: { ssrc }, context: { canonicalName } } = this;
    return [
      { type: "SR", ssrc, ...this.#progress(at), reports: [] },
      { type: "SDES", chunks: [{ source: ssrc, items: [{ type: "CNAME", text: canonicalName }] }] },
    ];
  }

  /** @param at the moment that both clocks are told of, in ms on the server's clock */
  #progress(at: number): SenderProgress {
    const { stream, context: { options: { clock } } } = this;
    // Where the media clock stands at that moment, between two frames.
    const interval = stream.plan?.interval ?? 1;
    const tick = this.#tick + (at - this.#dueAt) / interval;
    return {
      ntpTimestamp: ntpFromUnixMilliseconds(clock.wallTime() - (this.#now - at)),
      rtpTimestamp: stream.clock.at(tick),
      packetCount: stream.packetCount >>> 0,
      octetCount: stream.octetCount >>> 0,
    };
  }
}
