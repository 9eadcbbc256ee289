/** What a static payload type stands for (RFC 3551 tables 4 and 5). */
export interface StaticPayloadType {
  /** 0 … 127. */
  payloadType: number;
  /** The name as in SDP `a=rtpmap`, e.g. `"JPEG"`. */
  encodingName: string;
  /** MPEG transport streams carry both. */
  media: "audio" | "video" | "audio/video";
  /** Of the RTP timestamp, in Hz. */
  clockRate: number;
  /** Audio channels; absent for video, and for MPEG audio, where the stream itself tells. */
  channels?: number;
}

/** JPEG-compressed video in the payload format of RFC 2435. */
export const PAYLOAD_TYPE_JPEG = 26;
/** Highest value of the 7-bit payload type field. */
export const MAX_PAYLOAD_TYPE = 127;
/** Lowest payload type that gets its meaning from the session description (RFC 3551 section 6). */
export const MIN_DYNAMIC_PAYLOAD_TYPE = 96;
/** Lowest RTCP packet type on a port shared with RTP (RFC 5761 section 4). */
export const MIN_RTCP_PACKET_TYPE = 192;
/** Highest RTCP packet type on a port shared with RTP (RFC 5761 section 4). */
export const MAX_RTCP_PACKET_TYPE = 223;

const VERSION = 2;
const VERSION_SHIFT = 6;
const VIDEO_CLOCK_RATE = 90_000;

const STATIC_PAYLOAD_TYPES: ReadonlyMap<number, Readonly<StaticPayloadType>> = new Map(
  [
    audio(0, "PCMU", 8000),
    audio(3, "GSM", 8000),
    audio(4, "G723", 8000),
    audio(5, "DVI4", 8000),
    audio(6, "DVI4", 16_000),
    audio(7, "LPC", 8000),
    audio(8, "PCMA", 8000),
    // Sampled at 16,000 Hz; the clock rate is a mistake of RFC 1890 that was kept (section 4.5.2).
    audio(9, "G722", 8000),
    audio(10, "L16", 44_100, 2),
    audio(11, "L16", 44_100),
    audio(12, "QCELP", 8000),
    audio(13, "CN", 8000),
    { payloadType: 14, encodingName: "MPA", media: "audio", clockRate: 90_000 } as const,
    audio(15, "G728", 8000),
    audio(16, "DVI4", 11_025),
    audio(17, "DVI4", 22_050),
    audio(18, "G729", 8000),
    video(25, "CelB"),
    video(PAYLOAD_TYPE_JPEG, "JPEG"),
    video(28, "nv"),
    video(31, "H261"),
    video(32, "MPV"),
    video(33, "MP2T", "audio/video"),
    video(34, "H263"),
  ].map((entry) => [entry.payloadType, Object.freeze(entry)]),
);

/** The static meaning of a payload type; undefined for dynamic, reserved and unassigned ones. */
export function staticPayloadType(payloadType: number): Readonly<StaticPayloadType> | undefined {
  return STATIC_PAYLOAD_TYPES.get(payloadType);
}

/** Whether the session description must say what this payload type (96 … 127) means. */
export function isDynamicPayloadType(payloadType: number): boolean {
  return payloadType >= MIN_DYNAMIC_PAYLOAD_TYPE && payloadType <= MAX_PAYLOAD_TYPE;
}

/**
 * Whether a datagram on a port that carries both is RTCP rather than RTP (RFC 5761 section 4): its
 * second byte, where RTP has marker and payload type, is an RTCP packet type of 192 … 223. Payload
 * types 64 … 95 with the marker set would look the same, so RTP must not use them there.
 */
export function isRtcp(datagram: Uint8Array): boolean {
  if (datagram.length < 2 || datagram[0]! >>> VERSION_SHIFT !== VERSION) return false;
  const packetType = datagram[1]!;
  return packetType >= MIN_RTCP_PACKET_TYPE && packetType <= MAX_RTCP_PACKET_TYPE;
}

function audio(
  payloadType: number,
  encodingName: string,
  clockRate: number,
  channels = 1,
): StaticPayloadType {
  return { payloadType, encodingName, media: "audio", clockRate, channels };
}

function video(
  payloadType: number,
  encodingName: string,
  media: StaticPayloadType["media"] = "video",
): StaticPayloadType {
  return { payloadType, encodingName, media, clockRate: VIDEO_CLOCK_RATE };
}
