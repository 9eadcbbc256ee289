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
 * Messages of one piece each as `sendmmsg` and `sendmsg` take them (sendmsg(2)), written once and
 * sent to one receiver after the other: only the name changes.
 *
 * ```text
 * struct mmsghdr (64 bytes)          struct iovec (16 bytes)
 * +--------------------------+       +--------------------------+
 * | name        | name length|       | base                     |
 * | pieces      | 1          |-----> | length                   |
 * | control     | length     |--+    +--------------------------+
 * | flags       | sent       |  |    struct cmsghdr (24 bytes)
 * +--------------------------+  +--> | 18 | SOL_UDP, UDP_SEGMENT | size |
 * ```
 */
export class Messages {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #words: Uint32Array<ArrayBuffer>;
  readonly #pieces: Uint32Array<ArrayBuffer>;
  /** The control of all of them, kept alive here; undefined where none is cut. */
  readonly #control: Uint8Array<ArrayBuffer> | undefined;

  /** @param segmentSize bytes of each datagram the kernel cuts a message into; 0 for one datagram */
  constructor(readonly count: number, readonly segmentSize: number) {
    this.bytes = new Uint8Array(count * MESSAGE_SIZE);
    this.#words = new Uint32Array(this.bytes.buffer);
    // In memory of its own from the start: what is smaller may be moved about otherwise.
    this.#pieces = new Uint32Array(new ArrayBuffer(count * PIECE_WORDS * 4));
    this.#control = segmentSize === 0 ? undefined : segmentControl(segmentSize);
    const pieces = Number(addressOf(this.#pieces));
    const control = this.#control && Number(addressOf(this.#control));
    for (let i = 0; i < count; i++) {
      const at = i * MESSAGE_WORDS;
      setAddress(this.#words, at + PIECES, pieces + i * PIECE_WORDS * 4);
      this.#words[at + PIECE_COUNT] = 1;
      if (control !== undefined) setAddress(this.#words, at + CONTROL, control);
    }
  }

  /** One message of these bytes, which are to be kept in memory as long as it is. */
  static of(bytes: Uint8Array<ArrayBuffer>): Messages {
    const messages = new Messages(1, 0);
    messages.setPiece(0, Number(addressOf(bytes)), bytes.length);
    return messages;
  }

  /** Says what a message is made of; whoever says so keeps it in memory. */
  setPiece(index: number, address: number, length: number): void {
    setAddress(this.#pieces, index * PIECE_WORDS, address);
    this.#pieces[index * PIECE_WORDS + 2] = length;
    const isCut = this.segmentSize > 0 && length > this.segmentSize;
    this.#words[index * MESSAGE_WORDS + CONTROL_LENGTH_AT] = isCut ? CONTROL_SIZE : 0;
  }

  /**
   * Addresses all messages.
   * @param name where `struct sockaddr` lies
   */
  setName(name: number, length: number): void {
    for (let at = 0; at < this.#words.length; at += MESSAGE_WORDS) {
      setAddress(this.#words, at + NAME, name);
      this.#words[at + NAME_LENGTH] = length;
    }
  }

  /** The messages from one on. */
  from(index: number): Uint8Array<ArrayBuffer> {
    return index === 0 ? this.bytes : this.bytes.subarray(index * MESSAGE_SIZE);
  }
}

function segmentControl(segmentSize: number): Uint8Array<ArrayBuffer> {
  const control = new Uint8Array(CONTROL_SIZE);
  const view = new DataView(control.buffer);
  view.setBigUint64(0, BigInt(CONTROL_LENGTH), true);
  view.setInt32(8, SOL_UDP, true);
  view.setInt32(12, UDP_SEGMENT, true);
  view.setUint16(16, segmentSize, true);
  return control;
}

function setAddress(words: Uint32Array, at: number, address: number): void {
  words[at] = address % WORD;
  words[at + 1] = address / WORD;
}
