import type { PacketizedFrame } from "../jpeg/packetize.ts";
import { BufferPool } from "./buffer_pool.ts";
import type { DatagramSocket } from "./datagram.ts";
import { writeFrameHeaders } from "./frame_headers.ts";
import type { FrameDestination, FrameSender } from "./frame_sender.ts";
import type { FrameHeader } from "./paths/media_path.ts";

/** Sends each packet by a call of its own, on every system that Deno runs on. */
export class PortableSender implements FrameSender {
  readonly name = "one send a packet";
  readonly #buffers = new BufferPool();

  constructor(readonly socket: DatagramSocket) {}

  send(frame: PacketizedFrame, header: FrameHeader, to: FrameDestination): boolean {
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
    writeFrameHeaders(buffer, frame, header);
    for (let i = 0; i < frame.packetCount; i++) {
      const at = frame.offsets[i]!;
      this.socket.send(buffer.subarray(at, at + frame.lengths[i]!), to).then(settled, failed);
    }
    return false;
  }

  sendDatagram(bytes: Uint8Array<ArrayBuffer>, to: FrameDestination): boolean {
    this.socket.send(bytes, to).catch(to.failed);
    return false;
  }

  release(): void {}

  close(): void {}
}
