import type { PacketizedFrame } from "../jpeg/packetize.ts";
import { formatInterleavedHeader } from "../rtsp/format.ts";
import { INTERLEAVED_HEADER_SIZE } from "../rtsp/message.ts";

/**
 * Writes what comes before each packet of a frame on a TCP connection (RFC 2326, section 10.12).
 * @param target the frame's own buffer, or a copy; the frame has a gap of
 * {@linkcode INTERLEAVED_HEADER_SIZE} bytes
 * @param channel 0 … 255
 */
export function writeChannel(target: Uint8Array, frame: PacketizedFrame, channel: number): void {
  const { packetCount, offsets, lengths } = frame;
  for (let i = 0; i < packetCount; i++) {
    formatInterleavedHeader(target, offsets[i]! - INTERLEAVED_HEADER_SIZE, channel, lengths[i]!);
  }
}
