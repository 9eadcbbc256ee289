import type { PacketizedFrame } from "../jpeg/packetize.ts";
import { formatInterleavedHeader } from "../rtsp/format.ts";
import { INTERLEAVED_HEADER_SIZE } from "../rtsp/message.ts";
import { writeFrameHeaders } from "./frame_headers.ts";
import type { FrameHeader } from "./paths/media_path.ts";

// A frame on a TCP connection (RFC 2326, section 10.12): its packets, each behind four bytes.

/** Bytes of all blocks of a frame. */
export function lengthOfBlocks({ buffer, packetCount }: PacketizedFrame): number {
  return buffer.length + packetCount * INTERLEAVED_HEADER_SIZE;
}

/** Copies a frame's packets to where they lie as blocks; headers are still to be written. */
export function copyPackets(target: Uint8Array, frame: PacketizedFrame): void {
  const { buffer, offsets, lengths, packetCount } = frame;
  for (let i = 0; i < packetCount; i++) {
    const at = offsets[i]!;
    target.set(buffer.subarray(at, at + lengths[i]!), at + (i + 1) * INTERLEAVED_HEADER_SIZE);
  }
}

/** Writes what comes before each packet. @param channel 0 … 255 */
export function writeChannel(target: Uint8Array, frame: PacketizedFrame, channel: number): void {
  for (let i = 0; i < frame.packetCount; i++) {
    const at = frame.offsets[i]! + i * INTERLEAVED_HEADER_SIZE;
    formatInterleavedHeader(target, at, channel, frame.lengths[i]!);
  }
}

/** Writes a viewer's RTP headers. */
export function writeBlockHeaders(
  target: Uint8Array,
  frame: PacketizedFrame,
  header: FrameHeader,
): void {
  writeFrameHeaders(target, frame, header, INTERLEAVED_HEADER_SIZE);
}
