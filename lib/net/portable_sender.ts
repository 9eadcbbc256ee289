import { type PacketizedFrame, RTP_HEADROOM } from "../jpeg/packetize.ts";
import { RTP_HEADER_LENGTH, writeRtpHeader } from "../rtp/packet.ts";
import { BufferPool } from "./buffer_pool.ts";
import type { DatagramSocket } from "./datagram.ts";
import type { FrameDestination, FrameSender } from "./frame_sender.ts";
import type { FrameHeader } from "./paths/media_path.ts";

/** Sends each packet by a call of its own, on every system that Deno runs on. */
export class PortableSender implements FrameSender {
  readonly name = "one send a packet";
  readonly #buffers = new BufferPool();

  constructor(readonly socket: DatagramSocket) {}

  send(frame: PacketizedFrame, header: FrameHeader, to: FrameDestination): void {
    // The system reads a datagram whenever it gets to it, so each viewer's headers need a buffer.
    const buffer = this.#buffers.take(frame.buffer.length);
    buffer.set(frame.buffer);
    let pending = frame.packetCount;
    const settled = (): void => {
      if (--pending === 0) this.#buffers.give(buffer);
    };
    const failed = (error: unknown): void => {
      settled();
      to.failed(error);
    };
    for (let i = 0; i < frame.packetCount; i++) {
      const at = frame.offsets[i]! + RTP_HEADROOM - RTP_HEADER_LENGTH;
      writeRtpHeader(buffer, at, {
        marker: i === frame.packetCount - 1,
        payloadType: header.payloadType,
        sequence: (header.sequence + i) & 0xffff,
        timestamp: header.timestamp,
        ssrc: header.ssrc,
      });
      const packet = buffer.subarray(at, frame.offsets[i]! + frame.lengths[i]!);
      this.socket.send(packet, to).then(settled, failed);
    }
  }

  sendDatagram(bytes: Uint8Array<ArrayBuffer>, to: FrameDestination): void {
    this.socket.send(bytes, to).catch(to.failed);
  }

  release(): void {}

  /** Nothing waits here: every packet was handed on as it came. */
  flush(): void {}

  close(): void {}
}
