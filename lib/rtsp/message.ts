import type { HeaderList } from "./headers.ts";

/** A request, RFC 2326 section 6. */
export interface RtspRequest {
  kind: "request";
  /** A token as received: `"PLAY"`; not necessarily one RFC 2326 knows. */
  method: string;
  /** The Request-URI as received: an absolute URL, `"*"`, or from loose peers a bare path. */
  uri: string;
  /** `"RTSP/1.0"`; another version is kept for the caller to answer with 505. */
  version: string;
  headers: HeaderList;
  /** The body, empty where there is none. */
  body: Uint8Array;
}

/** A response, RFC 2326 section 7. */
export interface RtspResponse {
  kind: "response";
  /** The status code, 100 … 999. */
  status: number;
  /** The reason phrase, possibly empty. */
  reason: string;
  /** `"RTSP/1.0"`; another version is kept for the caller to judge. */
  version: string;
  headers: HeaderList;
  /** The body, empty where there is none. */
  body: Uint8Array;
}

/**
 * Binary data between messages, RFC 2326 section 10.12.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     | magic ("$")   |    channel    |      length (bytes)           |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     :                  payload (RTP, RTCP, …)                       :
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
export interface InterleavedFrame {
  kind: "interleaved";
  /** 0 … 255 */
  channel: number;
  /** 0 … 65,535 bytes */
  payload: Uint8Array;
}

/** Anything an RTSP connection carries. */
export type RtspMessage = RtspRequest | RtspResponse | InterleavedFrame;

/** The first byte of an interleaved block: `$`. */
export const INTERLEAVED_MAGIC = 0x24;
/** Bytes before the payload of an interleaved block. */
export const INTERLEAVED_HEADER_SIZE = 4;
/** Most payload bytes an interleaved block can carry. */
export const INTERLEAVED_MAX_PAYLOAD = 0xffff;
/** The version this room speaks. */
export const RTSP_VERSION = "RTSP/1.0";
