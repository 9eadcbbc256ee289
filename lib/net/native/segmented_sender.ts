import { type PacketizedFrame, RTP_HEADROOM } from "../../jpeg/packetize.ts";
import { RTP_HEADER_LENGTH, writeRtpHeader } from "../../rtp/packet.ts";
import type { FrameDestination, FrameSender } from "../frame_sender.ts";
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
/** RTP headers that wait to be sent. */
const MOST_HEADERS = 4096;

/** Where a frame's bytes lie, and how long its packets are; found out once a frame. */
interface Placed {
  address: number;
  /** Length of every packet but the last, RTP header included. */
  segmentSize: number;
}

/** What is kept about a destination: its `struct sockaddr` and where that lies. */
interface Prepared {
  sockaddr: Uint8Array;
  address: number;
}

/**
 * Sends frames by `sendmmsg` with `UDP_SEGMENT` (udp(7)): a frame is one message whose packets the
 * kernel cuts apart, gathered from headers of the viewer's own and payloads shared by all; many
 * viewers' frames are one system call. What it cannot send now goes to the portable sender, which
 * waits for room.
 */
export class SegmentedSender implements FrameSender {
  readonly name = "sendmmsg with UDP_SEGMENT";
  readonly #batch = new MessageBatch();
  readonly #headers = new Uint8Array(MOST_HEADERS * RTP_HEADER_LENGTH);
  readonly #headersAt = Number(addressOf(this.#headers));
  readonly #placed = new WeakMap<PacketizedFrame, Placed>();
  readonly #addresses = new WeakMap<Uint8Array, number>();
  #headerCount = 0;
  /** What each message is about, and, by being here, kept in memory until it is sent. */
  #contents: (PacketizedFrame | Uint8Array<ArrayBuffer>)[] = [];
  /** The header of a frame's packets; undefined for a datagram that is whole. */
  #fields: (FrameHeader | undefined)[] = [];
  #destinations: FrameDestination[] = [];
  #refused = false;

  /** @param portable sends what cannot be sent this way */
  constructor(
    readonly library: Libc,
    readonly descriptor: number,
    readonly portable: FrameSender,
  ) {}

  /** Whether the kernel knows segmentation. */
  static isSupported(library: Libc, descriptor: number): boolean {
    const value = new Int32Array(1);
    const length = Uint32Array.of(value.byteLength);
    return library.getsockopt(descriptor, SOL_UDP, UDP_SEGMENT, value, length) === 0;
  }

  send(frame: PacketizedFrame, header: FrameHeader, to: FrameDestination): void {
    const prepared = prepare(to);
    const placed = this.#place(frame);
    const perMessage = Math.min(
      MOST_SEGMENTS,
      Math.floor(MOST_MESSAGE_BYTES / placed.segmentSize),
    );
    // A frame that takes more than one message is rare, and goes the simple way.
    const simple = this.#refused || prepared === undefined || frame.packetCount > perMessage;
    if (simple) return this.portable.send(frame, header, to);
    if (!this.#fits(frame.packetCount)) this.flush();
    this.#note(frame, header, to);
    this.#add(frame, header, placed, prepared);
  }

  sendDatagram(bytes: Uint8Array<ArrayBuffer>, to: FrameDestination): void {
    const prepared = prepare(to);
    if (prepared === undefined) return this.portable.sendDatagram(bytes, to);
    if (!this.#batch.fits(1)) this.flush();
    this.#note(bytes, undefined, to);
    this.#batch.begin(prepared.address, prepared.sockaddr.length, 0);
    this.#batch.piece(this.#addressOf(bytes), bytes.length);
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
    this.#contents.length = this.#fields.length = this.#destinations.length = 0;
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
    else this.portable.send(content, this.#fields[index]!, to);
    return true;
  }

  #note(
    content: PacketizedFrame | Uint8Array<ArrayBuffer>,
    header: FrameHeader | undefined,
    to: FrameDestination,
  ): void {
    // Once all that is due now has been added; a microtask comes before anything else can happen.
    if (this.#contents.length === 0) queueMicrotask(() => this.flush());
    this.#contents.push(content);
    this.#fields.push(header);
    this.#destinations.push(to);
  }

  #fits(packets: number): boolean {
    return this.#batch.fits(2 * packets) && this.#headerCount + packets <= MOST_HEADERS;
  }

  #add(frame: PacketizedFrame, header: FrameHeader, placed: Placed, to: Prepared): void {
    const { packetCount, offsets, lengths } = frame;
    this.#batch.begin(to.address, to.sockaddr.length, packetCount > 1 ? placed.segmentSize : 0);
    for (let i = 0; i < packetCount; i++) {
      const at = this.#headerCount++ * RTP_HEADER_LENGTH;
      writeRtpHeader(this.#headers, at, {
        marker: i === packetCount - 1,
        payloadType: header.payloadType,
        sequence: (header.sequence + i) & 0xffff,
        timestamp: header.timestamp,
        ssrc: header.ssrc,
      });
      this.#batch.piece(this.#headersAt + at, RTP_HEADER_LENGTH);
      this.#batch.piece(
        placed.address + offsets[i]! + RTP_HEADROOM,
        lengths[i]! - RTP_HEADROOM,
      );
    }
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

/** The destination as the system call takes it; undefined for IPv6, which goes the portable way. */
function prepare(to: FrameDestination): Prepared | undefined {
  if (to.prepared === undefined) {
    const sockaddr = sockaddrIn(to);
    to.prepared = sockaddr === undefined
      ? null
      : { sockaddr, address: Number(addressOf(sockaddr)) };
  }
  return to.prepared as Prepared | null ?? undefined;
}
