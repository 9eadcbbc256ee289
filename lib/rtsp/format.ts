import { quote } from "../bytes/malformed.ts";
import type { HeaderList } from "./headers.ts";
import {
  INTERLEAVED_HEADER_SIZE,
  INTERLEAVED_MAGIC,
  INTERLEAVED_MAX_PAYLOAD,
  type RtspRequest,
  type RtspResponse,
} from "./message.ts";
import { hasControl, isToken, isVersion } from "./text.ts";

const CRLF = "\r\n";
const encoder = new TextEncoder();

/**
 * A request as bytes (RFC 2326 section 6), lines ended by CRLF. Content-Length is set to the body's
 * length in bytes, in place where the headers have one, at the end where there is a body without.
 * @throws {TypeError} where an element would break out of its place: CR or LF in a header value
 */
export function formatRequest(request: Omit<RtspRequest, "kind">): Uint8Array<ArrayBuffer> {
  const { method, uri, version } = request;
  if (!isToken(method)) throw new TypeError(`Method ${quote(method)} is not a token`);
  if (uri === "" || hasControl(uri) || /[ \t]/.test(uri)) {
    throw new TypeError(`Request URI ${quote(uri)} is empty or has white space in it`);
  }
  checkVersion(version);
  return assemble(`${method} ${uri} ${version}`, request.headers, request.body);
}

/**
 * A response as bytes (RFC 2326 section 7); lines and Content-Length as in {@linkcode formatRequest}.
 * @throws {TypeError} where an element would break out of its place: CR or LF in a header value
 */
export function formatResponse(response: Omit<RtspResponse, "kind">): Uint8Array<ArrayBuffer> {
  const { status, reason, version } = response;
  if (!Number.isInteger(status) || status < 100 || status > 999) {
    throw new TypeError(`Status ${status} is not a number of three digits`);
  }
  if (hasControl(reason)) throw new TypeError(`Reason ${quote(reason)} has a control character`);
  checkVersion(version);
  return assemble(`${version} ${status} ${reason}`, response.headers, response.body);
}

/**
 * Writes the four bytes before an interleaved payload (RFC 2326 section 10.12) at `target[at]`.
 * @throws {RangeError} when the channel or length does not fit its field, or the bytes the target
 */
export function formatInterleavedHeader(
  target: Uint8Array,
  at: number,
  channel: number,
  length: number,
): void {
  if (!Number.isInteger(channel) || channel < 0 || channel > 0xff) {
    throw new RangeError(`Channel ${channel} is not 0 … 255`);
  }
  if (!Number.isInteger(length) || length < 0 || length > INTERLEAVED_MAX_PAYLOAD) {
    throw new RangeError(`Length ${length} is not 0 … ${INTERLEAVED_MAX_PAYLOAD}`);
  }
  if (!Number.isInteger(at) || at < 0 || at + INTERLEAVED_HEADER_SIZE > target.length) {
    throw new RangeError(`Four bytes at ${at} do not fit ${target.length}`);
  }
  target[at] = INTERLEAVED_MAGIC;
  target[at + 1] = channel;
  target[at + 2] = length >>> 8;
  target[at + 3] = length & 0xff;
}

/** An interleaved block: header and a copy of `payload`. @throws {RangeError} as above */
export function interleave(channel: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(INTERLEAVED_HEADER_SIZE + payload.length);
  formatInterleavedHeader(block, 0, channel, payload.length);
  block.set(payload, INTERLEAVED_HEADER_SIZE);
  return block;
}

function checkVersion(version: string): void {
  if (!isVersion(version)) throw new TypeError(`Version ${quote(version)} is not RTSP/N.N`);
}

function assemble(
  startLine: string,
  headers: HeaderList,
  body: Uint8Array,
): Uint8Array<ArrayBuffer> {
  let text = startLine + CRLF;
  for (const [name, value] of withLength(headers, body.length)) {
    if (!isToken(name)) throw new TypeError(`Header name ${quote(name)} is not a token`);
    if (hasControl(value)) {
      throw new TypeError(`Value ${quote(value)} of ${name} has a control character`);
    }
    text += `${name}: ${value}${CRLF}`;
  }
  const head = encoder.encode(text + CRLF);
  if (body.length === 0) return head;
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}

/** The headers with a true Content-Length; the caller's list stays as it is. */
function withLength(headers: HeaderList, length: number): HeaderList {
  const lengths = headers.getAll("Content-Length");
  if (lengths.length === 0 && length === 0) return headers;
  if (lengths.length === 1 && lengths[0] === String(length)) return headers;
  const copy = headers.copy();
  const spelled = [...headers].find(([name]) => name.toLowerCase() === "content-length")?.[0];
  return copy.set(spelled ?? "Content-Length", String(length));
}
