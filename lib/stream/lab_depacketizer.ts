import type { RtpPacket } from "../rtp/packet.ts";
import type { ReceivedFrame } from "./received_frame.ts";

/** The most bytes a picture of several packets may have before it is given up. */
export const LAB_FRAME_LIMIT = 16 * 1024 * 1024;

/**
 * Puts lab payloads together: a whole JPEG file per packet, or, as the exercises with larger
 * pictures have it, a JPEG file cut into pieces with the marker on the last. Packets come in order.
 */
export class LabDepacketizer {
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #first: RtpPacket | undefined;
  #last: RtpPacket | undefined;
  #gap = false;

  constructor(readonly emit: (frame: ReceivedFrame) => void) {}

  /**
   * @param packet its payload is kept until the picture is whole
   * @param arrivedAt ms since the Unix epoch
   */
  push(packet: RtpPacket, arrivedAt: number): void {
    const { payload } = packet;
    if (startsJpeg(payload)) {
      if (this.#first !== undefined) {
        this.#finish(arrivedAt, "The packet with its end did not come");
      }
      this.#begin(packet);
    } else if (this.#first === undefined) {
      this.emit(damaged(packet, arrivedAt, "The payload is no JPEG: it does not start with FF D8"));
      return;
    } else this.#add(packet);
    if (this.#bytes > LAB_FRAME_LIMIT) {
      this.#finish(arrivedAt, `It is over ${LAB_FRAME_LIMIT} bytes long`);
    } else if (endsJpeg(payload)) this.#finish(arrivedAt, undefined);
    else if (packet.marker && this.#pieces.length > 1) {
      this.#finish(arrivedAt, this.#endsAcross() ? undefined : "It does not end with FF D9");
    }
  }

  /** Gives up a picture that has begun, as at the end of the stream. */
  flush(arrivedAt: number): void {
    if (this.#first !== undefined) this.#finish(arrivedAt, "It was cut: no FF D9 at its end");
  }

  #begin(packet: RtpPacket): void {
    this.#pieces = [packet.payload];
    this.#bytes = packet.payload.length;
    this.#first = this.#last = packet;
    this.#gap = false;
  }

  #add(packet: RtpPacket): void {
    const step = (packet.sequence - this.#last!.sequence) & 0xffff;
    // One exercise numbers packets, another gives all pieces of a picture the same number.
    if (step > 1) this.#gap = true;
    this.#pieces.push(packet.payload);
    this.#bytes += packet.payload.length;
    this.#last = packet;
  }

  /** Whether the end-of-image marker is cut in two by the last piece's beginning. */
  #endsAcross(): boolean {
    const lastTwo = this.#pieces.slice(-2);
    return endsJpeg(join(lastTwo, lastTwo[0]!.length + lastTwo[1]!.length));
  }

  #finish(arrivedAt: number, damage: string | undefined): void {
    const first = this.#first!;
    const problem = damage ?? (this.#gap ? "A packet within it was lost" : undefined);
    this.emit({
      jpeg: problem === undefined ? join(this.#pieces, this.#bytes) : undefined,
      damage: problem,
      timestamp: first.timestamp,
      firstSequence: first.sequence,
      lastSequence: this.#last!.sequence,
      arrivedAt,
      bytes: this.#bytes,
    });
    this.#first = this.#last = undefined;
    this.#pieces = [];
  }
}

/** Whether bytes start with a start-of-image marker. */
export function startsJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8;
}

/** Whether bytes end with an end-of-image marker, padding zeros after it not counted. */
export function endsJpeg(bytes: Uint8Array): boolean {
  let end = bytes.length;
  while (end > 2 && bytes[end - 1] === 0) end--;
  return end >= 2 && bytes[end - 2] === 0xff && bytes[end - 1] === 0xd9;
}

function join(pieces: Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function damaged(packet: RtpPacket, arrivedAt: number, damage: string): ReceivedFrame {
  return {
    jpeg: undefined,
    damage,
    timestamp: packet.timestamp,
    firstSequence: packet.sequence,
    lastSequence: packet.sequence,
    arrivedAt,
    bytes: packet.payload.length,
  };
}
