import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * The tag over a packet (RFC 3711, section 4.2).
 * @param rollovers goes behind an SRTP packet without being sent; undefined for SRTCP
 * @param length of the tag in bytes, 20 at most
 */
export function authenticationTag(
  key: Uint8Array,
  packet: Uint8Array,
  rollovers: number | undefined,
  length: number,
): Uint8Array {
  const hmac = createHmac("sha1", key).update(packet);
  if (rollovers !== undefined) {
    const behind = new DataView(new ArrayBuffer(4));
    behind.setUint32(0, rollovers);
    hmac.update(new Uint8Array(behind.buffer));
  }
  return hmac.digest().subarray(0, length);
}

/** Whether two tags are the same, in a time that does not tell how much of them is. */
export function isSameTag(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
