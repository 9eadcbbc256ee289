import type { ObservedRtcp } from "../lib/client/observer.ts";
import { count, grouped, hexSsrc } from "../lib/inspect/words.ts";
import { delayToMilliseconds, hasNtpTime, ntpToUnixMilliseconds } from "../lib/rtcp/ntp.ts";
import type { ReportBlock } from "../lib/rtcp/report_block.ts";
import type { SenderReport } from "../lib/rtcp/sender_report.ts";
import type { SourceDescription } from "../lib/rtcp/source_description.ts";

/** Characters of a text from the network that are shown. */
const MOST_TEXT = 60;

/** What a line about an RTCP packet knows beside it. */
export interface RtcpContext {
  /** Media time of a sender report less that of the packets, in ms. */
  aheadMs?: number | undefined;
  /** Ticks a second by the sender's own clock. */
  rate?: number | undefined;
}

/** An RTCP packet with all its fields, in one line. */
export function rtcpWords(packet: ObservedRtcp["packet"], context: RtcpContext = {}): string {
  switch (packet.type) {
    case "SR":
      return senderReport(packet, context);
    case "RR":
      return `RR ${hexSsrc(packet.ssrc)}${blocks(packet.reports)}`;
    case "SDES":
      return `SDES ${packet.chunks.map(chunk).join("; ")}`;
    case "BYE":
      return `BYE ${packet.sources.map(hexSsrc).join(" ")}` +
        (packet.reason === undefined ? "" : ` ${quoted(packet.reason)}`);
    case "APP":
      return `APP ${quoted(packet.name)} ${hexSsrc(packet.source)} subtype ${packet.subtype}, ` +
        count(packet.data.length, "byte");
    case "unknown":
      return `of unknown type ${packet.packetType}`;
  }
}

function senderReport(packet: SenderReport, { aheadMs, rate }: RtcpContext): string {
  const { ssrc, ntpTimestamp, rtpTimestamp, packetCount, octetCount, reports } = packet;
  const time = hasNtpTime(ntpTimestamp)
    ? new Date(ntpToUnixMilliseconds(ntpTimestamp)).toISOString().replace("T", " ")
    : "no time";
  const facts = [
    `SR ${hexSsrc(ssrc)} ${time} = ${rtpTimestamp}`,
    count(packetCount, "packet"),
    count(octetCount, "byte"),
  ];
  if (aheadMs !== undefined) facts.push(`${signedMs(aheadMs)} to the packets`);
  if (rate !== undefined) facts.push(`clock ${grouped(Math.round(rate))} Hz`);
  return facts.join(", ") + blocks(reports);
}

function blocks(reports: readonly ReportBlock[]): string {
  return reports.map((block) => {
    const share = (100 * block.fractionLost / 256).toFixed(1);
    const delay = block.lastSenderReport === 0
      ? "no SR seen"
      : `SR ${delayToMilliseconds(block.delaySinceLastSenderReport).toFixed(0)} ms ago`;
    return `; of ${hexSsrc(block.ssrc)}: lost ${
      grouped(block.cumulativeLost)
    } (${share} % lately), ` +
      `highest ${block.extendedHighestSequence}, jitter ${block.jitter}, ${delay}`;
  }).join("");
}

function chunk({ source, items }: SourceDescription["chunks"][number]): string {
  const texts = items.map((item) => {
    return "text" in item ? `${item.type} ${quoted(String(item.text))}` : String(item.type);
  });
  return [hexSsrc(source), ...texts].join(" ");
}

function quoted(text: string): string {
  const cut = text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
  return JSON.stringify(cut);
}

function signedMs(milliseconds: number): string {
  return `${milliseconds < 0 ? "" : "+"}${milliseconds.toFixed(0)} ms`;
}
