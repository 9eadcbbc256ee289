/** The type of a session description (RFC 8866, section 8.1). */
const SDP_TYPE = /^\s*application\/sdp\b/i;
/** How every session description begins (RFC 8866, section 5.1). */
const FIRST_LINE = "v=";

/** Whether a message says by its Content-Type that its body is a session description. */
export function isSdpType(contentType: string | undefined): boolean {
  return SDP_TYPE.test(contentType ?? "");
}

/**
 * Whether the body of a message is a session description.
 *
 * Tolerance: none on record. One that begins as such is one whatever its type says, as the client
 * plays it all the same.
 */
export function isSdp(contentType: string | undefined, body: string | Uint8Array): boolean {
  return isSdpType(contentType) || beginsSdp(body);
}

/** Whether a body begins as a session description does. */
export function beginsSdp(body: string | Uint8Array): boolean {
  const { length } = FIRST_LINE;
  const first = typeof body === "string"
    ? body.slice(0, length)
    : String.fromCharCode(...body.subarray(0, length));
  return first === FIRST_LINE;
}
