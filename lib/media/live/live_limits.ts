/** How much a source of live pictures may ask of us. */
export const LIVE_LIMITS = Object.freeze({
  /** Bytes of one picture: four times a photograph of 12 megapixels. */
  frameBytes: 16 * 1024 * 1024,
  /** Bytes before the first boundary of a multipart body, or between two parts. */
  betweenBytes: 64 * 1024,
  /** Bytes of the header of one part. */
  partHeaderBytes: 8 * 1024,
  /** Header lines of one part. */
  partHeaderLines: 64,
  /** Characters of a boundary (RFC 2046, section 5.1.1), two dashes before it not counted. */
  boundaryLength: 70,
});
