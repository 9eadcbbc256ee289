import { delayFromMilliseconds, ntpMiddle, type NtpTimestamp } from "../rtcp/ntp.ts";
import {
  MAX_CUMULATIVE_LOST,
  MIN_CUMULATIVE_LOST,
  type ReportBlock,
} from "../rtcp/report_block.ts";
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
    const { expected } = statistics;
    // Duplicates count as received, so that the loss may be below 0 (section 6.4.1).
    const received = statistics.received + statistics.duplicated;
    const expectedNow = expected - this.#expectedBefore;
    const lostNow = Math.max(0, expectedNow - (received - this.#receivedBefore));
    this.#expectedBefore = expected;
    this.#receivedBefore = received;
    const since = now - this.#senderReportAt;
    return {
      ssrc,
      fractionLost: lostNow === 0 ? 0 : Math.min(255, Math.floor(lostNow * 256 / expectedNow)),
      cumulativeLost: clamp(expected - received, MIN_CUMULATIVE_LOST, MAX_CUMULATIVE_LOST),
      extendedHighestSequence: (statistics.highest ?? 0) >>> 0,
      jitter: Math.round(statistics.jitterMs * statistics.clockRate / 1000) >>> 0,
      lastSenderReport: this.#lastSenderReport,
      delaySinceLastSenderReport: this.#lastSenderReport === 0 ? 0 : delayFromMilliseconds(since),
    };
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
