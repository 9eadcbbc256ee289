/** Cases of a target where nothing else is said. */
const USUAL = 100_000;

/** Cases of a target in the long run; those that {@linkcode LONG_RUN} does not name come last. */
export function longRunCases(target: string): number {
  return LONG_RUN[target] ?? USUAL;
}

/** Cases of each target in the long run (docs/fuzzing.md), in its order. */
export const LONG_RUN: Readonly<Record<string, number>> = {
  // Captures: each reader, and the whole way of `probe FILE`.
  "capture-probe": 850_000,
  "probe-file": 150_000,
  "capture-cut": 100_000,
  "pcap": 250_000,
  "pcapng": 200_000,
  "rtpdump": 150_000,
  "recording-file": 200_000,
  // SDP.
  "sdp-tracks": 1_000_000,
  "sdp": 400_000,
  "sdp-bytes": 300_000,
  "sdp-attributes": 400_000,
  // What a server says to a client.
  "rtsp-replies": 1_000_000,
  "client": 200_000,
  "client-datagrams": 50_000,
  "matrix": 2000,
  // RTSP and its headers.
  ...usual(["rtsp-messages", "dialect", "transport", "session", "range", "rtp-info", "cseq"]),
  ...usual(["public", "scale", "speed", "smpte-time", "utc-time", "url", "request-uri"]),
  ...usual(["challenge", "credentials", "authorization", "users-file"]),
  // The course lab's dialect, in both directions.
  ...usual(["lab-requests", "lab-reply", "lab-media"]),
  "lab-client": 15_000,
  // RTP, RTCP and what they carry.
  ...usual(["rtp", "rtcp", "rtcp-packet", "rtcp-rules"]),
  ...usual(["depacketize-h264", "depacketize-h265", "depacketize-mpeg4-generic"]),
  ...usual(["depacketize-mp4a-latm", "depacketize-mp4v-es", "depacketize-opus"]),
  ...usual(["depacketize-mp2t", "depacketize-vnd.onvif.metadata"]),
  ...usual(["depacketize-pcmu", "depacketize-pcma", "depacketize-l8", "depacketize-l16"]),
  ...usual(["depacketize-l20", "depacketize-l24", "depacketize-g726-16", "depacketize-g726-24"]),
  ...usual(["depacketize-g726-32", "depacketize-g726-40"]),
  ...usual(["fmtp", "h264-sps", "h265-sps", "h264-payload", "h265-payload", "aac-payload"]),
  ...usual(["audio-specific-config", "stream-mux-config", "parameter-sets"]),
  ...usual(["transport-packet", "program-tables", "program-map"]),
  ...usual(["crypto", "crypto-keys", "key-mgmt-attribute", "key-mgmt-header", "mikey"]),
  ...usual(["mikey-keys", "srtp"]),
  // Files that streams are kept in.
  ...each(15_000, ["keep-h264", "keep-h265", "keep-mpeg4-generic", "keep-mp4a-latm"]),
  ...each(15_000, ["keep-opus", "keep-mp4v-es"]),
  // JPEG and its transcoder.
  ...usual(["jpeg", "jpeg-payload", "jpeg-packets", "jpeg-carriage", "jpeg-transcode"]),
  ...usual(["jpeg-transcode-twice", "jpeg-requantize", "jpeg-decode", "picture-fitting"]),
  // Media files and live sources.
  ...usual(["lab-file", "concatenated-file", "avi-file", "iso-file", "multipart-file"]),
  ...usual(["file-formats", "open-media", "serve-check", "png-check"]),
  ...usual(["multipart-stream", "jpeg-stream", "boundary"]),
  // What people and pages say.
  ...usual(["media-path", "pattern-query", "impairment", "expectations", "redaction"]),
  ...usual(["page-messages", "host-header", "picture-names", "terminal-input"]),
  // Servers, by calls and over real sockets.
  "server": 30_000,
  "server-sockets": 6000,
};

/** Of each of these there are a million and more. */
export const MILLIONS: Readonly<Record<string, readonly string[]>> = {
  "captures, the whole way": ["capture-probe", "probe-file"],
  "SDP": ["sdp-tracks"],
  "RTSP replies": ["rtsp-replies"],
};

function usual(names: readonly string[]): Record<string, number> {
  return each(USUAL, names);
}

function each(cases: number, names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, cases]));
}
