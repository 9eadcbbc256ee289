import { describeAac } from "./aac/describe.ts";
import { AacDepacketizer, describedAac } from "./aac/aac_depacketizer.ts";
import { parseAuLayout } from "./aac/au_headers.ts";
import type {
  Depacketizer,
  EmitUnit,
  PayloadFacts,
  StreamFormat,
  TrackDescription,
  UnitKind,
} from "./depacketizer.ts";
import { describeH264 } from "./h264/describe.ts";
import { describedH264, H264Format } from "./h264/h264_format.ts";
import { describeH265 } from "./h265/describe.ts";
import { describedH265, H265Format } from "./h265/h265_format.ts";
import { describedLatm, describeLatm, LatmFormat } from "./latm/latm_format.ts";
import { MarkerUnits } from "./marker_units.ts";
import { describedMpeg4Video, describeMpeg4Video, Mpeg4VideoFormat } from "./mpeg4/mpeg4_video.ts";
import { describeMpegTs, MPEG_TS, MpegTsFormat } from "./mpegts/mpegts_format.ts";
import { NalDepacketizer } from "./nal/nal_depacketizer.ts";
import { describeMetadata, MetadataFormat, ONVIF_METADATA } from "./onvif/metadata_format.ts";
import { describedOpus, describeOpus, OpusFormat } from "./opus/opus_format.ts";
import { PacketUnits } from "./packet_units.ts";
import {
  describedPcm,
  describePcm,
  PCM_ENCODINGS,
  type PcmEncoding,
  PcmFormat,
} from "./pcm/pcm_format.ts";
import { parseFmtpParameters } from "../sdp/fmtp.ts";

/** One payload format: how to read it and what to call it. */
export interface PayloadFormat {
  /** Encoding name, in upper case. */
  encoding: string;
  kind: UnitKind;
  /** One line for people, with the standard. */
  description: string;
  /** What the session description says of the format. */
  described: (track: TrackDescription) => StreamFormat;
  /**
   * Makes what puts its units together; absent where another part of the program does that, which
   * the description names.
   */
  depacketizer?: (track: TrackDescription, emit: EmitUnit) => Depacketizer;
  /** Makes a function that says what one payload holds; it keeps no state. */
  describer?: (track: TrackDescription) => (payload: Uint8Array) => PayloadFacts;
}

const FORMATS: readonly PayloadFormat[] = [
  {
    encoding: "H264",
    kind: "video",
    description: "H.264 video, packetization modes 0 and 1 (RFC 6184)",
    described: ({ fmtp = "" }) => describedH264(fmtp),
    depacketizer: ({ fmtp }, emit) => new NalDepacketizer(new H264Format(fmtp), emit),
    describer: () => describeH264,
  },
  {
    encoding: "H265",
    kind: "video",
    description: "H.265 video (RFC 7798)",
    described: ({ fmtp = "" }) => describedH265(fmtp),
    depacketizer: ({ fmtp }, emit) => new NalDepacketizer(new H265Format(fmtp), emit),
    describer: ({ fmtp = "" }) => {
      const donl = Number(parseFmtpParameters(fmtp).get("sprop-max-don-diff")) > 0;
      return (payload) => describeH265(payload, donl);
    },
  },
  {
    encoding: "MPEG4-GENERIC",
    kind: "audio",
    description: "AAC audio (RFC 3640)",
    described: describedAac,
    depacketizer: (track, emit) => new AacDepacketizer(track, emit),
    describer: ({ fmtp }) => {
      const layout = parseAuLayout(fmtp);
      return (payload) => describeAac(payload, layout);
    },
  },
  {
    encoding: "MP4A-LATM",
    kind: "audio",
    description: "AAC audio in LATM (RFC 6416)",
    described: describedLatm,
    depacketizer: (track, emit) => new MarkerUnits(new LatmFormat(track), emit),
    describer: () => describeLatm,
  },
  {
    encoding: "MP4V-ES",
    kind: "video",
    description: "MPEG-4 Visual (RFC 6416)",
    described: describedMpeg4Video,
    depacketizer: ({ fmtp }, emit) => new MarkerUnits(new Mpeg4VideoFormat(fmtp), emit),
    describer: () => describeMpeg4Video,
  },
  {
    encoding: "OPUS",
    kind: "audio",
    description: "Opus audio (RFC 7587)",
    described: () => describedOpus(),
    depacketizer: (_, emit) => new PacketUnits(new OpusFormat(), emit),
    describer: () => describeOpus,
  },
  {
    encoding: "MP2T",
    kind: "data",
    description: "MPEG transport stream (RFC 2250)",
    described: () => MPEG_TS,
    depacketizer: (_, emit) => new PacketUnits(new MpegTsFormat(), emit),
    describer: () => describeMpegTs,
  },
  {
    encoding: "VND.ONVIF.METADATA",
    kind: "data",
    description: "ONVIF metadata, XML documents (ONVIF Streaming Specification)",
    described: () => ONVIF_METADATA,
    depacketizer: (_, emit) => new MarkerUnits(new MetadataFormat(), emit),
    describer: () => describeMetadata,
  },
  {
    encoding: "JPEG",
    kind: "video",
    description: "JPEG pictures (RFC 2435), put together by lib/stream/picture_depacketizer.ts",
    described: () => ({ codec: "JPEG" }),
  },
  ...Array.from(PCM_ENCODINGS, ([name, encoding]) => pcm(name, encoding)),
];

const BY_ENCODING = new Map(FORMATS.map((format) => [format.encoding, format]));
/** Every payload format that is known. */
export function payloadFormats(): readonly PayloadFormat[] {
  return FORMATS;
}

/**
 * The payload format of an encoding name, in any case; undefined for what is unknown, whose packets
 * are kept as they are.
 */
export function payloadFormat(encoding: string): PayloadFormat | undefined {
  return BY_ENCODING.get(encoding.toUpperCase());
}

function pcm(name: string, encoding: PcmEncoding): PayloadFormat {
  const standard = name === "L20" || name === "L24" ? "RFC 3190" : "RFC 3551";
  return {
    encoding: name,
    kind: "audio",
    description: `${encoding.name} audio (${standard})`,
    described: (track) => describedPcm(encoding, track),
    depacketizer: (track, emit) => new PacketUnits(new PcmFormat(encoding, track), emit),
    describer: (track) => {
      const format = new PcmFormat(encoding, track);
      return (payload) => describePcm(payload, format);
    },
  };
}
