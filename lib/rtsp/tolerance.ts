/**
 * Every departure from RFC 2326 that the parsers of this room accept, with who needs it. A parser
 * reports the code and a detail that quotes the input, so that it can be shown as a finding.
 *
 * Not here because the standard allows them: any case in header names, `Name:value` without a
 * space, folded header lines (RFC 2068 section 4.2, which RFC 2326 section 4.2 takes over).
 */
export const TOLERANCES = {
  /** Section 4 asks for CRLF from senders. Ports of the course lab send LF. */
  "bare-line-feed": "A line ends with LF alone",
  /** gst-rtsp-server and gortsplib skip them, so senders get away with it; live555 answers 400. */
  "blank-line-before-message": "Blank lines come before a message",
  /** GStreamer's rtspsrc reads it; ffmpeg and live555 do not. */
  "space-before-colon": "White space stands between a header name and its colon",
  /** ffmpeg, rtspsrc, openRTSP and VLC all accept `RTSP/1.0 200` alone. */
  "missing-reason-phrase": "The status line ends after the status code",
  /** KhaiHuynh-111's lab client ends its request lines with a space. */
  "space-after-start-line": "White space ends the start line",
  /** ffmpeg and rtspsrc request the path as it was typed on their command line. */
  "space-in-uri": "The request URI contains a space",
  /** anm0lraj's lab says RTSP/1.4; live555 and rtspsrc read on, gst-rtsp-server resets. */
  "other-version": "The version is not RTSP/1.0",
  /** Section 4.2 asks for UTF-8 (through RFC 2068); read as ISO 8859-1 as HTTP/1.1 did. */
  "line-not-utf-8": "A line is not UTF-8",
  /** rtspsrc over TLS, when it stops while it sends a report: PAUSE comes in place of the report. */
  "header-without-block": "A message comes where an interleaved block was announced",
  /** Nothing a sender may do; the parser found the next message after damage. */
  "resynchronised": "Bytes were skipped to find the next message",

  /** live555 accepts `; ` in requests; the course lab sends `; client_port= 25000`. */
  "space-in-transport": "White space stands inside a Transport value",
  /** Laureii cameras end RTP-Info with `;`; the same slip is accepted in Transport and Session. */
  "empty-parameter": "Two semicolons follow each other or one ends the value",
  /** Hikvision cameras send `ssrc= d6d6627`: seven digits, leading zero lost. */
  "short-ssrc": "The SSRC has fewer than eight digits",
  /** No client surveyed minds a decimal or junk ssrc, so neither may this one. */
  "ssrc-ignored": "The SSRC is not a hexadecimal number of 32 bits",
  /** ffmpeg, rtspsrc, openRTSP and VLC accept `; timeout=`. */
  "space-in-session": "White space stands inside a Session value",
  /** rtspsrc, openRTSP and VLC play on after a Session they cannot fully read. */
  "session-timeout-ignored": "The session timeout is not a number of seconds",
  /** Section 3.4 allows letters, digits and `$-_.+`; but to a client the identifier is opaque. */
  "session-id-characters": "The session identifier has characters outside the allowed set",
  /** rtspsrc and live555 unquote it. */
  "quoted-url": "The url in RTP-Info is quoted",
  /** No client surveyed minds a wrong or short RTP-Info. */
  "rtp-info-ignored": "A number in RTP-Info is out of range",
  /** Reolink cameras and others answer without saying whose position this is. */
  "rtp-info-without-url": "An RTP-Info entry has no url",
  /** Typed by people: passwords of cameras contain `@ # ! % ^`. */
  "unescaped-userinfo": "The credentials in the URL contain characters that should be escaped",
} as const;

/** The stable name of a tolerance. */
export type ToleranceCode = keyof typeof TOLERANCES;

/** Told about each tolerance applied; `detail` quotes the input. */
export type OnTolerance = (code: ToleranceCode, detail: string) => void;
