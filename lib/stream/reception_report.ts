import { delayFromMilliseconds, ntpMiddle, type NtpTimestamp } from "../rtcp/ntp.ts";
import { MAX_CUMULATIVE_LOST, type ReportBlock } from "../rtcp/report_block.ts";
import type { ReceiveStatistics } from "./receive_statistics.ts";

/**
 * Makes the report blocks of one received source (RFC 3550, section 6.4.1), each about what came
 * since the one before.
 */
export class ReceptionReporter {
  #expectedBefore = 0;
  #receivedBefore = 0;
  #lastSenderReport = 0;
  #senderReportAt = 0;

  constructor(readonly statistics: ReceiveStatistics) {}

  /**
   * Notes a sender report, so that the sender can compute the round-trip time.
   * @param now ms
   */
  senderReported(time: NtpTimestamp, now: number): void {
    this.#lastSenderReport = ntpMiddle(time);
    this.#senderReportAt = now;
  }

  /**
   * @param ssrc of the source
   * @param now ms
   */
  report(ssrc: number, now: number): ReportBlock {
    const { statistics } = this;
    const expected = statistics.expected - this.#expectedBefore;
    const received = statistics.received - this.#receivedBefore;
    this.#expectedBefore = statistics.expected;
    this.#receivedBefore = statistics.received;
    const lost = Math.max(0, expected - received);
    const since = now - this.#senderReportAt;
    return {
      ssrc,
      fractionLost: expected === 0 ? 0 : Math.min(255, Math.floor(lost * 256 / expected)),
      cumulativeLost: Math.min(statistics.lost, MAX_CUMULATIVE_LOST),
      extendedHighestSequence: (statistics.highest ?? 0) >>> 0,
      jitter: Math.round(statistics.jitterMs * statistics.clockRate / 1000) >>> 0,
      lastSenderReport: this.#lastSenderReport,
      delaySinceLastSenderReport: this.#lastSenderReport === 0 ? 0 : delayFromMilliseconds(since),
    };
  }
}
