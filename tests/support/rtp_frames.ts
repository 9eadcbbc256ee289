import { JpegDepacketizer } from "../../lib/jpeg/depacketize.ts";
import { inspectJpeg } from "../../lib/jpeg/inspect.ts";
import type { RtpPacket } from "../../lib/rtp/packet.ts";
import { assert, assertEquals } from "./assert.ts";

/** A frame as it came over RTP. */
export interface ReceivedFrame {
  timestamp: number;
  packets: RtpPacket[];
  /** The JPEG file that was put together from them. */
  jpeg: Uint8Array;
}

/**
 * Frames from packets that came without loss and in order; checks what holds for every stream:
 * sequence numbers without gap, one SSRC, one timestamp a frame, the marker on its last packet only.
 */
export function framesOf(packets: readonly RtpPacket[]): ReceivedFrame[] {
  const frames: ReceivedFrame[] = [];
  const depacketizer = new JpegDepacketizer();
  let open: RtpPacket[] = [];
  packets.forEach((packet, i) => {
    const expected = (packets[0]!.sequence + i) & 0xffff;
    assertEquals(packet.sequence, expected, `sequence number of packet ${i}`);
    assertEquals(packet.ssrc, packets[0]!.ssrc, `SSRC of packet ${i}`);
    open.push(packet);
    assertEquals(packet.timestamp, open[0]!.timestamp, `timestamp of packet ${i}`);
    const outcomes = depacketizer.push(packet);
    assertEquals(outcomes.length, packet.marker ? 1 : 0, `frames that end with packet ${i}`);
    for (const outcome of outcomes) {
      if (outcome.kind !== "frame") throw new Error(`Frame ${frames.length}: ${outcome.kind}`);
      frames.push({ timestamp: packet.timestamp, packets: open, jpeg: outcome.jpeg });
      open = [];
    }
  });
  assertEquals(open.length, 0, "packets behind the last marker");
  return frames;
}

/** The entropy-coded bytes of a JPEG file. */
export function scanOf(jpeg: Uint8Array): Uint8Array {
  const { scanStart, scanEnd } = inspectJpeg(jpeg);
  return jpeg.subarray(scanStart, scanEnd);
}

/** Which of `source`'s frames came, by their entropy-coded bytes. */
export function numbersOf(frames: ReceivedFrame[], source: readonly Uint8Array[]): number[] {
  const scans = source.map((jpeg) => scanOf(jpeg).join());
  return frames.map(({ jpeg }) => {
    const number = scans.indexOf(scanOf(jpeg).join());
    assert(number >= 0, "a frame is none of the source's");
    return number;
  });
}

/** Differences of neighbouring timestamps. */
export function stepsOf(frames: ReceivedFrame[]): number[] {
  return frames.slice(1).map(({ timestamp }, i) => timestamp - frames[i]!.timestamp >>> 0);
}

/** Whole numbers from `first` to `last`, `step` apart. */
export function numbers(first: number, last: number, step = 1): number[] {
  const count = Math.floor((last - first) / step) + 1;
  return Array.from({ length: count }, (_, i) => first + i * step);
}
