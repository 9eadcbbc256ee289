import { type PacketizedFrame, RTP_HEADROOM } from "../../jpeg/packetize.ts";
import { RTP_HEADER_LENGTH, writeRtpHeader } from "../../rtp/packet.ts";
import { formatInterleavedHeader } from "../../rtsp/format.ts";
import { INTERLEAVED_HEADER_SIZE } from "../../rtsp/message.ts";
import type { FrameHeader } from "../paths/media_path.ts";
import { addressOf, ERRNO, errno, type Libc, libc } from "./libc.ts";
import { MessageBatch } from "./message_batch.ts";
import { findDescriptor, SOCKET_TYPE } from "./socket_descriptor.ts";

/** `MSG_DONTWAIT | MSG_NOSIGNAL`: neither block nor raise SIGPIPE. */
const FLAGS = 0x40 | 0x4000;
/** Pieces one call takes at most (IOV_MAX). */
const MOST_PIECES = 1024;
const HEADER_SIZE = INTERLEAVED_HEADER_SIZE + RTP_HEADER_LENGTH;

/**
 * Writes a frame's interleaved blocks into a TCP connection by one `sendmsg`, gathered from headers of
 * the viewer's own and payloads shared by all, without waiting.
 */
export class GatherSender {
  static #shared: GatherSender | undefined | null = null;
  readonly #batch = new MessageBatch();
  readonly #headers = new Uint8Array(MOST_PIECES / 2 * HEADER_SIZE);
  readonly #headersAt = Number(addressOf(this.#headers));
  readonly #addresses = new WeakMap<Uint8Array, number>();

  private constructor(readonly library: Libc) {}

  /** The one there is, or undefined where the system has no such thing. */
  static get shared(): GatherSender | undefined {
    if (this.#shared === null) {
      const library = libc();
      this.#shared = library === undefined ? undefined : new GatherSender(library);
    }
    return this.#shared;
  }

  /** The descriptor of a connection; undefined when it cannot be told. */
  descriptorOf(connection: Deno.Conn): number | undefined {
    // What is written past TLS would break it.
    if (!("setNoDelay" in connection)) return undefined;
    const local = connection.localAddr;
    const remote = connection.remoteAddr;
    if (local.transport !== "tcp" || remote.transport !== "tcp") return undefined;
    return findDescriptor(this.library, SOCKET_TYPE.stream, local.port, remote.port);
  }

  /**
   * @param descriptor of an open connection; nothing may be waiting to be written to it
   * @returns bytes of the frame's blocks that the system took, possibly none; undefined when the
   * connection is broken or the frame has too many packets
   */
  send(
    descriptor: number,
    channel: number,
    frame: PacketizedFrame,
    header: FrameHeader,
  ): number | undefined {
    if (2 * frame.packetCount > MOST_PIECES) return 0;
    this.#batch.clear();
    this.#batch.begin(0, 0, 0);
    this.#addBlocks(channel, frame, header);
    const sent = Number(this.library.sendmsg(descriptor, this.#batch.messages, FLAGS));
    if (sent >= 0) return sent;
    const error = errno(this.library);
    return error === ERRNO.EAGAIN || error === ERRNO.EINTR ? 0 : undefined;
  }

  #addBlocks(channel: number, frame: PacketizedFrame, header: FrameHeader): void {
    const { packetCount, offsets, lengths } = frame;
    const payloads = this.#addressOf(frame.buffer);
    for (let i = 0; i < packetCount; i++) {
      const at = i * HEADER_SIZE;
      const length = lengths[i]! - RTP_HEADROOM;
      formatInterleavedHeader(this.#headers, at, channel, RTP_HEADER_LENGTH + length);
      writeRtpHeader(this.#headers, at + INTERLEAVED_HEADER_SIZE, {
        marker: i === packetCount - 1,
        payloadType: header.payloadType,
        sequence: (header.sequence + i) & 0xffff,
        timestamp: header.timestamp,
        ssrc: header.ssrc,
      });
      this.#batch.piece(this.#headersAt + at, HEADER_SIZE);
      this.#batch.piece(payloads + offsets[i]! + RTP_HEADROOM, length);
    }
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
