import type { PacketizedFrame } from "../../jpeg/packetize.ts";
import { isLoopback } from "../address.ts";
import { writeFrameHeaders } from "../frame_headers.ts";
import type { FrameDestination, FrameSender, Segmentation } from "../frame_sender.ts";
import type { DatagramSocket } from "../datagram.ts";
import { SendQueue, type WaitingFrame } from "../send_queue.ts";
import type { Departure, FrameHeader } from "../paths/media_path.ts";
import { addressOf, ERRNO, errno, type Libc } from "./libc.ts";
import { Messages } from "./message.ts";
import { ShortPlace } from "./short_place.ts";
import { sockaddrIn } from "./sockaddr.ts";

const SOL_UDP = 17;
const UDP_SEGMENT = 103;
/** Segments the kernel cuts one message into at most (UDP_MAX_SEGMENTS of older kernels). */
const MOST_SEGMENTS = 64;
/** Bytes of one message before it is cut (udp(7)). */
const MOST_MESSAGE_BYTES = 65_507;
/** Viewers on this machine for whom frames are cut by the kernel, unless a setting says otherwise. */
const MANY_HERE = 8;

/** What is kept about a receiver: its `struct sockaddr`, and where that lies. */
interface Receiver {
  sockaddr: Uint8Array<ArrayBuffer>;
  address: number;
  /** Whether it is on this machine. */
  here: boolean;
}

/**
 * Sends a frame by one system call. Its packets lie behind each other in one buffer, and the viewer's
 * headers are written between the payloads right before the call, which copies everything: viewers
 * share all but that moment. With `UDP_SEGMENT` (udp(7)) the frame is one message whose packets the
 * kernel cuts apart, else `sendmmsg` takes one a packet. What the system has no room for waits, and so
 * does what comes after it.
 */
export class SegmentedSender implements FrameSender {
  readonly name = "sendmmsg";
  readonly #messages = new Messages();
  readonly #queue: SendQueue;
  /** What the messages are laid out for, and how. */
  #frame: PacketizedFrame | undefined;
  #first = 0;
  #cut = false;
  /** Of long datagrams: those of lab viewers are shared. */
  readonly #addresses = new WeakMap<Uint8Array, number>();
  readonly #shortPlace = new ShortPlace();
  #refused = false;
  /** Receivers on this machine. */
  #here = 0;
  #closed = false;

  constructor(
    readonly library: Libc,
    readonly descriptor: number,
    socket: DatagramSocket,
    readonly segmentation: Segmentation,
  ) {
    this.#queue = new SendQueue(socket, (waiting) => this.#sendWaiting(waiting));
  }

  /** Whether the kernel knows segmentation. */
  static isSupported(library: Libc, descriptor: number): boolean {
    const value = new Int32Array(1);
    const length = Uint32Array.of(value.byteLength);
    return library.getsockopt(descriptor, SOL_UDP, UDP_SEGMENT, value, length) === 0;
  }

  send(frame: PacketizedFrame, header: FrameHeader, to: FrameDestination): Departure {
    const receiver = this.#receiver(to);
    if (receiver === undefined || this.#mustWait) return this.#queue.accept(frame, header, to);
    const sent = this.#sendPackets(frame, 0, header, receiver);
    if (sent === frame.packetCount) return "left";
    return this.#queue.accept(frame, header, to, sent);
  }

  sendDatagram(bytes: Uint8Array<ArrayBuffer>, to: FrameDestination): Departure {
    const receiver = this.#receiver(to);
    const isSent = receiver !== undefined && !this.#mustWait && this.#sendBytes(bytes, receiver);
    return isSent ? "left" : this.#queue.acceptDatagram(bytes, to);
  }

  release(to: FrameDestination): void {
    this.#queue.forget(to);
    const receiver = to.prepared as Receiver | null | undefined;
    to.prepared = undefined;
    if (receiver?.here) this.#here--;
  }

  /** What waits leaves as the runtime sends it: the descriptor is soon another socket's. */
  close(): void {
    this.#closed = true;
  }

  get #mustWait(): boolean {
    return this.#closed || !this.#queue.isEmpty;
  }

  /** Goes on with what had to wait. @returns whether that is all of it */
  #sendWaiting(waiting: WaitingFrame): boolean {
    const { frame, header, to } = waiting;
    const receiver = this.#closed ? undefined : this.#receiver(to);
    if (waiting.next < frame.packetCount && receiver !== undefined) {
      if (header === undefined) return this.#sendBytes(frame.buffer, receiver);
      waiting.next += this.#sendPackets(frame, waiting.next, header, receiver);
    }
    return waiting.next === frame.packetCount;
  }

  /**
   * Sends a frame's packets from one on.
   * @returns how many the system took
   */
  #sendPackets(
    frame: PacketizedFrame,
    first: number,
    header: FrameHeader,
    receiver: Receiver,
  ): number {
    const cut = !this.#refused && this.#mayCut(receiver.here);
    // Viewers in a row are often at the same frame.
    if (this.#frame !== frame || this.#first !== first || this.#cut !== cut) {
      this.#layOut(frame, first, cut);
    }
    this.#messages.setName(receiver.address, receiver.sockaddr.length);
    writeFrameHeaders(frame.buffer, frame, header);
    const sent = this.#sendAll();
    if (sent === this.#messages.count) return frame.packetCount - first;
    return cut ? packetsAMessage(frame) * sent : sent;
  }

  /** @returns whether the system took it */
  #sendBytes(bytes: Uint8Array<ArrayBuffer>, receiver: Receiver): boolean {
    this.#frame = undefined;
    this.#messages.begin(1, 0);
    const address = this.#shortPlace.put(bytes) ?? this.#addressOf(bytes);
    this.#messages.setPiece(0, address, bytes.length);
    this.#messages.setName(receiver.address, receiver.sockaddr.length);
    return this.#sendAll() === 1;
  }

  /** @returns how many of the messages the system took, from the first on */
  #sendAll(): number {
    const { library, descriptor } = this;
    const messages = this.#messages;
    for (let sent = 0;;) {
      const left = messages.count - sent;
      const result = left === 1
        ? library.sendmsg(descriptor, messages.from(sent), 0) >= 0 ? 1 : -1
        : library.sendmmsg(descriptor, messages.from(sent), left, 0);
      if (result > 0) sent += result;
      if (sent === messages.count || (result <= 0 && !this.#isInterrupted())) return sent;
    }
  }

  /** Looks at why the system took nothing. @returns whether it would, asked again */
  #isInterrupted(): boolean {
    const error = errno(this.library);
    // The kernel or the device refuses segmentation after all: never again.
    if (error === ERRNO.EIO || error === ERRNO.EINVAL) this.#refused = true;
    return error === ERRNO.EINTR;
  }

  #mayCut(here: boolean): boolean {
    switch (this.segmentation) {
      case "auto":
        return !here || this.#here >= MANY_HERE;
      case "everywhere":
        return true;
      case "elsewhere":
        return !here;
      case "never":
        return false;
    }
  }

  #layOut(frame: PacketizedFrame, first: number, cut: boolean): void {
    const { buffer, offsets, lengths, packetCount } = frame;
    const packets = cut ? packetsAMessage(frame) : 1;
    const count = Math.ceil((packetCount - first) / packets);
    frame.prepared ??= Number(addressOf(buffer));
    const address = frame.prepared as number;
    this.#messages.begin(count, cut ? lengths[0]! : 0);
    for (let i = 0; i < count; i++) {
      const from = first + i * packets;
      const last = Math.min(from + packets, packetCount) - 1;
      const at = offsets[from]!;
      this.#messages.setPiece(i, address + at, offsets[last]! + lengths[last]! - at);
    }
    this.#frame = frame;
    this.#first = first;
    this.#cut = cut;
  }

  #addressOf(bytes: Uint8Array<ArrayBuffer>): number {
    let address = this.#addresses.get(bytes);
    if (address === undefined) this.#addresses.set(bytes, address = Number(addressOf(bytes)));
    return address;
  }

  /** The receiver as the system call takes it; undefined for IPv6, which goes the portable way. */
  #receiver(to: FrameDestination): Receiver | undefined {
    if (to.prepared === undefined) {
      const sockaddr = sockaddrIn(to);
      const here = isLoopback(to.hostname);
      to.prepared = sockaddr === undefined
        ? null
        : { sockaddr, address: Number(addressOf(sockaddr)), here };
      if (sockaddr !== undefined && here) this.#here++;
    }
    return to.prepared as Receiver | null ?? undefined;
  }
}

/** How many packets of a frame one message carries when the kernel cuts them apart. */
function packetsAMessage({ lengths }: PacketizedFrame): number {
  return Math.min(MOST_SEGMENTS, Math.floor(MOST_MESSAGE_BYTES / lengths[0]!));
}
