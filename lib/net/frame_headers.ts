import type { PacketizedFrame } from "../jpeg/packetize.ts";
import {
  firstRtpWord,
  RTP_HEADER_LENGTH,
  SSRC_OFFSET,
  TIMESTAMP_OFFSET,
  writeRtpHeader,
  writeU32,
} from "../rtp/header.ts";
import type { FrameHeader } from "./paths/media_path.ts";

/**
 * Writes a viewer's RTP headers into the headroom of a frame's packets: three words each, as this is
 * done for every packet that leaves.
 * @param target the frame's own buffer, or a copy
 * @throws {RangeError} when `target` is too short
 */
export function writeFrameHeaders(
  target: Uint8Array,
  frame: PacketizedFrame,
  { payloadType, sequence, timestamp, ssrc }: FrameHeader,
): void {
  const { packetCount, offsets } = frame;
  const last = packetCount - 1;
  const end = offsets[last]! + RTP_HEADER_LENGTH;
  if (end > target.length) {
    throw new RangeError(`No room for RTP headers up to byte ${end} of ${target.length}`);
  }
  for (let i = 0; i <= last; i++) {
    const at = offsets[i]!;
    writeU32(target, at, firstRtpWord(i === last, payloadType, (sequence + i) & 0xffff));
    writeU32(target, at + TIMESTAMP_OFFSET, timestamp);
    writeU32(target, at + SSRC_OFFSET, ssrc);
  }
}

/**
 * Writes the RTP header of one of a frame's packets.
 * @param at where, in `target`
 * @param index which packet
 * @throws {RangeError} when `target` is too short
 */
export function writeFrameHeader(
  target: Uint8Array,
  at: number,
  { packetCount }: PacketizedFrame,
  { payloadType, sequence, timestamp, ssrc }: FrameHeader,
  index: number,
): void {
  writeRtpHeader(target, at, {
    marker: index === packetCount - 1,
    payloadType,
    sequence: (sequence + index) & 0xffff,
    timestamp,
    ssrc,
  });
}
