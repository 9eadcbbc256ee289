import type { ObservedMessage, ObservedRtcp } from "../lib/client/observer.ts";
import type { InspectedPacket } from "../lib/inspect/rule.ts";
import type { Conclusion } from "../lib/inspect/session_inspector.ts";
import type { StreamInspector } from "../lib/inspect/stream_inspector.ts";
import { summaryOf } from "../lib/inspect/stream_summary.ts";
import type { ReceivedFrame } from "../lib/stream/received_frame.ts";
import type { CommandContext } from "./command.ts";
import { messageLines } from "./print_exchange.ts";
import { findingLines, sessionWords, streamLines, verdictLines } from "./print_findings.ts";
import { type JsonEvent, rtcpEvent, rtpEvent, rtspEvent } from "./print_json.ts";
import { PacketLines } from "./print_packets.ts";
import type { Style } from "./style.ts";
import { type Summary, summaryLine } from "./summary.ts";

/** How what was seen is told, as it is seen. */
export interface ProbeReport {
  message(message: ObservedMessage): void;
  description(lines: readonly string[]): void;
  packet(packet: InspectedPacket): void;
  /** @param stream the one it is of, where packets of it have come */
  rtcp(rtcp: ObservedRtcp, stream: StreamInspector | undefined): void;
  /**
   * A picture of JPEG, whole or damaged.
   * @param stream which of the session's streams it is of; undefined where there is only one
   */
  frame?(frame: ReceivedFrame, stream: string | undefined): void;
  /** The verdict first, then what was found. */
  conclusion(conclusion: Conclusion): void;
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

  rtcp(rtcp: ObservedRtcp, stream: StreamInspector | undefined): void {
    if (this.quietPackets) return;
    const { aheadMs, rate } = stream?.reported ?? {};
    this.#print([this.#packets.rtcp(rtcp, this.#at(rtcp.time), { aheadMs, rate })]);
  }

  conclusion({ verdict, session, findings }: Conclusion): void {
    const { style } = this;
    this.#print(["", ...verdictLines(verdict, style), "", ...findingLines(findings, style)]);
    const words = sessionWords(session);
    if (words !== "") this.#print(["", words]);
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

  conclusion({ verdict, session, findings }: Conclusion): void {
    this.#print({ event: "verdict", ...verdict, ...session });
    for (const finding of findings) this.#print({ event: "finding", ...finding });
  }

  summary(stream: StreamInspector | undefined, number: number, summary: Summary): void {
    const facts = stream === undefined ? {} : summaryOf(stream);
    this.#print({ ...summary, stream: number, ...facts });
    this.context.talk(summaryLine(summary));
  }

  #print(event: JsonEvent): void {
    this.context.out(JSON.stringify(event));
  }
}
