import { formatCompound } from "../../rtcp/compound.ts";
import type { NtpTimestamp } from "../../rtcp/ntp.ts";
import type { RtcpPacket } from "../../rtcp/packet.ts";
import type { ReceiveStatistics } from "../../stream/receive_statistics.ts";
import { ReceptionReporter } from "../../stream/reception_report.ts";

/** Mean time between receiver reports in ms (RFC 3550, section 6.2). */
const REPORT_MS = 5000;

/** Tells the sender what we receive of it, about every five seconds. */
export class ReceiverReports {
  /** The source that is reported about, once a packet of it has come. */
  source: number | undefined;
  readonly #reporter: ReceptionReporter;
  #lastAt: number | undefined;

  /** @param ssrc our own, random */
  constructor(statistics: ReceiveStatistics, readonly ssrc: number) {
    this.#reporter = new ReceptionReporter(statistics);
  }

  /** Notes a sender report that has just come. */
  senderReported(time: NtpTimestamp, now: number): void {
    this.#reporter.senderReported(time, now);
  }

  /**
   * The report that is due, if any.
   * @param now ms
   */
  due(now: number): Uint8Array | undefined {
    this.#lastAt ??= now;
    if (this.source === undefined || now - this.#lastAt < REPORT_MS) return undefined;
    this.#lastAt = now;
    return formatCompound(this.#packets(this.source, now));
  }

  /** The last report, with BYE (RFC 3550, section 6.6); none when nothing was received. */
  bye(now: number): Uint8Array | undefined {
    if (this.source === undefined) return undefined;
    const bye: RtcpPacket = { type: "BYE", sources: [this.ssrc] };
    return formatCompound([...this.#packets(this.source, now), bye]);
  }

  #packets(source: number, now: number): RtcpPacket[] {
    const text = this.ssrc.toString(16).padStart(8, "0");
    return [
      { type: "RR", ssrc: this.ssrc, reports: [this.#reporter.report(source, now)] },
      { type: "SDES", chunks: [{ source: this.ssrc, items: [{ type: "CNAME", text }] }] },
    ];
  }
}
