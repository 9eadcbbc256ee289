import type { CatalogueEntry } from "./catalogue_entry.ts";

const LOSS = ["loss-sender", "loss-network", "host-drops", "sequence-gap"];
const NEW_BEGINNING = ["ssrc-changed", "sequence-restart", "timestamp-jump"];
const BROKEN_JPEG = ["jpeg-tables", "jpeg-size", "jpeg-type", "jpeg-scan"];

/** What the packets show. */
export const MEDIA_CAUSES = {
  "loss-sender": {
    level: "warning",
    title: "packets are missing at the sender",
    advice: "Look at the server: its encoder or its send queue drops (too slow a CPU, disk or " +
      "viewer); no network lost these",
    reference: "RFC 3550 section 5.1",
  },
  "loss-network": {
    level: "warning",
    title: "packets are lost in the network",
    advice: "Try --transport tcp; look for Wi-Fi, a full link, a bad cable or switch on the way; " +
      "lower the bit rate",
    reference: "RFC 3550 section 5.1",
  },
  "host-drops": {
    level: "warning",
    title: "this machine does not keep up",
    advice: "Raise the receive buffer (sysctl net.core.rmem_max), close what keeps this machine " +
      "busy, or use --transport tcp",
  },
  "sequence-gap": {
    level: "warning",
    title: "packets are missing",
    advice:
      "Try --transport tcp: where packets are missing there too, the sender loses them; else " +
      "the network does. Look longer (--duration 30s) for sender reports that tell",
    reference: "RFC 3550 section 5.1",
    follows: NEW_BEGINNING,
  },
  "sequence-reordered": { level: "info", title: "packets out of order" },
  "sequence-duplicate": {
    level: "warning",
    title: "packets come twice",
    advice: "Look for two paths to here: bridges, bonded links, a capture on both sides",
    reference: "RFC 3550 section 5.1",
  },
  "sequence-reused": {
    level: "error",
    title: "different packets have the same number",
    advice: "Count the sequence number up by one for every packet in the sender",
    reference: "RFC 3550 section 5.1",
  },
  "sequence-restart": {
    level: "warning",
    title: "the sequence numbers jump",
    advice: "Look what restarts in the sender: a looped file, an encoder; numbers must go on",
    reference: "RFC 3550 section 5.1",
    follows: ["ssrc-changed", "host-drops"],
  },
  "timestamp-jump": {
    level: "warning",
    title: "the timestamps jump",
    advice: "Look what restarts in the sender: a looped file, an encoder, a camera that sets its " +
      "clock; timestamps must go on at their rate",
    reference: "RFC 3550 section 5.1",
    follows: ["ssrc-changed", "sequence-restart"],
  },
  "timestamp-rate": {
    level: "warning",
    title: "the timestamps run at another clock rate than declared",
    advice:
      "Correct the clock rate in a=rtpmap or in the sender; until then only players that go " +
      "by arrival show it at the right speed",
    reference: "RFC 3550 section 5.1",
    follows: NEW_BEGINNING,
  },
  "falling-behind": {
    level: "warning",
    title: "the stream comes slower than it plays",
    advice:
      "The link, the server or whoever reads is too slow for it: lower its bit rate or frame " +
      "rate, look for Wi-Fi and a full link, and at the server's CPU",
    follows: [...LOSS, ...NEW_BEGINNING, "stream-stalled"],
  },
  "frames-left-out": {
    level: "warning",
    title: "the sender leaves out frames",
    advice:
      "Over TCP a server leaves out what the link or the reader is too slow for: lower the bit " +
      "rate, or look for Wi-Fi and a full link; else look at the server's encoder and CPU",
    follows: [...LOSS, ...NEW_BEGINNING, "timestamp-rate", "stream-stalled"],
  },
  "sr-clock": {
    level: "warning",
    title: "the sender reports are on another clock than the packets",
    advice: "Players that keep sound and picture together go astray: have them ignore sender " +
      "reports (VLC --rtsp-tcp does not help; GStreamer: ntp-sync=false), and tell the maker",
    reference: "RFC 3550 section 6.4.1",
    follows: [...NEW_BEGINNING, "timestamp-rate"],
  },
  "ssrc-changed": {
    level: "warning",
    title: "the sender's SSRC changes",
    advice: "Look what restarts in the sender, or whether two senders share the port",
    reference: "RFC 3550 section 8.2",
  },
  "marker-never": {
    level: "warning",
    title: "the marker that ends a frame is never set",
    advice:
      "Set the marker on the last packet of each frame in the sender: receivers wait for it, " +
      "or show every frame one frame late",
    reference: "RFC 3550 section 5.1",
  },
  "marker-always": {
    level: "error",
    title: "the marker that ends a frame is set on every packet",
    advice:
      "Set the marker on the last packet of each frame only: receivers take pieces for frames",
    reference: "RFC 3550 section 5.1",
  },
  "frame-damaged": {
    level: "error",
    title: "frames come broken from the sender",
    advice: "Look at the damage below: every packet came, so the sender packs wrongly",
    follows: [
      ...LOSS,
      ...NEW_BEGINNING,
      ...BROKEN_JPEG,
      "marker-always",
      "marker-never",
      "sequence-reused",
      "sdp-payload-type",
      "rtsp-malformed",
    ],
  },
  "picture-frozen": {
    level: "warning",
    title: "the picture is frozen",
    advice: "Look at the source: the server repeats the last picture that it has",
  },
  "stream-stalled": {
    level: "warning",
    title: "the stream stalls for seconds",
    advice: "Look at the source's CPU and at the link at that moment; over TCP one lost packet " +
      "holds up all behind it",
    follows: [...NEW_BEGINNING, "host-drops", "session-timeout"],
  },
  "jpeg-tables": {
    level: "error",
    title: "the quantization tables of RFC 2435 are missing or wrong",
    advice:
      "Send Q 255 with two tables of 64 bytes (Length 128) in the first packet of every frame",
    reference: "RFC 2435 section 3.1.8",
  },
  "jpeg-size": {
    level: "error",
    title: "the picture size of RFC 2435 is missing or wrong",
    advice: "Send width and height in units of 8, at most 2,040 pixels; larger ones need 0 and " +
      "a=x-dimensions, or a smaller picture",
    reference: "RFC 2435 section 3.1.5",
  },
  "jpeg-type": {
    level: "error",
    title: "a type of RFC 2435 that nobody defined",
    advice: "Send type 0 or 1 (64 or 65 with restart markers): 4:2:2 or 4:2:0 baseline JPEG",
    reference: "RFC 2435 section 3.1.3",
  },
  "jpeg-scan": {
    level: "error",
    title: "the picture data of RFC 2435 does not fit its header",
    advice: "Check size, type and restart interval in the sender, and that it encodes with the " +
      "standard Huffman tables: optimised ones cannot be carried",
    reference: "RFC 2435 section 3.1",
    follows: ["jpeg-size", "marker-always"],
  },
  "sdp-payload-type": {
    level: "error",
    title: "packets of a payload type that the description does not name",
    advice: "Correct m= and a=rtpmap, or the sender: receivers throw such packets away",
    reference: "RFC 8866 section 5.14",
    follows: ["lab-payload-type"],
  },
  "payload-type-mixed": {
    level: "info",
    title: "a few packets of a payload type that is not described",
  },
  "sdp-size": {
    level: "warning",
    title: "the description states another picture size than comes",
    advice:
      "Correct the description (sprop-parameter-sets, a=framesize, a=x-dimensions): players " +
      "that set up by it show nothing or a cut picture",
    reference: "RFC 6184 section 8.1",
  },
  "sdp-profile": {
    level: "warning",
    title: "the description states another profile than comes",
    advice: "Correct profile-level-id and sprop-parameter-sets: decoders chosen by them may refuse",
    reference: "RFC 6184 section 8.1",
    follows: ["sdp-size"],
  },
  "sdp-frame-rate": {
    level: "warning",
    title: "the frame rate is another than described",
    advice:
      "Correct a=framerate or the parameter sets: players and recorders that pace by it show " +
      "pictures too late",
    reference: "RFC 8866 section 6.13",
    follows: [
      ...LOSS,
      ...NEW_BEGINNING,
      "timestamp-rate",
      "frames-left-out",
      "marker-always",
      "stream-stalled",
      "picture-frozen",
    ],
  },
} as const satisfies Record<string, CatalogueEntry>;
