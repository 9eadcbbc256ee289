import { createCipheriv } from "node:crypto";

/** Bytes of an AES block and of the counter's first value. */
const BLOCK_LENGTH = 16;
/** Where the SSRC is added to the salt, in bytes from the counter's beginning. */
const SSRC_AT = 4;
/** Where the packet index is added: 48 bits before the 16 that count blocks. */
const INDEX_AT = 8;
const WORD = 0x1_0000_0000;

/** Encrypts or, which is the same, decrypts by AES in counter mode (RFC 3711, section 4.1.1). */
export function counterMode(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const cipher = createCipheriv("aes-128-ctr", key, iv);
  const out = cipher.update(data);
  // Nothing is left; it gives back what the cipher takes of the system.
  cipher.final();
  return out;
}

/**
 * The first counter of a packet (RFC 3711, section 4.1.1):
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                          session salt                         |
 * +                               +                               +
 * |                               XOR SSRC                        |
 * +                               +                               +
 * |                               XOR packet index, upper 32 bits |
 * +                               +-------------------------------+
 * | XOR index, lower 16 bits      |        counter of blocks      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 *
 * @param salt the session's, 14 bytes
 * @param index 0 … 2^48 - 1
 */
export function counterOf(salt: Uint8Array, ssrc: number, index: number): Uint8Array<ArrayBuffer> {
  const counter = new Uint8Array(BLOCK_LENGTH);
  counter.set(salt);
  const view = new DataView(counter.buffer);
  const upper = Math.floor(index / 0x10000);
  view.setUint32(SSRC_AT, (view.getUint32(SSRC_AT) ^ ssrc) >>> 0);
  view.setUint32(INDEX_AT, (view.getUint32(INDEX_AT) ^ (upper % WORD)) >>> 0);
  const lowerAt = INDEX_AT + 4;
  view.setUint16(lowerAt, view.getUint16(lowerAt) ^ (index % 0x10000));
  return counter;
}
