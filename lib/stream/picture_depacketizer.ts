import { type FrameOutcome, JpegDepacketizer } from "../jpeg/depacketize.ts";
import type { Dimensions } from "../jpeg/rebuild.ts";
import { MAIN_HEADER_LENGTH } from "../jpeg/rtp_payload.ts";
import type { RtpPacket } from "../rtp/packet.ts";
import { LabDepacketizer, startsJpeg } from "./lab_depacketizer.ts";
import type { ReceivedFrame } from "./received_frame.ts";

/** Highest type-specific value that RFC 2435 gives a meaning (section 4.1). */
const MOST_TYPE_SPECIFIC = 3;

/** Which way pictures are packed. */
export type Packing = "rfc2435" | "whole-jpeg";

/**
 * Puts pictures together from packets in order, whichever way they are packed: RFC 2435, or as lab
 * programs do it, JPEG files whole or cut into pieces. Packets tell: a JPEG file begins with FF D8,
 * a payload header of RFC 2435 with 0 to 3 or with fragment offset 0. What is neither, before that
 * is known, is the rest of a picture that began before us.
 */
export class PictureDepacketizer {
  readonly #standard: JpegDepacketizer;
  #lab: LabDepacketizer;
  #packing: Packing | undefined;
  #bytes = 0;

  constructor(readonly emit: (frame: ReceivedFrame) => void, dimensions?: Dimensions) {
    this.#standard = new JpegDepacketizer(dimensions === undefined ? {} : { dimensions });
    this.#lab = new LabDepacketizer(emit);
  }

  /** How pictures are packed, once a packet has told. */
  get packing(): Packing | undefined {
    return this.#packing;
  }

  /** @param arrivedAt ms since the Unix epoch */
  push(packet: RtpPacket, arrivedAt: number): void {
    if (this.#packing !== "whole-jpeg") this.#choosePacking(packet.payload);
    if (this.#packing === undefined) return;
    if (this.#packing === "whole-jpeg") return this.#lab.push(packet, arrivedAt);
    this.#bytes += packet.payload.length;
    for (const outcome of this.#standard.push(packet)) this.#tell(outcome, arrivedAt);
  }

  /** Ends what has begun, as at the end of the stream. */
  flush(arrivedAt: number): void {
    this.#lab.flush(arrivedAt);
    for (const outcome of this.#standard.finish()) this.#tell(outcome, arrivedAt);
  }

  /** Begins anew after a pause or a jump: what had begun then is no loss. */
  restart(): void {
    this.#standard.reset();
    this.#lab = new LabDepacketizer(this.emit);
    this.#bytes = 0;
  }

  #choosePacking(payload: Uint8Array): void {
    if (!startsJpeg(payload)) {
      if (this.#packing === undefined && startsWithHeader(payload)) this.#packing = "rfc2435";
      return;
    }
    this.#packing = "whole-jpeg";
    this.#standard.reset();
    this.#bytes = 0;
  }

  #tell(outcome: FrameOutcome, arrivedAt: number): void {
    const came = this.#bytes;
    this.#bytes = 0;
    // The rest of a picture that began before us is nobody's fault.
    if (outcome.kind === "joined") return;
    const jpeg = outcome.kind === "frame" ? outcome.jpeg : undefined;
    this.emit({
      jpeg,
      damage: outcome.kind === "damaged" ? outcome.reason : undefined,
      timestamp: outcome.timestamp,
      firstSequence: outcome.firstSequence,
      lastSequence: outcome.lastSequence,
      arrivedAt,
      bytes: jpeg?.length ?? came,
    });
  }
}

/** Whether it can begin with RFC 2435's main header (section 3.1). */
function startsWithHeader(payload: Uint8Array): boolean {
  if (payload.length < MAIN_HEADER_LENGTH) return false;
  return payload[0]! <= MOST_TYPE_SPECIFIC ||
    (payload[1] === 0 && payload[2] === 0 && payload[3] === 0);
}
