import { MalformedError } from "../bytes/malformed.ts";
import { staticPayloadType } from "../rtp/payload_types.ts";
import { payloadTypes, rtpmapOf } from "../sdp/attributes.ts";
import { parseSdp } from "../sdp/parse.ts";
import type { SessionDescription } from "../sdp/session_description.ts";
import type { ObservedMessage, ObservedNote, ObservedStray } from "../stream/observation.ts";
import type { ReceivedFrame } from "../stream/received_frame.ts";
import { type Finding, finding, inOrder } from "./finding.ts";
import { MessageRule } from "./message_rule.ts";
import type { Ending, InspectedPacket } from "./rule.ts";
import { type SeenPacket, type StreamFormat, StreamInspector } from "./stream_inspector.ts";
import { count, Examples, grouped } from "./words.ts";

/** The clock of video, where neither the description nor the payload type tells one. */
const VIDEO_CLOCK_RATE = 90_000;

/**
 * Looks at everything of one session, live or from a recording: it is fed what was seen, in order,
 * and draws its conclusions at the end. It does not care who watches or how.
 */
export class SessionInspector {
  readonly #streams = new Map<string, StreamInspector>();
  readonly #formats = new Map<number, StreamFormat>();
  readonly #messages = new MessageRule();
  readonly #strays = new Examples();
  readonly #notes = new Map<string, string>();

  /** In order of their first packet. */
  get streams(): StreamInspector[] {
    return [...this.#streams.values()];
  }

  message(message: ObservedMessage): void {
    this.#messages.message(message);
    const description = message.direction === "in" ? describedBy(message) : undefined;
    if (description !== undefined) this.#learnFormats(description);
  }

  packet(seen: SeenPacket): InspectedPacket {
    const name = seen.stream ?? "";
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new StreamInspector(this.#formatOf(seen.packet.payloadType));
      this.#streams.set(name, stream);
    }
    return stream.packet(seen);
  }

  /** @param stream the one whose packets it was put together from; the only or first one if absent */
  frame(frame: ReceivedFrame, stream = ""): void {
    (this.#streams.get(stream) ?? this.streams[0])?.frame(frame);
  }

  stray({ size, problem }: ObservedStray): void {
    this.#strays.add(() => `${count(size, "byte")}: ${problem}`);
  }

  note({ code, message }: ObservedNote): void {
    if (!this.#notes.has(code)) this.#notes.set(code, message);
  }

  /** What there is to say about it all, what matters most first. */
  conclude(ending: Ending): Finding[] {
    const findings = this.streams.flatMap((stream) => stream.conclude(ending));
    findings.push(...this.#messages.conclude());
    if ((ending.hostDrops ?? 0) > 0) findings.push(droppedHere(ending.hostDrops!));
    for (const [code, message] of this.#notes) findings.push(noted(code, message));
    if (this.#strays.count > 0) {
      const message = `${count(this.#strays.count, "datagram")} on the media port ` +
        `${this.#strays.count === 1 ? "is" : "are"} no RTP packet of this stream`;
      findings.push(finding("stray-datagram", message, this.#strays.text));
    }
    if (this.#streams.size === 0) {
      const message =
        "The server accepted PLAY, but no RTP packet came: a firewall or NAT on the " +
        "way, another receiver on the port, or a file the server cannot read";
      findings.push(finding("no-media", message, "0 packets"));
    }
    return inOrder(findings);
  }

  #learnFormats({ media }: SessionDescription): void {
    for (const medium of media) {
      for (const payloadType of payloadTypes(medium)) {
        const map = rtpmapOf(medium, payloadType);
        if (map === undefined) continue;
        const { clockRate, encodingName } = map;
        this.#formats.set(payloadType, { clockRate, encodingName });
      }
    }
  }

  #formatOf(payloadType: number): StreamFormat {
    const fixed = staticPayloadType(payloadType);
    return this.#formats.get(payloadType) ?? {
      clockRate: fixed?.clockRate ?? VIDEO_CLOCK_RATE,
      encodingName: fixed?.encodingName,
    };
  }
}

/** The session description in a message, if it carries one that can be read. */
export function describedBy({ headers, body }: ObservedMessage): SessionDescription | undefined {
  const isSdp = headers.some(([name, value]) => {
    return name.toLowerCase() === "content-type" && /^\s*application\/sdp\b/i.test(value);
  });
  if (!isSdp) return undefined;
  try {
    return parseSdp(body);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return undefined;
  }
}

function droppedHere(drops: number): Finding {
  const message = `This machine received ${count(drops, "packet")} and threw them away, as its ` +
    "receive buffer was full: neither the server nor the network lost these (Linux grants a larger " +
    "one where net.core.rmem_max is higher)";
  return finding("host-drops", message, `the socket's drop counter is ${grouped(drops)}`);
}

function noted(code: string, message: string): Finding {
  return finding(code === "lab-cseq" ? "rtsp-cseq" : "rtsp-note", message, `noted as ${code}`);
}
