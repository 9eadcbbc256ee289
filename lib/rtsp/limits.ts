/**
 * How large each element of an RTSP stream may be. A parser answers "malformed" at the first byte
 * past a limit, so that a peer cannot make it hold more than these add up to.
 */
export interface RtspLimits {
  /** Bytes of a request line or status line, without its line end. */
  startLine: number;
  /** Bytes of one physical header line, without its line end. */
  headerLine: number;
  /** Header fields of one message, repeated ones counted each; folded lines count with theirs. */
  headerCount: number;
  /** Bytes from the first of the start line to the last of the blank line, line ends included. */
  head: number;
  /** Bytes of a body, as announced by Content-Length. */
  body: number;
  /** Payload bytes of one interleaved block; 65,535 is inherent in its 16-bit length. */
  interleaved: number;
  /** Highest channel believed to be a real one while looking for a block after damage. */
  resynchroniseChannel: number;
}

/** The limits used where nothing else is said. */
export const DEFAULT_LIMITS: Readonly<RtspLimits> = Object.freeze({
  startLine: 2048,
  headerLine: 4096,
  headerCount: 64,
  head: 16 * 1024,
  body: 1024 * 1024,
  interleaved: 0xffff,
  resynchroniseChannel: 31,
});

/** Of what a client reads: ffmpeg sets no limit to the header fields of a reply. */
export const REPLY_LIMITS: Readonly<RtspLimits> = Object.freeze({
  ...DEFAULT_LIMITS,
  headerCount: 256,
});

/** Ceilings of the elements inside one header value or URL. */
export const VALUE_LIMITS = Object.freeze({
  /** Characters of a URL. */
  url: 2048,
  /** Transport specifications in one Transport value. */
  transports: 16,
  /** Parameters behind one transport specification or session identifier. */
  parameters: 32,
  /** Characters of a session identifier. */
  sessionId: 256,
  /** Highest session timeout in seconds (about 31 years); more is ignored. */
  sessionTimeout: 999_999_999,
  /** Entries in one RTP-Info value. */
  rtpInfoEntries: 64,
  /** Methods in one Public or Allow value. */
  methods: 64,
  /** Highest CSeq: what 32 bits hold, far above what a connection can count. */
  cseq: 0xffffffff,
  /** Digits on either side of the point of a decimal number (Scale, Speed, npt). */
  digits: 15,
});
