import type { PacketizedFrame } from "../jpeg/packetize.ts";
import type { DatagramSocket } from "./datagram.ts";
import { SendQueue } from "./send_queue.ts";
import type { FrameDestination, FrameSender } from "./frame_sender.ts";
import type { Departure, FrameHeader } from "./paths/media_path.ts";

/** Sends each packet by a call of its own, on every system that Deno runs on. */
export class PortableSender implements FrameSender {
  readonly name = "one send a packet";
  readonly #queue: SendQueue;

  constructor(socket: DatagramSocket) {
    this.#queue = new SendQueue(socket);
  }

  send(frame: PacketizedFrame, header: FrameHeader, to: FrameDestination): Departure {
    return this.#queue.accept(frame, header, to);
  }

  sendDatagram(bytes: Uint8Array<ArrayBuffer>, to: FrameDestination): Departure {
    return this.#queue.acceptDatagram(bytes, to);
  }

  release(to: FrameDestination): void {
    this.#queue.forget(to);
  }

  close(): void {}
}
