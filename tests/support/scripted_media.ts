// Packets for tests of receivers, made from pictures of the built-in clip.
import { inspectJpeg } from "../../lib/jpeg/inspect.ts";
import { packetizeJpeg, RTP_HEADROOM } from "../../lib/jpeg/packetize.ts";
import { formatCompound } from "../../lib/rtcp/compound.ts";
import type { NtpTimestamp } from "../../lib/rtcp/ntp.ts";
import { RTP_HEADER_LENGTH, writeRtpHeader } from "../../lib/rtp/packet.ts";

/** Bytes of the lab format's frame length, ASCII digits. */
const LENGTH_DIGITS = 5;

/** The first pictures of the built-in clip: JPEG files of several packets each. */
export const PICTURES: readonly Uint8Array<ArrayBuffer>[] = firstPictures(6);

/** RTP ticks from picture to picture: 20 a second. */
export const TICKS = 4500;

/** Where packets begin, and whose they are. */
export interface PacketOptions {
  /** Of the first packet. */
  sequence?: number;
  /** Of the first picture. */
  timestamp?: number;
  ssrc?: number;
  payloadType?: number;
  maxPayload?: number;
}

const DEFAULTS: Required<PacketOptions> = {
  sequence: 1000,
  timestamp: 50_000,
  ssrc: 0xdecade01,
  payloadType: 26,
  maxPayload: 1388,
};

/** The source that packets are from where nothing else is said. */
export const SSRC = DEFAULTS.ssrc;

/** The RTP packets of each picture, in the payload format of RFC 2435. */
export function packetsOf(
  pictures: readonly Uint8Array[],
  options: PacketOptions = {},
): Uint8Array<ArrayBuffer>[][] {
  const { maxPayload, timestamp } = { ...DEFAULTS, ...options };
  let { sequence } = { ...DEFAULTS, ...options };
  return pictures.map((jpeg, i) => {
    const packed = packetizeJpeg(jpeg, inspectJpeg(jpeg), { maxPayload });
    return Array.from({ length: packed.packetCount }, (_, at) => {
      const start = packed.offsets[at]! + RTP_HEADROOM;
      const payload = packed.buffer.subarray(start, packed.offsets[at]! + packed.lengths[at]!);
      return rtpPacket(payload, {
        ...options,
        marker: at === packed.packetCount - 1,
        sequence: sequence++,
        timestamp: (timestamp + i * TICKS) >>> 0,
      });
    });
  });
}

/** One RTP packet. */
export function rtpPacket(
  payload: Uint8Array,
  options: PacketOptions & { marker?: boolean },
): Uint8Array<ArrayBuffer> {
  const { ssrc, payloadType, sequence, timestamp, marker = true } = { ...DEFAULTS, ...options };
  const bytes = new Uint8Array(RTP_HEADER_LENGTH + payload.length);
  const fields = { marker, payloadType, sequence: sequence & 0xffff, timestamp, ssrc };
  writeRtpHeader(bytes, 0, fields);
  bytes.set(payload, RTP_HEADER_LENGTH);
  return bytes;
}

/** The sender says that it has ended. */
export function goodbye(ssrc: number = SSRC): Uint8Array {
  return formatCompound([
    { type: "RR", ssrc, reports: [] },
    { type: "BYE", sources: [ssrc] },
  ]);
}

/** The sender reports. */
export function senderReport(ntpTimestamp: NtpTimestamp, ssrc: number = SSRC): Uint8Array {
  const counts = { packetCount: 1, octetCount: 1 };
  return formatCompound([
    { type: "SR", ssrc, ntpTimestamp, rtpTimestamp: 0, ...counts, reports: [] },
  ]);
}

function firstPictures(count: number): Uint8Array<ArrayBuffer>[] {
  const file = Deno.readFileSync(new URL("../../media/movie.Mjpeg", import.meta.url));
  const pictures: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; pictures.length < count;) {
    const start = at + LENGTH_DIGITS;
    at = start + Number(new TextDecoder().decode(file.subarray(at, start)));
    pictures.push(file.slice(start, at));
  }
  return pictures;
}
