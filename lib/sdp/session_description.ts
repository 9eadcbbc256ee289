/**
 * A session description: what the body of a DESCRIBE reply says (RFC 8866, RFC 2326 appendix C).
 *
 * Lines that the standard requires and the peer left out are absent here too; the parser says so
 * with a tolerance. Everything in a parsed description can be written back by `formatSdp`.
 */
export interface SessionDescription extends SdpSection {
  /** `v=` (5.1), always 0 from a peer that follows the standard. */
  version: number;
  /** `o=` (5.2). */
  origin?: Origin;
  /** `s=` (5.3), `"-"` or `" "` where the session has no name. */
  name?: string;
  /** `i=` (5.4): what the session is, for people. */
  information?: string;
  /** `u=` (5.5), as written. */
  uri?: string;
  /** `e=` (5.6), as written. */
  emails: string[];
  /** `p=` (5.6), as written. */
  phones: string[];
  /** `c=` (5.7) for every medium that has none of its own. */
  connection?: Connection;
  /** `t=` with its `r=` lines (5.9, 5.10). */
  times: TimeDescription[];
  /** `z=` (5.11). */
  zones: TimeZoneAdjustment[];
  /** The `m=` sections, in the order they were described. */
  media: MediaDescription[];
}

/** What the session and each of its media have in common. */
export interface SdpSection {
  /** `b=` (5.8). */
  bandwidths: Bandwidth[];
  /** `k=` (5.12), as written. Obsolete; kept, never acted upon. */
  key?: string;
  /** `a=` (5.13), in the order they came; a name may occur several times. */
  attributes: Attribute[];
  /** Lines of a type the standard does not know, kept so that they can be written back. */
  unknownLines: UnknownLine[];
}

/** One `m=` line and the lines below it (RFC 8866, 5.14). */
export interface MediaDescription extends SdpSection {
  /** `video`, `audio`, `text`, `application`, `message`, `image`; cameras invent others. */
  type: string;
  /** 0 … 65,535. With RTSP it only advises (RFC 2326, C.1.2); 0 leaves it to SETUP. */
  port: number;
  /** The number behind `/` in the port field, where there is one. */
  portCount?: number;
  /** Transport protocol, e.g. `RTP/AVP`. */
  protocol: string;
  /** Payload types or other format names, as written; see `payloadTypes`. */
  formats: string[];
  /** `i=`: the medium's title. */
  title?: string;
  /** `c=`; a medium may have several (hierarchical encodings on several groups). */
  connections: Connection[];
}

/** `o=` (RFC 8866, 5.2). */
export interface Origin {
  /** User name on the originating host, `-` where it has none. */
  username: string;
  /** Decimal digits of any length (often beyond 2^53, so it stays text). */
  sessionId: string;
  /** Decimal digits; grows when the description changes. */
  sessionVersion: string;
  /** `IN`. */
  networkType: string;
  /** `IP4` or `IP6`. */
  addressType: string;
  /** Address or host name. */
  address: string;
}

/** `c=` (RFC 8866, 5.7). */
export interface Connection {
  /** `IN`. */
  networkType: string;
  /** `IP4` or `IP6`. */
  addressType: string;
  /** Address or host name, without the parts behind `/`. */
  address: string;
  /** IPv4 multicast time to live, 0 … 255. */
  ttl?: number;
  /** How many contiguous multicast addresses, counted from `address`. */
  addressCount?: number;
}

/** `b=` (RFC 8866, 5.8). */
export interface Bandwidth {
  /** `AS` and `CT` count kilobits per second; `RS`, `RR`, `TIAS` bits per second. */
  type: string;
  value: number;
}

/** `t=` (RFC 8866, 5.9) with its repeats. */
export interface TimeDescription {
  /** Seconds since 1900 (NTP); 0 means permanent. */
  start: number;
  /** Seconds since 1900 (NTP); 0 means unbounded. */
  stop: number;
  repeats: RepeatTime[];
}

/** `r=` (RFC 8866, 5.10); each time is text such as `604800` or `7d`, see `typedTimeSeconds`. */
export interface RepeatTime {
  interval: string;
  duration: string;
  offsets: string[];
}

/** One pair of `z=` (RFC 8866, 5.11). */
export interface TimeZoneAdjustment {
  /** Seconds since 1900 (NTP) at which the adjustment begins. */
  time: number;
  /** Text such as `-1h`, see `typedTimeSeconds`. */
  offset: string;
}

/** `a=name` (no value) or `a=name:value` (RFC 8866, 5.13). */
export interface Attribute {
  name: string;
  value?: string;
}

/** A line whose type letter the standard does not define. */
export interface UnknownLine {
  /** One ASCII letter. */
  type: string;
  value: string;
}
