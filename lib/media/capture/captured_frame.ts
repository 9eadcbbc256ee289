import type { Outcome } from "../../bytes/malformed.ts";

/** Link types of the pcap registry (draft-ietf-opsawg-pcaplinktype) that can be looked into. */
export const LINK_TYPE = {
  /** A 4-byte address family in the byte order of whoever captured (BSD loopback). */
  NULL: 0,
  ETHERNET: 1,
  /** IPv4 or IPv6 with nothing before it, by its numbers in files of BSD systems. */
  RAW_BSD: 12,
  RAW_OPENBSD: 14,
  RAW: 101,
  /** As NULL, in network byte order (OpenBSD loopback). */
  LOOP: 108,
  /** Linux "cooked" capture, as of the interface `any`. */
  LINUX_SLL: 113,
  IPV4: 228,
  IPV6: 229,
  LINUX_SLL2: 276,
} as const;

/** Most bytes of one captured frame; Wireshark's own ceiling. */
export const MAX_FRAME_LENGTH = 262_144;

/** One packet of a capture as it was on the link. */
export interface CapturedFrame {
  /** Whole seconds since the Unix epoch. */
  seconds: number;
  /** 0 … 999,999,999 */
  nanoseconds: number;
  /** One of {@linkcode LINK_TYPE}, or another of the registry. */
  linkType: number;
  /** What was kept of it; a view. */
  bytes: Uint8Array;
  /** Bytes it had on the link; more than were kept where the capture has a snapshot length. */
  originalLength: number;
}

/** A packet of an rtpdump, which has neither addresses nor link headers. */
export interface DumpedPacket {
  seconds: number;
  nanoseconds: number;
  kind: "rtp" | "rtcp";
  bytes: Uint8Array;
  originalLength: number;
}

/**
 * Reads a recording that arrives in pieces cut anywhere. An answer `malformed` is the last: a
 * damaged recording has no mark by which to find its next packet.
 */
export interface RecordingReader<T> {
  /** Adds a piece; it belongs to the reader from then on, values are views of it. */
  push(bytes: Uint8Array): void;
  next(): Outcome<T>;
  /** Bytes held of what is not complete: at the end of the file, what was cut off. */
  readonly pending: number;
  /** Packets that the recording program says it did not keep up with. */
  readonly dropped: number;
}
