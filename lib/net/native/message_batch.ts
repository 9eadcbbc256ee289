import { addressOf } from "./libc.ts";

/** Messages one `sendmmsg` takes at most. */
const MOST_MESSAGES = 512;
/** Pieces of all messages together. */
const MOST_PIECES = 8192;
/** `struct mmsghdr`: a `struct msghdr` of 56 bytes, the length sent, and padding. */
const MESSAGE_SIZE = 64;
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
 * The arguments of one `sendmmsg` (sendmmsg(2)), written in place into memory that is used again:
 * adding a message allocates nothing.
 *
 * ```text
 * struct mmsghdr (64 bytes)          struct iovec (16 bytes)
 * +--------------------------+       +--------------------------+
 * | name        | name length|       | base                     |
 * | pieces      | count      |-----> | length                   |
 * | control     | length     |--+    +--------------------------+
 * | flags       | sent       |  |    struct cmsghdr (24 bytes)
 * +--------------------------+  +--> | 18 | SOL_UDP, UDP_SEGMENT | size |
 * ```
 */
export class MessageBatch {
  readonly messages: Uint8Array<ArrayBuffer> = new Uint8Array(MOST_MESSAGES * MESSAGE_SIZE);
  readonly #words = new Uint32Array(this.messages.buffer);
  readonly #pieces = new Uint32Array(MOST_PIECES * PIECE_WORDS);
  readonly #controls = new Uint8Array(MOST_MESSAGES * CONTROL_SIZE);
  readonly #controlView = new DataView(this.#controls.buffer);
  readonly #piecesAt = Number(addressOf(this.#pieces));
  readonly #controlsAt = Number(addressOf(this.#controls));
  #count = 0;
  #pieceCount = 0;

  constructor() {
    for (let i = 0; i < MOST_MESSAGES; i++) {
      const at = i * CONTROL_SIZE;
      this.#controlView.setBigUint64(at, BigInt(CONTROL_LENGTH), true);
      this.#controlView.setInt32(at + 8, SOL_UDP, true);
      this.#controlView.setInt32(at + 12, UDP_SEGMENT, true);
      this.#setAddress(this.#words, i * MESSAGE_WORDS + CONTROL, this.#controlsAt + at);
    }
  }

  /** Messages added. */
  get count(): number {
    return this.#count;
  }

  /** Whether one more message of so many pieces fits. */
  fits(pieces: number): boolean {
    return this.#count < MOST_MESSAGES && this.#pieceCount + pieces <= MOST_PIECES;
  }

  /**
   * Begins a message; its pieces follow.
   * @param name where `struct sockaddr` lies
   * @param segmentSize bytes of each datagram the kernel cuts it into; 0 for one datagram
   */
  begin(name: number, nameLength: number, segmentSize: number): void {
    const at = this.#count * MESSAGE_WORDS;
    const words = this.#words;
    this.#setAddress(words, at + NAME, name);
    words[at + NAME_LENGTH] = nameLength;
    this.#setAddress(words, at + PIECES, this.#piecesAt + this.#pieceCount * PIECE_WORDS * 4);
    words[at + PIECE_COUNT] = 0;
    words[at + CONTROL_LENGTH_AT] = segmentSize === 0 ? 0 : CONTROL_SIZE;
    if (segmentSize !== 0) {
      this.#controlView.setUint16(this.#count * CONTROL_SIZE + 16, segmentSize, true);
      this.#setAddress(words, at + CONTROL, this.#controlsAt + this.#count * CONTROL_SIZE);
    } else this.#setAddress(words, at + CONTROL, 0);
    this.#count++;
  }

  /** Adds a piece to the message begun last. */
  piece(address: number, length: number): void {
    const at = this.#pieceCount++ * PIECE_WORDS;
    this.#setAddress(this.#pieces, at, address);
    this.#pieces[at + 2] = length;
    this.#words[(this.#count - 1) * MESSAGE_WORDS + PIECE_COUNT]!++;
  }

  /** The messages from one on, as the system call takes them. */
  from(index: number): Uint8Array<ArrayBuffer> {
    return this.messages.subarray(index * MESSAGE_SIZE);
  }

  clear(): void {
    this.#count = 0;
    this.#pieceCount = 0;
  }

  #setAddress(words: Uint32Array, at: number, address: number): void {
    words[at] = address % WORD;
    words[at + 1] = address / WORD;
  }
}
