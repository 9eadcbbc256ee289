import { type PacketizedFrame, RTP_HEADROOM } from "../../jpeg/packetize.ts";
import { RTP_HEADER_LENGTH } from "../../rtp/packet.ts";
import type { SrtpSender } from "../../srtp/srtp_sender.ts";
import type { ImpairmentCounts } from "../../stream/impairment.ts";
import { writeFrameHeader } from "../frame_headers.ts";
import type { Departure, FrameHeader, MediaPath } from "./media_path.ts";

/**
 * A path whose packets are protected (RFC 3711). The frame that goes on is this viewer's own: the
 * payloads encrypted, with their tags behind them. Its RTP headers are written again where it is sent,
 * the same way, so that the tags hold.
 */
export class SrtpPath implements MediaPath {
  readonly name: string;
  readonly gap: number;
  readonly slow: string;
  readonly impaired?: Readonly<ImpairmentCounts>;

  /** @param sender may be shared by paths whose streams have SSRCs of their own */
  constructor(readonly path: MediaPath, readonly sender: SrtpSender) {
    this.name = `${path.name}, SRTP`;
    this.gap = path.gap;
    this.slow = path.slow;
    if (path.impaired !== undefined) this.impaired = path.impaired;
  }

  sendFrame(frame: PacketizedFrame, header: FrameHeader): Departure {
    const own = this.#protect(frame, header);
    // Packets of a frame that was left out have their numbers given to the next one, which is safe
    // because they were never sent.
    return own === undefined ? "dropped" : this.path.sendFrame(own, header);
  }

  sendControl(bytes: Uint8Array<ArrayBuffer>): boolean {
    const own = this.sender.protectControl(bytes);
    return own === undefined || this.path.sendControl(own);
  }

  close(): void {
    this.path.close();
  }

  /** @returns undefined when the key has protected as many packets as it may */
  #protect(frame: PacketizedFrame, header: FrameHeader): PacketizedFrame | undefined {
    const { packetCount, lengths, gap } = frame;
    const { overhead } = this.sender;
    const buffer = new Uint8Array(frame.buffer.length + packetCount * overhead);
    const own = {
      buffer,
      gap,
      offsets: frame.offsets.map((offset, i) => offset + i * overhead),
      lengths: lengths.map((length) => length + overhead),
      packetCount,
      payloadBytes: frame.payloadBytes + packetCount * overhead,
      prepared: undefined,
    };
    for (let i = 0; i < packetCount; i++) {
      const at = own.offsets[i]!;
      const from = frame.offsets[i]! + RTP_HEADROOM;
      buffer.set(frame.buffer.subarray(from, from - RTP_HEADROOM + lengths[i]!), at + RTP_HEADROOM);
      const headerAt = at + RTP_HEADROOM - RTP_HEADER_LENGTH;
      writeFrameHeader(buffer, headerAt, frame, header, i);
      const packet = buffer.subarray(headerAt, at + own.lengths[i]!);
      if (!this.sender.protectInPlace(packet)) return undefined;
    }
    return own;
  }
}
