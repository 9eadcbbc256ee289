import { hasNtpTime, ntpToUnixMilliseconds } from "../rtcp/ntp.ts";
import type { SenderReport } from "../rtcp/sender_report.ts";
import { timestampDelta } from "../rtp/timestamp.ts";
import { type Finding, finding } from "./finding.ts";
import type { InspectedRtcp, StreamFacts, StreamRule } from "./rule.ts";
import { Examples, grouped } from "./words.ts";

/** What sender reports told: the relation of their two clocks. */
export interface ReportedClock {
  /** Sender reports that came, of whatever source. */
  reports: number;
  /** RTP ticks a second of the sender's own wall clock; undefined for fewer than two reports. */
  rate: number | undefined;
  /** The sender's wall clock less ours, in ms, as of the last report; undefined where it has none. */
  offsetMs: number | undefined;
  /** Media time of the report less that of the packets, in ms; undefined before any packet. */
  aheadMs: number | undefined;
}

/** A report further from the packets than this is on another clock, in ms. */
const MOST_AHEAD_MS = 5000;
/** How far the reports' rate may be from the declared one. */
const RATE_TOLERANCE = 0.05;
/** Its two clocks must part by this much, in ms: a busy sender reads one later than the other. */
const LEAST_APART_MS = 1000;
/** Over less time than this a rate cannot be told. */
const LEAST_MEASURED_MS = 500;

/** Whether sender reports are on the clock of the packets (RFC 3550, section 6.4.1). */
export class SenderReportRule implements StreamRule {
  readonly reported: ReportedClock = {
    reports: 0,
    rate: undefined,
    offsetMs: undefined,
    aheadMs: undefined,
  };
  #first: SenderReport | undefined;
  #last: SenderReport | undefined;
  #ticks = 0;
  /** Reports that could be compared with packets. */
  #compared = 0;
  #away = new Examples();

  rtcp({ packet, time, clock, ssrc }: InspectedRtcp): void {
    if (packet.type !== "SR") return;
    const { reported } = this;
    reported.reports++;
    // VLC's server ends with a report of a source that never sent: SSRC 0, timestamp 0.
    if (packet.packetCount === 0 || (ssrc !== undefined && packet.ssrc !== ssrc)) return;
    if (hasNtpTime(packet.ntpTimestamp)) {
      reported.offsetMs = ntpToUnixMilliseconds(packet.ntpTimestamp) - time;
    }
    this.#compareWithPackets(packet, time, clock);
    this.#measure(packet, clock.clockRate);
  }

  conclude({ format, clock }: StreamFacts): Finding[] {
    if (this.#away.count > 0 && this.#away.count === this.#compared) {
      const message = "The RTP timestamps of the sender reports have nothing to do with those of " +
        "the packets";
      return [finding("sr-clock", message, this.#away.text)];
    }
    const { rate } = this.reported;
    const off = rate === undefined ? 0 : Math.abs(rate / format.clockRate - 1);
    if (rate === undefined || off <= RATE_TOLERANCE) return [];
    if (off * this.#ntpMs() < LEAST_APART_MS) return [];
    const message = `By the sender reports, ${grouped(Math.round(rate))} ticks are a second, not ` +
      grouped(clock.clockRate);
    const evidence = `${grouped(this.#ticks)} ticks in ${
      (this.#ntpMs() / 1000).toFixed(1)
    } s of the sender's clock`;
    return [finding("sr-clock", message, evidence)];
  }

  #compareWithPackets(
    { rtpTimestamp }: SenderReport,
    time: number,
    { lastTimestamp, lastTime, clockRate }: InspectedRtcp["clock"],
  ): void {
    if (lastTimestamp === undefined) return;
    const ticks = timestampDelta(rtpTimestamp, lastTimestamp);
    const ahead = ticks * 1000 / clockRate - Math.max(0, time - lastTime);
    this.reported.aheadMs = ahead;
    this.#compared++;
    if (Math.abs(ahead) <= MOST_AHEAD_MS) return;
    this.#away.add(() => {
      const where = ahead > 0 ? "ahead of" : "behind";
      return `a report at ${rtpTimestamp} is ${(Math.abs(ahead) / 1000).toFixed(1)} s ${where} ` +
        `the packets, at ${lastTimestamp}`;
    });
  }

  #measure(report: SenderReport, clockRate: number): void {
    if (!hasNtpTime(report.ntpTimestamp)) return;
    if (this.#first?.ssrc !== report.ssrc) {
      this.#first = this.#last = report;
      this.#ticks = 0;
      return;
    }
    this.#ticks += timestampDelta(report.rtpTimestamp, this.#last!.rtpTimestamp);
    this.#last = report;
    const milliseconds = this.#ntpMs();
    if (milliseconds < LEAST_MEASURED_MS || clockRate <= 0) return;
    this.reported.rate = 1000 * this.#ticks / milliseconds;
  }

  #ntpMs(): number {
    const first = this.#first, last = this.#last;
    if (first === undefined || last === undefined) return 0;
    return ntpToUnixMilliseconds(last.ntpTimestamp) - ntpToUnixMilliseconds(first.ntpTimestamp);
  }
}
