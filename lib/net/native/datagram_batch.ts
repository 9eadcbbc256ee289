import type { UdpAddress } from "../address.ts";
import { addressOf, type Libc } from "./libc.ts";
import { type ArrivalStamps, SO_TIMESTAMPNS } from "./arrival_stamps.ts";
import { SOCKADDR_LENGTH, udpAddress } from "./sockaddr.ts";

/** Datagrams one call takes at most. */
export const BATCH_SIZE = 64;
/**
 * Room for each, the largest there is and a little more: at a distance of 64 KiB their beginnings
 * would share a few lines of the processor's cache.
 */
const ROOM = 65_536 + 1472;
/** `struct mmsghdr`: a `struct msghdr` of 56 bytes, the length received, and padding. */
const MESSAGE_WORDS = 64 / 4;
/** `struct iovec`: address and length, 8 bytes each, as 32-bit words. */
const PIECE_WORDS = 16 / 4;
/** Room for a `struct sockaddr`, in whole words. */
const NAME_SIZE = 32;
const NAME_WORDS = NAME_SIZE / 4;

/** Word offsets in `struct mmsghdr`; every address and size takes two words. */
const NAME = 0;
const NAME_LENGTH = 2;
const PIECES = 4;
const PIECE_COUNT = 6;
const CONTROL = 8;
const CONTROL_LENGTH = 10;
const RECEIVED = 14;

/** `CMSG_SPACE(sizeof(struct timespec))`: room for the one control message there may be. */
const CONTROL_SIZE = 32;
const CONTROL_WORDS = CONTROL_SIZE / 4;
const CONTROL_LONGS = CONTROL_SIZE / 8;
/** Where `struct cmsghdr` has its type, in words, and the time follows, in words of 64 bits. */
const CONTROL_TYPE = 3;
const [SECONDS, NANOSECONDS] = [2, 3];

/** Take what is there, do not wait. */
const MSG_DONTWAIT = 0x40;
const WORD = 2 ** 32;

/**
 * Where `recvmmsg` (recvmmsg(2)) puts datagrams and the addresses they came from, in memory that is
 * used again.
 *
 * ```text
 * struct mmsghdr (64 bytes)              struct iovec (16 bytes)
 * +------------------------------+       +--------------------------+
 * | name            | its length |       | base                     |-----> a datagram
 * | pieces          | count      |-----> | length                   |
 * | control, flags  | received   |--+    +--------------------------+
 * +------------------------------+  |    struct cmsghdr (32 bytes)
 *                                   +--> | 32 | SOL_SOCKET, SO_TIMESTAMPNS | time |
 * ```
 */
export class DatagramBatch {
  readonly #words = new Uint32Array(BATCH_SIZE * MESSAGE_WORDS);
  readonly #messages = new Uint8Array(this.#words.buffer);
  readonly #pieces = new Uint32Array(BATCH_SIZE * PIECE_WORDS);
  readonly #names = new Uint8Array(BATCH_SIZE * NAME_SIZE);
  readonly #nameWords = new Uint32Array(this.#names.buffer);
  readonly #control = new Uint32Array(BATCH_SIZE * CONTROL_WORDS);
  readonly #times = new BigInt64Array(this.#control.buffer);
  readonly #bytes = new Uint8Array(BATCH_SIZE * ROOM);
  /** The sender before, and the words that say so: mostly it is the next one too. */
  #sender: UdpAddress = { hostname: "", port: 0 };
  #senderWords: [number, number] = [0, 0];

  constructor() {
    const names = Number(addressOf(this.#names));
    const pieces = Number(addressOf(this.#pieces));
    const control = Number(addressOf(this.#control));
    const bytes = Number(addressOf(this.#bytes));
    for (let i = 0; i < BATCH_SIZE; i++) {
      const at = i * MESSAGE_WORDS;
      setAddress(this.#words, at + NAME, names + i * NAME_SIZE);
      setAddress(this.#words, at + PIECES, pieces + i * PIECE_WORDS * 4);
      this.#words[at + PIECE_COUNT] = 1;
      setAddress(this.#words, at + CONTROL, control + i * CONTROL_SIZE);
      setAddress(this.#pieces, i * PIECE_WORDS, bytes + i * ROOM);
      this.#pieces[i * PIECE_WORDS + 2] = ROOM;
    }
  }

  /**
   * Takes what has come to a socket, without waiting.
   * @returns how many datagrams; 0 also when there is an error to be had, which stays for others
   */
  receive(library: Libc, descriptor: number): number {
    // The system writes how long things are where it read how long they may be.
    for (let at = 0; at < this.#words.length; at += MESSAGE_WORDS) {
      this.#words[at + NAME_LENGTH] = SOCKADDR_LENGTH;
      this.#words[at + CONTROL_LENGTH] = CONTROL_SIZE;
    }
    const count = library.recvmmsg(descriptor, this.#messages, BATCH_SIZE, MSG_DONTWAIT, null);
    return Math.max(0, count);
  }

  /** A datagram of those received last: a view that the next call overwrites. */
  datagram(index: number): Uint8Array {
    const at = index * ROOM;
    return this.#bytes.subarray(at, at + this.#words[index * MESSAGE_WORDS + RECEIVED]!);
  }

  /** How long it waited, in ms; 0 where the system does not tell. */
  age(index: number, stamps: ArrivalStamps | undefined): number {
    const isTold = this.#words[index * MESSAGE_WORDS + CONTROL_LENGTH] === CONTROL_SIZE &&
      this.#control[index * CONTROL_WORDS + CONTROL_TYPE] === SO_TIMESTAMPNS;
    if (stamps === undefined || !isTold) return 0;
    const at = index * CONTROL_LONGS;
    return stamps.ageOf(this.#times[at + SECONDS]!, this.#times[at + NANOSECONDS]!);
  }

  /** Where it came from, as IPv4. */
  source(index: number): UdpAddress {
    const at = index * NAME_WORDS;
    const port = this.#nameWords[at]!, host = this.#nameWords[at + 1]!;
    if (port !== this.#senderWords[0] || host !== this.#senderWords[1]) {
      this.#senderWords = [port, host];
      this.#sender = udpAddress(this.#names.subarray(index * NAME_SIZE));
    }
    return this.#sender;
  }
}

function setAddress(words: Uint32Array, at: number, address: number): void {
  words[at] = address % WORD;
  words[at + 1] = address / WORD;
}
