import { parseCompound } from "../../rtcp/compound.ts";
import type { RtcpPacket } from "../../rtcp/packet.ts";
import type { ReportBlock } from "../../rtcp/report_block.ts";
import type { ServerContext } from "../context.ts";
import type { ReportFacts, SessionFacts } from "../events.ts";
import { JPEG_CLOCK_RATE } from "./rtp_stream.ts";

/** What a viewer says of our stream by RTCP (RFC 3550, section 6.4). */
export class ViewerReports {
  /** Opens RTCP where media is protected; undefined where it is not. */
  open: ((bytes: Uint8Array) => Uint8Array | undefined) | undefined;
  #last: ReportFacts | undefined;
  /** Packets lost by the reports before, for what is counted of all sessions together. */
  #lostBefore = 0;

  constructor(
    readonly context: Pick<ServerContext, "metrics" | "options">,
    readonly facts: SessionFacts,
  ) {}

  /** The last one. */
  get last(): ReportFacts | undefined {
    return this.#last;
  }

  /**
   * Takes what came for RTCP.
   * @param ssrc our stream
   * @returns whether it could be read: hole punches and noise come here too
   */
  receive(bytes: Uint8Array, ssrc: number): boolean {
    this.context.metrics.rtcpReceived++;
    const plain = this.open === undefined ? bytes : this.open(bytes);
    if (plain === undefined) return false; // ffmpeg sends its reports as they are
    let packets: RtcpPacket[];
    try {
      packets = parseCompound(plain);
    } catch {
      return false;
    }
    for (const packet of packets) {
      if (packet.type !== "RR" && packet.type !== "SR") continue;
      const report = packet.reports.find((block) => block.ssrc === ssrc);
      if (report !== undefined) this.#take(report);
    }
    return true;
  }

  #take(report: ReportBlock): void {
    const { options: { onEvent }, metrics } = this.context;
    metrics.packetsReportedLost += Math.max(0, report.cumulativeLost - this.#lostBefore);
    this.#lostBefore = Math.max(this.#lostBefore, report.cumulativeLost);
    this.#last = factsOf(report);
    onEvent({ event: "session-report", ...this.#last, ...this.facts });
  }
}

/** What a report says, in the words of events. */
function factsOf({ cumulativeLost, fractionLost, jitter }: ReportBlock): ReportFacts {
  return {
    // live555's first report counts one packet too few and so says that all are lost.
    fractionLost: cumulativeLost < 0 ? 0 : fractionLost / 256,
    packetsLost: cumulativeLost,
    jitterMs: jitter * 1000 / JPEG_CLOCK_RATE,
  };
}
