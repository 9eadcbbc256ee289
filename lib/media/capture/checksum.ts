/** The one's complement sum that IP, UDP and TCP have (RFC 1071), over any number of pieces. */
export class InternetChecksum {
  #sum = 0;

  /** Adds bytes; a piece of odd length must be the last. */
  bytes(bytes: Uint8Array): this {
    const even = bytes.length & ~1;
    for (let at = 0; at < even; at += 2) this.#sum += (bytes[at]! << 8) | bytes[at + 1]!;
    if (even < bytes.length) this.#sum += bytes[even]! << 8;
    return this;
  }

  /** Adds a 16-bit number. */
  u16(value: number): this {
    this.#sum += value;
    return this;
  }

  /** What belongs into the checksum field: 0 … 65,535. */
  get value(): number {
    let sum = this.#sum;
    while (sum > 0xffff) sum = (sum % 0x1_0000) + Math.floor(sum / 0x1_0000);
    return ~sum & 0xffff;
  }
}
