import type { PayloadFacts } from "../lib/codec/depacketizer.ts";
import { payloadFormat } from "../lib/codec/registry.ts";
import type { ObservedRtcp } from "../lib/client/observer.ts";
import type { InspectedPacket, PacketStream } from "../lib/inspect/rule.ts";
import { hexSsrc } from "../lib/inspect/words.ts";
import type { JpegPayload } from "../lib/jpeg/rtp_payload.ts";
import { relativeTime } from "./print_exchange.ts";
import { type RtcpContext, rtcpWords } from "./print_rtcp.ts";
import type { Style } from "./style.ts";

const COLUMNS = "       time       Δms    seq     Δ   timestamp        Δ M  PT bytes jitter";

/** Packets after which the names of the columns are shown again. */
const SHOW_COLUMNS_EVERY = 50;
/** Jitter above this is worth a look, in ms. */
const HIGH_JITTER_MS = 30;
/** Characters of a stream's name that are shown. */
const MOST_NAME = 10;

/** What payloads of key frames say, in H.264 and H.265; and what those that go on with one do. */
const KEY_FRAME = /\b(?:IDR|CRA|BLA)|\bVOP I\b/;
const CONTINUES = /^FU\S* (?!.* start$)/;

type Describe = (payload: Uint8Array) => PayloadFacts;

/** Makes the line per packet: a frame's last packet is marked M, a key frame's first stands out. */
export class PacketLines {
  #shown = 0;
  #nameWidth = 0;
  readonly #describers = new Map<PacketStream, Describe | undefined>();
  readonly #sources = new Map<PacketStream, number>();

  constructor(readonly style: Style) {}

  /** @param at ms since the first message */
  rtp(seen: InspectedPacket, at: number): string[] {
    const { name } = seen.stream;
    this.#nameWidth = Math.max(this.#nameWidth, Math.min(name.length, MOST_NAME));
    const lines = this.#shown++ % SHOW_COLUMNS_EVERY === 0 ? [this.#heading()] : [];
    const remarks = [this.#place(seen), this.#source(seen), this.#payload(seen)];
    const remark = remarks.filter((words) => words !== "").join("  ");
    const columns = `${this.#name(name)}${this.#columns(seen)}`;
    lines.push(`${this.style.dim(relativeTime(at))} ${columns}  ${remark}`.trimEnd());
    return lines;
  }

  /** @param at ms since the first message */
  rtcp({ packet, stream = "" }: ObservedRtcp, at: number, context: RtcpContext = {}): string {
    const words = `RTCP ${rtcpWords(packet, context)}`;
    return `${this.style.dim(relativeTime(at))} ${this.#name(stream)}${this.style.cyan(words)}`;
  }

  #heading(): string {
    const stream = this.#nameWidth === 0 ? "" : "stream".padEnd(this.#nameWidth + 1);
    return this.style.dim(`${COLUMNS.slice(0, 12)}${stream}${COLUMNS.slice(12)}`);
  }

  #name(name: string): string {
    if (this.#nameWidth === 0) return "";
    return `${name.slice(0, MOST_NAME).padEnd(this.#nameWidth)} `;
  }

  /** What is as it was or as it should be is dim: what stands out is new. */
  #columns({ packet, counted, size, number, jitterMs }: InspectedPacket): string {
    const { style } = this;
    const { place, sequenceDelta, timestampDelta, arrivalDelta } = counted;
    const first = number === 1;
    const within = !first && timestampDelta === 0;
    const step = (place === "first" ? "" : signed(sequenceDelta)).padStart(5);
    const timestamp = String(packet.timestamp).padStart(11);
    const ticks = (first ? "" : within ? "·" : signed(timestampDelta)).padStart(8);
    const jitter = jitterMs.toFixed(1).padStart(6);
    return [
      (first ? "" : signed(arrivalDelta, 1)).padStart(9),
      String(packet.sequence).padStart(6),
      place === "next" || first ? style.dim(step) : style.yellow(step),
      within ? style.dim(`${timestamp} ${ticks}`) : `${timestamp} ${ticks}`,
      packet.marker ? style.bold("M") : " ",
      style.dim(String(packet.payloadType).padStart(3)),
      String(size).padStart(5),
      jitterMs > HIGH_JITTER_MS ? style.yellow(jitter) : style.dim(jitter),
    ].join(" ");
  }

  #place({ counted, number }: InspectedPacket): string {
    const { style } = this;
    switch (counted.place) {
      case "gap":
        return style.red(`LOST ${counted.sequenceDelta - 1} before this`);
      case "reordered":
        return style.yellow(`late by ${-counted.sequenceDelta}`);
      case "duplicate":
        return style.yellow("duplicate");
      case "jump":
        return style.yellow("jump");
      case "first":
        return number === 1 ? "" : style.yellow("numbering begins anew");
      case "next":
        return "";
    }
  }

  /** The source, where it is the first or another. */
  #source({ packet, stream, number }: InspectedPacket): string {
    const before = this.#sources.get(stream);
    if (before === packet.ssrc) return "";
    this.#sources.set(stream, packet.ssrc);
    const words = `SSRC ${hexSsrc(packet.ssrc)}`;
    return number === 1 ? this.style.dim(words) : this.style.yellow(`new ${words}`);
  }

  #payload({ packet, jpeg, payload, stream, counted, number }: InspectedPacket): string {
    const { style } = this;
    const within = number > 1 && counted.timestampDelta === 0;
    if (jpeg !== undefined) return within ? style.dim(jpegWords(jpeg)) : jpegWords(jpeg);
    if (payload === "bare-jpeg") return "";
    const describe = this.#describer(stream);
    if (describe === undefined) return "";
    const { text, problem } = describe(packet.payload);
    if (problem !== undefined) return style.red(`${text}: ${problem}`);
    if (KEY_FRAME.test(text) && packet.payload.length > 0 && !CONTINUES.test(text)) {
      return style.green(`${text}  KEY`);
    }
    return within ? style.dim(text) : text;
  }

  #describer(stream: PacketStream): Describe | undefined {
    if (!this.#describers.has(stream)) {
      const format = payloadFormat(stream.format.encoding);
      this.#describers.set(stream, format?.describer?.(stream.format));
    }
    return this.#describers.get(stream);
  }
}

function signed(delta: number, digits = 0): string {
  const text = digits === 0 ? String(delta) : delta.toFixed(digits);
  return delta < 0 ? text : `+${text}`;
}

function jpegWords({ fragmentOffset, type, q, width, height, restart }: JpegPayload): string {
  const words = fragmentOffset === 0 ? `JPEG ${width}x${height} type ${type} Q ${q}` : "JPEG";
  const restarts = restart === undefined ? "" : ` restart ${restart.interval}`;
  return `${words}${restarts} at ${fragmentOffset}`;
}
