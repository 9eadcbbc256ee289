import type { PacketizedFrame } from "../../jpeg/packetize.ts";
import { writeFrameHeaders } from "../frame_headers.ts";
import { writeChannel } from "../interleaved_blocks.ts";
import type { FrameHeader } from "../paths/media_path.ts";
import { addressOf, ERRNO, errno, type Libc, libc } from "./libc.ts";
import { Messages } from "./message.ts";
import { ShortPlace } from "./short_place.ts";

/** `MSG_DONTWAIT | MSG_NOSIGNAL`: neither block nor raise SIGPIPE. */
const FLAGS = 0x40 | 0x4000;

/** What is kept about a frame. */
interface Blocks {
  /** Where its buffer lies in memory. */
  readonly address: number;
  /** What its blocks say now. */
  channel: number | undefined;
}

/**
 * Writes a frame's interleaved blocks into a TCP connection by one `sendmsg`, without waiting. The
 * viewer's headers are written between the payloads right before the call, which copies everything.
 */
export class InterleavedSender {
  static #shared: InterleavedSender | undefined | null = null;
  readonly #message = new Messages();
  readonly #shortPlace = new ShortPlace();

  private constructor(readonly library: Libc) {}

  /** The one there is, or undefined where the system has no such thing. */
  static get shared(): InterleavedSender | undefined {
    if (this.#shared === null) {
      const library = libc();
      this.#shared = library === undefined ? undefined : new InterleavedSender(library);
    }
    return this.#shared;
  }

  /**
   * @param descriptor of an open connection; nothing may be waiting to be written to it
   * @param frame with room for what comes before each packet
   * @returns bytes of the frame's blocks that the system took, possibly none; undefined when the
   * connection is broken
   */
  send(
    descriptor: number,
    channel: number,
    frame: PacketizedFrame,
    header: FrameHeader,
  ): number | undefined {
    const { buffer } = frame;
    frame.prepared ??= { address: Number(addressOf(buffer)), channel: undefined } satisfies Blocks;
    const blocks = frame.prepared as Blocks;
    if (blocks.channel !== channel) writeChannel(buffer, frame, blocks.channel = channel);
    writeFrameHeaders(buffer, frame, header);
    return this.#write(descriptor, blocks.address, buffer.length);
  }

  /**
   * The same with a short block of anything.
   * @param descriptor as in {@linkcode send}
   * @returns as {@linkcode send} does; 0 for a block that is too long
   */
  sendShort(descriptor: number, block: Uint8Array): number | undefined {
    const address = this.#shortPlace.put(block);
    return address === undefined ? 0 : this.#write(descriptor, address, block.length);
  }

  #write(descriptor: number, address: number, length: number): number | undefined {
    this.#message.begin(1, 0);
    this.#message.setPiece(0, address, length);
    const sent = this.library.sendmsg(descriptor, this.#message.from(0), FLAGS);
    if (sent >= 0) return sent;
    const error = errno(this.library);
    return error === ERRNO.EAGAIN || error === ERRNO.EINTR ? 0 : undefined;
  }
}
