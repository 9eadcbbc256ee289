import { addressOf } from "./libc.ts";

/** `struct mmsghdr`: a `struct msghdr` of 56 bytes, the length sent, and padding. */
export const MESSAGE_SIZE = 64;
const MESSAGE_WORDS = MESSAGE_SIZE / 4;
/** `struct iovec`: address and length, 8 bytes each, as 32-bit words. */
const PIECE_WORDS = 4;
/** `CMSG_SPACE(sizeof(uint16_t))`. */
const CONTROL_SIZE = 24;
/** `CMSG_LEN(sizeof(uint16_t))`. */
const CONTROL_LENGTH = 18;
/** Where the segment size stands in it, in words of 16 bits. */
const SEGMENT_SIZE_AT = 8;

const SOL_UDP = 17;
const UDP_SEGMENT = 103;

/** Word offsets in `struct msghdr`; every address and size takes two words. */
const NAME = 0;
const NAME_LENGTH = 2;
const PIECES = 4;
const PIECE_COUNT = 6;
const CONTROL = 8;
const CONTROL_LENGTH_AT = 10;

const WORD = 2 ** 32;

/**
 * Messages of one piece each as `sendmmsg` and `sendmsg` take them (sendmsg(2)), laid out anew for one
 * send after the other.
 *
 * ```text
 * struct mmsghdr (64 bytes)          struct iovec (16 bytes)
 * +--------------------------+       +--------------------------+
 * | name        | name length|       | base                     |
 * | pieces      | 1          |-----> | length                   |
 * | control     | length     |--+    +--------------------------+
 * | flags       | sent       |  |    struct cmsghdr (24 bytes), one for all
 * +--------------------------+  +--> | 18 | SOL_UDP, UDP_SEGMENT | size |
 * ```
 */
export class Messages {
  #bytes = new Uint8Array(0);
  #words = new Uint32Array(0);
  #pieces = new Uint32Array(0);
  readonly #control = segmentControl();
  #count = 0;
  #segmentSize = 0;

  /** How many are to be sent. */
  get count(): number {
    return this.#count;
  }

  /**
   * Begins anew; every piece is to be set then, and the name where there is one.
   * @param segmentSize bytes of each datagram the kernel cuts a message into; 0 for one datagram
   */
  begin(count: number, segmentSize: number): void {
    if (count * MESSAGE_SIZE > this.#bytes.length) this.#grow(count);
    this.#count = count;
    this.#segmentSize = segmentSize;
    this.#control[SEGMENT_SIZE_AT] = segmentSize;
  }

  /** Says what a message is made of; whoever says so keeps it in memory. */
  setPiece(index: number, address: number, length: number): void {
    setAddress(this.#pieces, index * PIECE_WORDS, address);
    this.#pieces[index * PIECE_WORDS + 2] = length;
    const isCut = this.#segmentSize > 0 && length > this.#segmentSize;
    this.#words[index * MESSAGE_WORDS + CONTROL_LENGTH_AT] = isCut ? CONTROL_SIZE : 0;
  }

  /**
   * Addresses all messages.
   * @param name where `struct sockaddr` lies
   */
  setName(name: number, length: number): void {
    const end = this.#count * MESSAGE_WORDS;
    for (let at = 0; at < end; at += MESSAGE_WORDS) {
      setAddress(this.#words, at + NAME, name);
      this.#words[at + NAME_LENGTH] = length;
    }
  }

  /** The messages from one on. */
  from(index: number): Uint8Array<ArrayBuffer> {
    return index === 0 ? this.#bytes : this.#bytes.subarray(index * MESSAGE_SIZE);
  }

  #grow(count: number): void {
    this.#bytes = new Uint8Array(new ArrayBuffer(count * MESSAGE_SIZE));
    this.#words = new Uint32Array(this.#bytes.buffer);
    // In memory of its own from the start: what is smaller may be moved about otherwise.
    this.#pieces = new Uint32Array(new ArrayBuffer(count * PIECE_WORDS * 4));
    const pieces = Number(addressOf(this.#pieces));
    const control = Number(addressOf(this.#control));
    for (let i = 0; i < count; i++) {
      const at = i * MESSAGE_WORDS;
      setAddress(this.#words, at + PIECES, pieces + i * PIECE_WORDS * 4);
      this.#words[at + PIECE_COUNT] = 1;
      setAddress(this.#words, at + CONTROL, control);
    }
  }
}

/** As 16-bit words, of which the segment size is still to be written. */
function segmentControl(): Uint16Array<ArrayBuffer> {
  const control = new Uint16Array(new ArrayBuffer(CONTROL_SIZE));
  const view = new DataView(control.buffer);
  view.setBigUint64(0, BigInt(CONTROL_LENGTH), true);
  view.setInt32(8, SOL_UDP, true);
  view.setInt32(12, UDP_SEGMENT, true);
  return control;
}

function setAddress(words: Uint32Array, at: number, address: number): void {
  words[at] = address % WORD;
  words[at + 1] = address / WORD;
}
