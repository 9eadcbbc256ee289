import type { PacketizedFrame } from "../../jpeg/packetize.ts";
import { interleave } from "../../rtsp/format.ts";
import type { BufferPool } from "../buffer_pool.ts";
import type { PacketPath } from "../impairment/impaired_path.ts";
import { INTERLEAVED_HEADER_SIZE } from "../../rtsp/message.ts";
import { writeFrameHeaders } from "../frame_headers.ts";
import { writeChannel } from "../interleaved_blocks.ts";
import { InterleavedSender } from "../native/interleaved_sender.ts";
import type { StreamWriter } from "../stream_writer.ts";
import type { Departure, FrameHeader } from "./media_path.ts";

/**
 * RTP and RTCP between the messages of the RTSP connection (RFC 2326, section 10.12). A frame is one
 * write; a viewer that reads too slowly misses whole frames and delays nobody.
 */
export class InterleavedPath implements PacketPath {
  readonly name: string;
  readonly gap = INTERLEAVED_HEADER_SIZE;
  readonly remains = "are gone";
  readonly slow = "the client reads";
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
    // What is written past TLS would break it.
    const isPlain = "setNoDelay" in writer.connection;
    this.#descriptor = isPlain ? writer.sendBuffer?.descriptor : undefined;
  }

  sendFrame(frame: PacketizedFrame, header: FrameHeader): Departure {
    if (this.#closed || !this.writer.hasRoomFor(frame.buffer.length)) return "dropped";
    const sent = this.#sendNow(frame, header);
    if (sent === "all") return "left";
    this.#sendLater(frame, header, sent);
    return "leaving";
  }

  /**
   * Hands the frame to the system without a copy of its own, where that is possible and nothing waits.
   * @returns bytes it took
   */
  #sendNow(frame: PacketizedFrame, header: FrameHeader): number | "all" {
    if (this.#descriptor === undefined || !this.writer.idle) return 0;
    const sent = InterleavedSender.shared?.send(this.#descriptor, this.rtpChannel, frame, header) ??
      0;
    return sent === frame.buffer.length ? "all" : sent;
  }

  /** Lets the writer have the rest of the frame, in a copy. */
  #sendLater(frame: PacketizedFrame, header: FrameHeader, from: number): void {
    const { length } = frame.buffer;
    const buffer = this.pool.take(length);
    buffer.set(frame.buffer);
    writeChannel(buffer, frame, this.rtpChannel);
    writeFrameHeaders(buffer, frame, header);
    this.writer.accept(buffer.subarray(from, length), () => this.pool.give(buffer));
  }

  sendPacket(bytes: Uint8Array): boolean {
    if (this.#closed) return false;
    return this.writer.offer(interleave(this.rtpChannel, bytes), () => {});
  }

  sendControl(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (this.#closed) return true;
    const block = interleave(this.rtcpChannel, bytes);
    const sent = this.#descriptor === undefined || !this.writer.idle
      ? 0
      : InterleavedSender.shared?.sendShort(this.#descriptor, block) ?? 0;
    if (sent === block.length) return true;
    this.writer.write(block.subarray(sent)).catch(() => {
      // The connection's own reader learns that it broke.
    });
    return false;
  }

  close(): void {
    this.#closed = true;
  }
}
