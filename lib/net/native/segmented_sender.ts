import { type PacketizedFrame, RTP_HEADROOM } from "../../jpeg/packetize.ts";
import { RTP_HEADER_LENGTH, writeRtpHeader } from "../../rtp/packet.ts";
import { isLoopback } from "../address.ts";
import type { FrameDestination, FrameSender, Segmentation } from "../frame_sender.ts";
import type { FrameHeader } from "../paths/media_path.ts";
import { addressOf, ERRNO, errno, type Libc } from "./libc.ts";
import { MessageBatch } from "./message_batch.ts";
import { sockaddrIn } from "./sockaddr.ts";

const SOL_UDP = 17;
const UDP_SEGMENT = 103;
/** Segments the kernel cuts one message into at most (UDP_MAX_SEGMENTS of older kernels). */
const MOST_SEGMENTS = 64;
/** Bytes of one message before it is cut (udp(7)). */
const MOST_MESSAGE_BYTES = 65_507;
/** Viewers on this machine for whom frames are cut by the kernel, unless a setting says otherwise. */
const MANY_HERE = 8;
/** RTP headers that wait to be sent. */
const MOST_HEADERS = 4096;

/** Where a frame's bytes lie, and how long its packets are; found out once a frame. */
interface Placed {
  address: number;
  /** Length of every packet but the last, RTP header included. */
  segmentSize: number;
}

/** Packets `first` to `end` (not included) of a frame for one viewer. */
interface Cut {
  frame: PacketizedFrame;
  header: FrameHeader;
  first: number;
  end: number;
}

/** What is kept about a destination: its `struct sockaddr` and where that lies. */
interface Prepared {
  sockaddr: Uint8Array;
  address: number;
  /** Whether it is on this machine. */
  here: boolean;
}

/**
 * Sends frames by `sendmmsg`, gathered from headers of the viewer's own and payloads shared by all;
 * many viewers' frames are one system call. With `UDP_SEGMENT` (udp(7)) a frame is one message whose
 * packets the kernel cuts apart. What cannot be sent now goes to the portable sender, which waits for
 * room.
 */
export class SegmentedSender implements FrameSender {
  readonly name = "sendmmsg";
  readonly #batch = new MessageBatch();
  readonly #headers = new Uint8Array(MOST_HEADERS * RTP_HEADER_LENGTH);
  readonly #headersAt = Number(addressOf(this.#headers));
  readonly #placed = new WeakMap<PacketizedFrame, Placed>();
  readonly #addresses = new WeakMap<Uint8Array, number>();
  #headerCount = 0;
  /** What each message is about, and, by being here, kept in memory until it is sent. */
  #contents: (Cut | Uint8Array<ArrayBuffer>)[] = [];
  #destinations: FrameDestination[] = [];
  #refused = false;
  /** Receivers on this machine. */
  #here = 0;

  /** @param portable sends what cannot be sent this way */
  constructor(
    readonly library: Libc,
    readonly descriptor: number,
    readonly portable: FrameSender,
    readonly segmentation: Segmentation,
  ) {}

  /** Whether the kernel knows segmentation. */
  static isSupported(library: Libc, descriptor: number): boolean {
    const value = new Int32Array(1);
    const length = Uint32Array.of(value.byteLength);
    return library.getsockopt(descriptor, SOL_UDP, UDP_SEGMENT, value, length) === 0;
  }

  send(frame: PacketizedFrame, header: FrameHeader, to: FrameDestination): void {
    const prepared = this.#prepare(to);
    if (prepared === undefined || frame.packetCount > MOST_HEADERS) {
      return this.portable.send(frame, header, to);
    }
    const placed = this.#place(frame);
    const whole = this.#packetsAMessage(placed, prepared.here);
    for (let first = 0; first < frame.packetCount; first += whole) {
      const end = Math.min(first + whole, frame.packetCount);
      if (!this.#fits(end - first)) this.flush();
      this.#note({ frame, header, first, end }, to);
      this.#add(frame, header, first, end, placed, prepared);
    }
  }

  /** How many packets of a frame one message carries: one where the kernel does not cut them apart. */
  #packetsAMessage(placed: Placed, here: boolean): number {
    if (this.#refused || !this.#mayCut(here)) return 1;
    return Math.min(MOST_SEGMENTS, Math.floor(MOST_MESSAGE_BYTES / placed.segmentSize));
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

  sendDatagram(bytes: Uint8Array<ArrayBuffer>, to: FrameDestination): void {
    const prepared = this.#prepare(to);
    if (prepared === undefined) return this.portable.sendDatagram(bytes, to);
    if (!this.#batch.fits(1)) this.flush();
    this.#note(bytes, to);
    this.#batch.begin(prepared.address, prepared.sockaddr.length, 0);
    this.#batch.piece(this.#addressOf(bytes), bytes.length);
  }

  release(to: FrameDestination): void {
    const prepared = to.prepared as Prepared | null | undefined;
    // What waits for it is sent from there.
    this.flush();
    to.prepared = undefined;
    if (prepared?.here) this.#here--;
  }

  flush(): void {
    const { count } = this.#batch;
    if (count === 0) return;
    for (let sent = 0; sent < count;) {
      const result = this.library.sendmmsg(
        this.descriptor,
        this.#batch.from(sent),
        count - sent,
        0,
      );
      if (Number(result) > 0) sent += Number(result);
      else if (this.#failed(sent)) sent++;
    }
    this.#batch.clear();
    this.#headerCount = 0;
    this.#contents.length = this.#destinations.length = 0;
    this.portable.flush();
  }

  close(): void {
    this.portable.close();
  }

  /** Deals with a message that was refused. @returns whether to go on with the next */
  #failed(index: number): boolean {
    const error = errno(this.library);
    if (error === ERRNO.EINTR) return false;
    // The kernel or the device refuses segmentation after all: never again.
    if (error === ERRNO.EIO || error === ERRNO.EINVAL) this.#refused = true;
    const content = this.#contents[index]!;
    const to = this.#destinations[index]!;
    if (content instanceof Uint8Array) this.portable.sendDatagram(content, to);
    else for (const packet of packetsOf(content)) this.portable.sendDatagram(packet, to);
    return true;
  }

  #note(content: Cut | Uint8Array<ArrayBuffer>, to: FrameDestination): void {
    // Once all that is due now has been added; a microtask comes before anything else can happen.
    if (this.#contents.length === 0) queueMicrotask(() => this.flush());
    this.#contents.push(content);
    this.#destinations.push(to);
  }

  #fits(packets: number): boolean {
    return this.#batch.fits(2 * packets) && this.#headerCount + packets <= MOST_HEADERS;
  }

  #add(
    frame: PacketizedFrame,
    header: FrameHeader,
    first: number,
    end: number,
    placed: Placed,
    to: Prepared,
  ): void {
    const { offsets, lengths } = frame;
    this.#batch.begin(to.address, to.sockaddr.length, end - first > 1 ? placed.segmentSize : 0);
    for (let i = first; i < end; i++) {
      const at = this.#headerCount++ * RTP_HEADER_LENGTH;
      writeHeader(this.#headers, at, frame, header, i);
      this.#batch.piece(this.#headersAt + at, RTP_HEADER_LENGTH);
      this.#batch.piece(placed.address + offsets[i]! + RTP_HEADROOM, lengths[i]! - RTP_HEADROOM);
    }
  }

  /** The receiver as the system call takes it; undefined for IPv6, which goes the portable way. */
  #prepare(to: FrameDestination): Prepared | undefined {
    if (to.prepared === undefined) {
      const sockaddr = sockaddrIn(to);
      const here = isLoopback(to.hostname);
      to.prepared = sockaddr === undefined
        ? null
        : { sockaddr, address: Number(addressOf(sockaddr)), here };
      if (sockaddr !== undefined && here) this.#here++;
    }
    return to.prepared as Prepared | null ?? undefined;
  }

  #place(frame: PacketizedFrame): Placed {
    let placed = this.#placed.get(frame);
    if (placed === undefined) {
      const segmentSize = frame.lengths[0]! - RTP_HEADROOM + RTP_HEADER_LENGTH;
      placed = { address: Number(addressOf(frame.buffer)), segmentSize };
      this.#placed.set(frame, placed);
    }
    return placed;
  }

  #addressOf(bytes: Uint8Array<ArrayBuffer>): number {
    let address = this.#addresses.get(bytes);
    if (address === undefined) {
      address = Number(addressOf(bytes));
      this.#addresses.set(bytes, address);
    }
    return address;
  }
}

function writeHeader(
  target: Uint8Array,
  at: number,
  frame: PacketizedFrame,
  header: FrameHeader,
  index: number,
): void {
  writeRtpHeader(target, at, {
    marker: index === frame.packetCount - 1,
    payloadType: header.payloadType,
    sequence: (header.sequence + index) & 0xffff,
    timestamp: header.timestamp,
    ssrc: header.ssrc,
  });
}

/** The packets of a message that was refused, each in memory of its own. */
function packetsOf({ frame, header, first, end }: Cut): Uint8Array<ArrayBuffer>[] {
  const packets: Uint8Array<ArrayBuffer>[] = [];
  for (let i = first; i < end; i++) {
    const from = frame.offsets[i]! + RTP_HEADROOM - RTP_HEADER_LENGTH;
    const packet = frame.buffer.slice(from, frame.offsets[i]! + frame.lengths[i]!);
    writeHeader(packet, 0, frame, header, i);
    packets.push(packet);
  }
  return packets;
}
