import type { Dialogue } from "./rtsp_dialogue.ts";
import { MAX_SNIFFED, type Sniffed, sniffRtsp } from "./rtsp_sniffer.ts";
import { TcpStream } from "./tcp_stream.ts";
import { TCP_FLAG, type TcpSegment } from "./transport_layer.ts";

/** Segments looked at for a sign of RTSP before a connection is left alone. */
export const MAX_SNIFFED_SEGMENTS = 256;

/** The two ends of a TCP connection, in no particular order. */
export type Side = 0 | 1;

/** Begins a dialogue with who turned out to be the client. */
export type OpenDialogue = (dialect: Sniffed["dialect"], client: Side) => Dialogue | undefined;

/** One TCP connection of a capture: looked at until it shows what it is, and then followed. */
export class TcpConversation {
  #initiator: Side | undefined;
  /** Sequence number of the SYN that began it, per side. */
  #starts: [number | undefined, number | undefined] = [undefined, undefined];
  #streams: [TcpStream, TcpStream] | undefined;
  #dialogue: Dialogue | undefined;
  #sniffed = 0;
  /** The beginning of a line, per side, that is not whole. */
  #begun: [Begun | undefined, Begun | undefined] = [undefined, undefined];

  constructor(readonly open: OpenDialogue) {}

  get dialogue(): Dialogue | undefined {
    return this.#dialogue;
  }

  /** Whether a segment begins another connection between the same ends. */
  isNew({ flags, sequence }: TcpSegment, side: Side): boolean {
    if ((flags & TCP_FLAG.SYN) === 0) return false;
    const start = this.#starts[side];
    if (start !== undefined) return start !== sequence;
    return this.#dialogue !== undefined && (flags & TCP_FLAG.ACK) === 0;
  }

  push(segment: TcpSegment, side: Side): void {
    const { flags, acknowledgment, payload } = segment;
    let { sequence } = segment;
    if ((flags & TCP_FLAG.SYN) !== 0) {
      this.#starts[side] = sequence;
      if ((flags & TCP_FLAG.ACK) === 0) this.#initiator = side;
      else this.#initiator ??= other(side);
      sequence = (sequence + 1) >>> 0;
    }
    if (this.#streams === undefined) this.#sniff(segment, sequence, side);
    else {
      if ((flags & TCP_FLAG.ACK) !== 0) this.#streams[other(side)].acknowledged(acknowledgment);
      this.#streams[side].push(sequence, payload);
    }
  }

  finish(): void {
    this.#streams?.forEach((stream) => stream.flush());
    this.#dialogue?.finish();
    this.#dialogue = undefined;
  }

  #sniff(segment: TcpSegment, sequence: number, side: Side): void {
    if (segment.payload.length === 0 || this.#sniffed >= MAX_SNIFFED_SEGMENTS) return;
    this.#sniffed++;
    const { bytes, from } = this.#joined(segment.payload, sequence, side);
    const sniffed = sniffRtsp(bytes);
    this.#begun[side] = undefined;
    if (sniffed === undefined) return;
    if (sniffed === "more") {
      // What is held long must not hold the file's buffer with it.
      if (bytes.length < MAX_SNIFFED) this.#begun[side] = { from, bytes: bytes.slice() };
      return;
    }
    this.#follow(sniffed, segment, { from, bytes }, side);
  }

  #joined(payload: Uint8Array, sequence: number, side: Side): Begun {
    const begun = this.#begun[side];
    if (begun === undefined || ((begun.from + begun.bytes.length) >>> 0) !== sequence) {
      return { from: sequence, bytes: payload };
    }
    const bytes = new Uint8Array(begun.bytes.length + payload.length);
    bytes.set(begun.bytes);
    bytes.set(payload, begun.bytes.length);
    return { from: begun.from, bytes };
  }

  #follow(sniffed: Sniffed, segment: TcpSegment, { from, bytes }: Begun, side: Side): void {
    const speaker = sniffed.speaker === "client" ? side : other(side);
    const client = this.#initiator ?? speaker;
    const dialogue = this.open(sniffed.dialect, client);
    if (dialogue === undefined) {
      this.#sniffed = MAX_SNIFFED_SEGMENTS;
      return;
    }
    this.#dialogue = dialogue;
    const stream = (of: Side): TcpStream => {
      const direction = of === client ? "out" : "in";
      return new TcpStream({
        data: (bytes) => dialogue.push(direction, bytes),
        gap: (length) => dialogue.gap(direction, length),
      });
    };
    this.#streams = [stream(0), stream(1)];
    // What the other side says next has the number that is acknowledged.
    if ((segment.flags & TCP_FLAG.ACK) !== 0) {
      this.#streams[other(side)].place(segment.acknowledgment);
    }
    this.#streams[side].place(from);
    this.#streams[side].push(from, bytes);
  }
}

interface Begun {
  from: number;
  bytes: Uint8Array;
}

function other(side: Side): Side {
  return side === 0 ? 1 : 0;
}
