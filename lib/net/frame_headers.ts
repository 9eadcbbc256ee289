import type { PacketizedFrame } from "../jpeg/packetize.ts";
import { type RtpHeaderFields, writeRtpHeader } from "../rtp/packet.ts";
import type { FrameHeader } from "./paths/media_path.ts";

/** Filled in again for every packet, so that writing headers allocates nothing. */
const fields: RtpHeaderFields = {
  marker: false,
  payloadType: 0,
  sequence: 0,
  timestamp: 0,
  ssrc: 0,
};

/**
 * Writes a viewer's RTP headers into the headroom of a frame's packets.
 * @param target the frame's own buffer, or a copy whose packets may lie further apart
 * @param gap bytes before each packet in `target` that the frame's own buffer does not have
 */
export function writeFrameHeaders(
  target: Uint8Array,
  frame: PacketizedFrame,
  header: FrameHeader,
  gap = 0,
): void {
  const { packetCount, offsets } = frame;
  fields.payloadType = header.payloadType;
  fields.timestamp = header.timestamp;
  fields.ssrc = header.ssrc;
  for (let i = 0; i < packetCount; i++) {
    fields.marker = i === packetCount - 1;
    fields.sequence = (header.sequence + i) & 0xffff;
    writeRtpHeader(target, offsets[i]! + (i + 1) * gap, fields);
  }
}
