import type { PacketizedFrame } from "../jpeg/packetize.ts";
import { sendBegan, sendEnded } from "./clock.ts";
import type { DatagramSocket } from "./datagram.ts";
import { writeFrameHeader } from "./frame_headers.ts";
import type { FrameDestination } from "./frame_sender.ts";
import type { Departure, FrameHeader } from "./paths/media_path.ts";

/** Bytes that may wait for one receiver. */
const MOST_FOR_ONE = 512 * 1024;
/** Bytes that may wait together: a fast network carries them in a tenth of a second. */
const MOST_TOGETHER = 8 * 1024 * 1024;

/** A frame that waits for room, or a datagram, which is one packet with its header. */
export interface WaitingFrame {
  readonly frame: PacketizedFrame;
  /** Undefined where packets have their headers. */
  readonly header: FrameHeader | undefined;
  readonly to: FrameDestination;
  /** The next packet to leave. */
  next: number;
}

/**
 * Frames that wait for a socket to have room, the first that came first. They are not copied: viewers
 * share them here too. The runtime knows when there is room; what it is given is a packet at a time.
 */
export class SendQueue {
  #waiting: WaitingFrame[] = [];
  /** Who waits for something. */
  #receivers = 0;
  #sending = false;
  /** Of the packet that the runtime has. */
  #packet = new Uint8Array(0);

  /**
   * @param sendNow sends what the system takes at once where there is a way to, packets from `next` on
   * @returns whether that was all
   */
  constructor(
    readonly socket: DatagramSocket,
    readonly sendNow = ({ frame, next }: WaitingFrame): boolean => next === frame.packetCount,
  ) {}

  get isEmpty(): boolean {
    return !this.#sending;
  }

  /**
   * Takes a frame, unless it would leave too late; one of which packets have left is always taken.
   * @param header copied; undefined where packets have their headers
   * @param next the first packet that has not left
   */
  accept(
    frame: PacketizedFrame,
    header: FrameHeader | undefined,
    to: FrameDestination,
    next = 0,
  ): Departure {
    if (next === 0 && this.#isBehind(to)) {
      to.trouble.declined();
      return "dropped";
    }
    this.#count(to, frame.buffer.length);
    this.#waiting.push({ frame, header: header && { ...header }, to, next });
    if (!this.#sending) this.#sendAll();
    return "leaving";
  }

  /** Takes a datagram likewise. @param bytes not changed until they are sent */
  acceptDatagram(bytes: Uint8Array<ArrayBuffer>, to: FrameDestination): Departure {
    const { length } = bytes;
    const frame = {
      buffer: bytes,
      gap: 0,
      offsets: Uint32Array.of(0),
      lengths: Uint32Array.of(length),
      packetCount: 1,
      payloadBytes: length,
      prepared: undefined,
    };
    return this.accept(frame, undefined, to);
  }

  /** Frames that wait for this receiver are not sent any more. Datagrams are: a BYE may be one. */
  forget(to: FrameDestination): void {
    if (to.waiting === 0) return;
    this.#waiting = this.#waiting.filter(({ frame, header, to: receiver }) => {
      const stays = receiver !== to || header === undefined;
      if (!stays) this.#count(to, -frame.buffer.length);
      return stays;
    });
  }

  /**
   * All have the same share: who has as much waiting as the others receives as much as they do. Whoever
   * waits for nothing may wait for a frame, however large.
   */
  #isBehind(to: FrameDestination): boolean {
    if (to.waiting === 0) return false;
    return to.waiting > Math.min(MOST_FOR_ONE, MOST_TOGETHER / this.#receivers);
  }

  #count(to: FrameDestination, bytes: number): void {
    const before = to.waiting;
    to.waiting += bytes;
    if (before === 0) this.#receivers++;
    else if (to.waiting === 0) this.#receivers--;
  }

  async #sendAll(): Promise<void> {
    this.#sending = true;
    sendBegan();
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      try {
        await this.socket.send(this.#packetOf(first), first.to);
      } catch (error) {
        first.to.trouble.failed(error);
      }
      first.next++;
      this.#sendNow();
    }
    this.#sending = false;
    sendEnded();
  }

  #sendNow(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (!this.sendNow(first)) return;
      this.#waiting.shift();
      this.#count(first.to, -first.frame.buffer.length);
    }
  }

  /** The next packet; in memory of its own, where others write their headers into the frame's. */
  #packetOf({ frame, header, next }: WaitingFrame): Uint8Array {
    const at = frame.offsets[next]!;
    const length = frame.lengths[next]!;
    const packet = frame.buffer.subarray(at, at + length);
    if (header === undefined) return packet;
    if (this.#packet.length < length) this.#packet = new Uint8Array(length);
    this.#packet.set(packet);
    writeFrameHeader(this.#packet, 0, frame, header, next);
    return this.#packet.subarray(0, length);
  }
}
