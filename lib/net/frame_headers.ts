import type { PacketizedFrame } from "../jpeg/packetize.ts";
import { firstRtpWord, SSRC_OFFSET, TIMESTAMP_OFFSET } from "../rtp/header.ts";
import type { FrameHeader } from "./paths/media_path.ts";

/**
 * Writes a viewer's RTP headers into the headroom of a frame's packets: three words each, as this is
 * done for every packet that leaves.
 * @param target the frame's own buffer, or a copy whose packets may lie further apart
 * @param gap bytes before each packet in `target` that the frame's own buffer does not have
 * @throws {RangeError} when `target` is too short
 */
export function writeFrameHeaders(
  target: Uint8Array,
  frame: PacketizedFrame,
  { payloadType, sequence, timestamp, ssrc }: FrameHeader,
  gap = 0,
): void {
  const { packetCount, offsets } = frame;
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  for (let i = 0; i < packetCount; i++) {
    const at = offsets[i]! + (i + 1) * gap;
    const isLast = i === packetCount - 1;
    view.setUint32(at, firstRtpWord(isLast, payloadType, (sequence + i) & 0xffff));
    view.setUint32(at + TIMESTAMP_OFFSET, timestamp);
    view.setUint32(at + SSRC_OFFSET, ssrc);
  }
}
