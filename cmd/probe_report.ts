import type { ObservedMessage, ObservedRtcp } from "../lib/client/observer.ts";
import type { Finding } from "../lib/inspect/finding.ts";
import type { InspectedPacket } from "../lib/inspect/rule.ts";
import type { StreamInspector } from "../lib/inspect/stream_inspector.ts";
import type { CommandContext } from "./command.ts";
import { messageLines } from "./print_exchange.ts";
import { findingLines, streamLines } from "./print_findings.ts";
import { type JsonEvent, rtcpEvent, rtpEvent, rtspEvent } from "./print_json.ts";
import { PacketLines } from "./print_packets.ts";
import type { Style } from "./style.ts";
import { type Summary, summaryLine } from "./summary.ts";

/** How what was seen is told, as it is seen. */
export interface ProbeReport {
  message(message: ObservedMessage): void;
  description(lines: readonly string[]): void;
  packet(packet: InspectedPacket): void;
  rtcp(rtcp: ObservedRtcp): void;
  findings(findings: readonly Finding[]): void;
  /** @param stream undefined where no packet came */
  summary(stream: StreamInspector | undefined, number: number, summary: Summary): void;
}

/** For people. */
export class TextReport implements ProbeReport {
  #start: number | undefined;
  readonly #packets: PacketLines;

  constructor(
    readonly context: Pick<CommandContext, "out">,
    readonly style: Style,
    readonly quietPackets: boolean,
  ) {
    this.#packets = new PacketLines(style);
  }

  message(message: ObservedMessage): void {
    this.#print(messageLines(message, this.#at(message.time), this.style));
  }

  description(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#print(["", ...lines.map((line) => this.style.cyan(line)), ""]);
  }

  packet(packet: InspectedPacket): void {
    if (!this.quietPackets) this.#print(this.#packets.rtp(packet, this.#at(packet.time)));
  }

  rtcp(rtcp: ObservedRtcp): void {
    if (!this.quietPackets) this.#print([this.#packets.rtcp(rtcp, this.#at(rtcp.time))]);
  }

  findings(findings: readonly Finding[]): void {
    this.#print(["", ...findingLines(findings, this.style)]);
  }

  summary(stream: StreamInspector | undefined, _number: number, summary: Summary): void {
    this.#print(["", ...streamLines(stream, summary, this.style)]);
  }

  /** ms since the first thing seen. */
  #at(time: number): number {
    this.#start ??= time;
    return time - this.#start;
  }

  #print(lines: readonly string[]): void {
    for (const line of lines) this.context.out(line);
  }
}

/** For scripts: one object a line, and the summary in words for whoever looks on. */
export class JsonReport implements ProbeReport {
  constructor(
    readonly context: Pick<CommandContext, "out" | "talk">,
    readonly quietPackets: boolean,
  ) {}

  message(message: ObservedMessage): void {
    this.#print(rtspEvent(message));
  }

  description(): void {
    // It stands in the messages.
  }

  packet(packet: InspectedPacket): void {
    if (!this.quietPackets) this.#print(rtpEvent(packet));
  }

  rtcp(rtcp: ObservedRtcp): void {
    if (!this.quietPackets) this.#print(rtcpEvent(rtcp));
  }

  findings(findings: readonly Finding[]): void {
    for (const finding of findings) this.#print({ event: "finding", ...finding });
  }

  summary(stream: StreamInspector | undefined, number: number, summary: Summary): void {
    const { payloadType, ssrc } = stream?.lastPacket?.packet ?? {};
    const { clockRate, encodingName } = stream?.format ?? {};
    this.#print({ ...summary, stream: number, payloadType, ssrc, encodingName, clockRate });
    this.context.talk(summaryLine(summary));
  }

  #print(event: JsonEvent): void {
    this.context.out(JSON.stringify(event));
  }
}
