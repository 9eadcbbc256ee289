import { type PacketizedFrame, RTP_HEADROOM } from "../../jpeg/packetize.ts";
import { RTP_HEADER_LENGTH, writeRtpHeader } from "../../rtp/packet.ts";
import { formatInterleavedHeader, interleave } from "../../rtsp/format.ts";
import { INTERLEAVED_HEADER_SIZE } from "../../rtsp/message.ts";
import type { BufferPool } from "../buffer_pool.ts";
import type { PacketPath } from "../impairment/impaired_path.ts";
import { GatherSender } from "../native/gather_sender.ts";
import type { StreamWriter } from "../stream_writer.ts";
import type { FrameHeader } from "./media_path.ts";

/**
 * RTP and RTCP between the messages of the RTSP connection (RFC 2326, section 10.12). A frame is one
 * write; a viewer that reads too slowly misses whole frames and delays nobody.
 */
export class InterleavedPath implements PacketPath {
  readonly name: string;
  readonly remains = "are gone";
  readonly #descriptor: number | undefined;
  #closed = false;

  /**
   * @param rtpChannel 0 … 255
   * @param rtcpChannel 0 … 255
   */
  constructor(
    readonly writer: StreamWriter,
    readonly rtpChannel: number,
    readonly rtcpChannel: number,
    readonly pool: BufferPool,
  ) {
    this.name = `TCP channels ${rtpChannel}-${rtcpChannel}`;
    this.#descriptor = GatherSender.shared?.descriptorOf(writer.connection);
  }

  sendFrame(frame: PacketizedFrame, header: FrameHeader): boolean {
    if (this.#closed) return false;
    const sent = this.#sendNow(frame, header);
    return sent === "all" || this.#sendLater(frame, header, sent);
  }

  /**
   * Hands the frame to the system without a copy, where that is possible and nothing waits.
   * @returns bytes it took
   */
  #sendNow(frame: PacketizedFrame, header: FrameHeader): number | "all" {
    if (this.#descriptor === undefined || !this.writer.idle) return 0;
    const sent = GatherSender.shared?.send(this.#descriptor, this.rtpChannel, frame, header) ?? 0;
    return sent === sizeOf(frame) ? "all" : sent;
  }

  /** Lets the writer have the rest of the frame, in a copy. */
  #sendLater(frame: PacketizedFrame, header: FrameHeader, from: number): boolean {
    const buffer = this.pool.take(sizeOf(frame));
    let at = 0;
    for (let i = 0; i < frame.packetCount; i++) at = this.#writeBlock(buffer, at, frame, i, header);
    const accepted = this.writer.offer(buffer.subarray(from, at), () => this.pool.give(buffer));
    if (!accepted) this.pool.give(buffer);
    return accepted;
  }

  sendPacket(bytes: Uint8Array): boolean {
    if (this.#closed) return false;
    return this.writer.offer(interleave(this.rtpChannel, bytes), () => {});
  }

  sendControl(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.writer.write(interleave(this.rtcpChannel, bytes)).catch(() => {
      // The connection's own reader learns that it broke.
    });
  }

  close(): void {
    this.#closed = true;
  }

  #writeBlock(
    buffer: Uint8Array,
    at: number,
    frame: PacketizedFrame,
    index: number,
    header: FrameHeader,
  ): number {
    const from = frame.offsets[index]! + RTP_HEADROOM;
    const to = frame.offsets[index]! + frame.lengths[index]!;
    const rtpAt = at + INTERLEAVED_HEADER_SIZE;
    const length = RTP_HEADER_LENGTH + to - from;
    formatInterleavedHeader(buffer, at, this.rtpChannel, length);
    writeRtpHeader(buffer, rtpAt, {
      marker: index === frame.packetCount - 1,
      payloadType: header.payloadType,
      sequence: (header.sequence + index) & 0xffff,
      timestamp: header.timestamp,
      ssrc: header.ssrc,
    });
    buffer.set(frame.buffer.subarray(from, to), rtpAt + RTP_HEADER_LENGTH);
    return rtpAt + length;
  }
}

/** Bytes of all blocks of a frame: each has a header of its own over the RTP header's. */
function sizeOf({ buffer, packetCount }: PacketizedFrame): number {
  return buffer.length + packetCount * (RTP_HEADER_LENGTH - RTP_HEADROOM + INTERLEAVED_HEADER_SIZE);
}
