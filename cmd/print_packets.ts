import type { ObservedRtcp } from "../lib/client/observer.ts";
import type { InspectedPacket } from "../lib/inspect/rule.ts";
import { hexSsrc } from "../lib/inspect/words.ts";
import type { JpegPayload } from "../lib/jpeg/rtp_payload.ts";
import { relativeTime } from "./print_exchange.ts";
import type { Style } from "./style.ts";

const COLUMNS = "       time      seq     Δ   timestamp         Δ  M   PT      SSRC   bytes";

/** Packets after which the names of the columns are shown again. */
const SHOW_COLUMNS_EVERY = 50;

/** Makes the line per packet. */
export class PacketLines {
  #shown = 0;

  constructor(readonly style: Style) {}

  /** @param at ms since the first message */
  rtp(seen: InspectedPacket, at: number): string[] {
    const lines = this.#shown++ % SHOW_COLUMNS_EVERY === 0 ? [this.style.dim(COLUMNS)] : [];
    const { packet, counted, size, jpeg } = seen;
    const first = counted.place === "first";
    const columns = [
      String(packet.sequence).padStart(6),
      (first ? "" : signed(counted.sequenceDelta)).padStart(5),
      String(packet.timestamp).padStart(11),
      (seen.number === 1 ? "" : signed(counted.timestampDelta)).padStart(9),
      packet.marker ? " M" : " -",
      String(packet.payloadType).padStart(4),
      hexSsrc(packet.ssrc).padStart(9),
      String(size).padStart(7),
    ];
    const remark = [this.#place(seen), jpeg === undefined ? "" : jpegWords(jpeg)]
      .filter((words) => words !== "").join("  ");
    lines.push(`${this.style.dim(relativeTime(at))}  ${columns.join(" ")}  ${remark}`.trimEnd());
    return lines;
  }

  /** @param at ms since the first message */
  rtcp({ packet }: ObservedRtcp, at: number): string {
    return `${this.style.dim(relativeTime(at))}  ${this.style.cyan(`RTCP ${rtcpWords(packet)}`)}`;
  }

  #place({ counted, number }: InspectedPacket): string {
    switch (counted.place) {
      case "gap":
        return this.style.red(`gap: ${counted.sequenceDelta - 1} missing`);
      case "reordered":
        return this.style.yellow("reordered");
      case "duplicate":
        return this.style.yellow("duplicate");
      case "jump":
        return this.style.yellow("jump");
      case "first":
        return number === 1 ? this.style.dim("first") : this.style.yellow("numbering begins anew");
      case "next":
        return "";
    }
  }
}

function signed(delta: number): string {
  return delta < 0 ? String(delta) : `+${delta}`;
}

function jpegWords({ fragmentOffset, type, q, width, height }: JpegPayload): string {
  return `JPEG ${width}x${height} type ${type} Q ${q} offset ${fragmentOffset}`;
}

function rtcpWords(packet: ObservedRtcp["packet"]): string {
  switch (packet.type) {
    case "SR":
      return `SR from ${hexSsrc(packet.ssrc)}: ${packet.packetCount} packets, ` +
        `${packet.octetCount} bytes sent, RTP timestamp ${packet.rtpTimestamp}`;
    case "RR":
      return `RR from ${hexSsrc(packet.ssrc)}: ${packet.reports.length} report(s)`;
    case "SDES":
      return `SDES ${packet.chunks.map(({ source }) => hexSsrc(source)).join(" ")}`;
    case "BYE":
      return `BYE from ${packet.sources.map(hexSsrc).join(" ")}` +
        (packet.reason === undefined ? "" : `: ${JSON.stringify(packet.reason)}`);
    case "APP":
      return `APP ${JSON.stringify(packet.name)} from ${hexSsrc(packet.source)}`;
    case "unknown":
      return `of unknown type ${packet.packetType}`;
  }
}
