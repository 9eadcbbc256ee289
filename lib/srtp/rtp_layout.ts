/** Bytes of an RTP header without CSRCs and extension (RFC 3550, section 5.1). */
const FIXED_HEADER_LENGTH = 12;
const CSRC_LENGTH = 4;
const CSRC_COUNT_MASK = 0x0f;
const EXTENSION_BIT = 0x10;
/** Bytes of an extension before its words, and where their count stands (section 5.3.1). */
const EXTENSION_HEADER_LENGTH = 4;
const EXTENSION_COUNT_AT = 2;
const EXTENSION_WORD_LENGTH = 4;
const SEQUENCE_AT = 2;
const SSRC_AT = 8;

/** What SRTP looks at in an RTP packet. */
export interface RtpLayout {
  sequence: number;
  ssrc: number;
  /** Where the payload begins, which is what is encrypted. */
  payloadAt: number;
}

/**
 * Finds the payload in an RTP packet.
 * @param end where the packet ends in `bytes`
 * @returns undefined when it ends within its header
 */
export function rtpLayout(bytes: Uint8Array, end = bytes.length): RtpLayout | undefined {
  if (end < FIXED_HEADER_LENGTH) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, end);
  const first = view.getUint8(0);
  let payloadAt = FIXED_HEADER_LENGTH + (first & CSRC_COUNT_MASK) * CSRC_LENGTH;
  if ((first & EXTENSION_BIT) !== 0) {
    if (payloadAt + EXTENSION_HEADER_LENGTH > end) return undefined;
    const words = view.getUint16(payloadAt + EXTENSION_COUNT_AT);
    payloadAt += EXTENSION_HEADER_LENGTH + words * EXTENSION_WORD_LENGTH;
  }
  if (payloadAt > end) return undefined;
  return { sequence: view.getUint16(SEQUENCE_AT), ssrc: view.getUint32(SSRC_AT), payloadAt };
}
