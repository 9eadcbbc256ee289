import { quote } from "../bytes/malformed.ts";

/**
 * The departures from RFC 8866 that are read all the same, each with the peer or report that
 * needs it. Where none is on record it says so: those are skipped or kept rather than refused, since
 * refusing helps nobody. Every use is reported, so that a check can turn any into a failure.
 */
export const SDP_TOLERANCES = Object.freeze({
  // Whole description and line ends.
  /** Bytes that are not UTF-8 read as U+FFFD (Tuya Symynelec C5: an address of random bytes). */
  "not-utf-8": "Bytes that are not UTF-8",
  /** TP-Link and MERCURY cameras, janus-gateway#1922; RFC 8866 section 5 asks for it. */
  "line-feed-only": "Lines that end with LF alone",
  /** None on record. A CR left inside a value could not be written back. */
  "carriage-return-only": "Lines that end with CR alone",
  /** Lab servers; Scrypted's rebroadcast (thingino-firmware#1621). */
  "no-final-line-end": "No line end after the last line",
  /** gortsplib's test cases have them, without a device. */
  "empty-line": "Empty lines, skipped",
  /** None on record. Covers stray text such as the NUL behind a C string. */
  "line-without-type": "A line without a type letter, skipped",
  /** RFC 8866 says to reject the whole description; vendors add letters instead. */
  "unknown-line": "A line of unknown type, kept",
  /** RVi (rtsp-simple-proxy#7), Hanwha recorders (SharpRTSP#119), macro-video (retina#52). */
  "line-out-of-order": "A line before one it should follow",
  /** None on record. Of two `s=`, `c=` … the first counts. */
  "repeated-line": "A line that may occur only once, again; skipped",

  // Session lines.
  /** A camera that sends `m=` and `a=` only (gortsplib#448, go2rtc#679). */
  "version-missing": "No v= line",
  /** None on record. There has only ever been version 0. */
  "version-malformed": "A v= line other than v=0",
  /** macro-video cameras (retina#52). */
  "origin-missing": "No o= line",
  /** H3C/Uniview `- 1001 1 IN`, TP-Link with a number too many, mediamtx#121, #231, #2558. */
  "origin-malformed": "An o= line of another form",
  /** mediamtx#2473. */
  "name-missing": "No s= line",
  /** IGCSMS servers send a bare `i=`; others a bare `s=`. */
  "empty-value": "An s= or i= line without text",
  /** mediamtx#2473, #2558. */
  "time-missing": "No t= line",
  /** FLIR `t=now-`, read as 0 0. */
  "time-malformed": "A t=, r= or z= line of another form",
  /** prudynt (thingino-firmware#1621); every client surveyed lives without. */
  "connection-missing": "A medium without c= in a session without c=",
  /** Hikvision `IN c=IN IP4 …` (mediamtx#227), H3C/Uniview `IN`, gortsplib#1025 `IN 192.…`. */
  "connection-malformed": "A c= line of another form",
  /** None on record. A line that is not `type:number` is skipped. */
  "bandwidth-malformed": "A b= line of another form, skipped",

  // Media lines and attributes.
  /** TP-Link `application/TP-LINK` (mediamtx#1267), Tuya port -1353744643 (go2rtc#2316). */
  "media-malformed": "An m= line of another form",
  /** TP-Link and MERCURY `smart/1/90000` (gortsplib#271), IGCSMS `(null)`. */
  "payload-type-malformed": "An RTP format that is not a payload type",
  /** A name that is not a token, or a colon with nothing after it (IGCSMS `a=rtpmap`). */
  "attribute-malformed": "An a= line of another form",
  /** `96 H264/90000 ` (moonfire-nvr#213, mediamtx#2473). */
  "rtpmap-spaces": "An rtpmap with spaces too many",
  /** Ubiquiti `a=fmtp:96` (retina#65). */
  "fmtp-without-parameters": "An fmtp without parameters",
});

/** The name of a tolerance. */
export type SdpTolerance = keyof typeof SDP_TOLERANCES;

/** Told of every tolerance used: its name, and one line that says where and quotes the input. */
export type OnSdpTolerance = (code: SdpTolerance, detail: string) => void;

/** Reports a tolerance used in the line at hand. */
export type Report = (code: SdpTolerance) => void;

/** A {@linkcode Report} for one line of the description. */
export function lineReport(
  onTolerance: OnSdpTolerance | undefined,
  line: { number: number; text: string },
): Report {
  return (code) => {
    onTolerance?.(code, `${SDP_TOLERANCES[code]}: line ${line.number}, ${quote(line.text)}`);
  };
}
